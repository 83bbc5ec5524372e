package visual_test

import (
	"strings"
	"testing"
	"time"

	"parvis/internal/account"
	"parvis/internal/account/accounttest"
	"parvis/internal/db/dbtest"
	"parvis/internal/fault"
	"parvis/internal/visual"
)

func actor(id int64, held ...account.Permission) account.Actor {
	return account.Actor{Scope: account.Every, Person: &account.Person{ID: id, Permissions: account.PermissionsOf(held...)}}
}

func draft(open bool) visual.Draft {
	return visual.Draft{Title: " Heat ", Kind: "line", Language: "en", Open: open, Layers: []visual.Layer{{Of: "/explore/dataset/a/analyze/?x=b", Label: "A"}, {Of: "/explore/dataset/c/analyze/"}}}
}

func TestWhoSeesAndChangesAChart(t *testing.T) {
	ctx := t.Context()
	pool := dbtest.Open(t)
	people := accounttest.New(t, pool, time.Time{})
	people.Add(1, "one@example.org")
	people.Add(2, "two@example.org")
	s := visual.New(pool, nil)
	maker, other, editor := actor(1), actor(2), actor(3, account.EditPage)
	if _, err := s.Save(ctx, account.Anonymous, draft(true)); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("nobody saves a chart: %v", err)
	}
	id, err := s.Save(ctx, maker, draft(false))
	if err != nil {
		t.Fatal(err)
	}
	sees := func(by account.Actor) bool {
		_, err := s.Find(ctx, by, id)
		list, _ := s.Shown(ctx, by)
		if (err == nil) != (len(list) == 1) && by.Person != nil && by.Person.ID != 3 {
			t.Errorf("found %v, listed %d", err, len(list))
		}
		return err == nil
	}
	if !sees(maker) || sees(other) || sees(account.Anonymous) || !sees(editor) {
		t.Error("one that is not open is shown to others")
	}
	if err := s.Change(ctx, other, id, draft(true)); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another changes it: %v", err)
	}
	if err := s.Change(ctx, maker, id, draft(true)); err != nil {
		t.Fatal(err)
	}
	if !sees(other) || !sees(account.Anonymous) {
		t.Error("one that is open is not shown")
	}
	if v, err := s.Find(ctx, other, id); err != nil || v.Title != "Heat" || len(v.Layers) != 2 || v.Layers[0].Label != "A" || v.Owner != 1 {
		t.Errorf("it is %+v (%v)", v, err)
	}
	key := maker
	key.Scope = account.PermissionsOf(account.CreateDataset)
	if err := s.Remove(ctx, key, id); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a key of small scope removes it: %v", err)
	}
	if err := s.Remove(ctx, editor, id); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsNotTaken(t *testing.T) {
	s := visual.New(dbtest.Open(t), nil)
	for what, spoil := range map[string]func(*visual.Draft){
		"no title": func(d *visual.Draft) { d.Title = "" }, "no layer": func(d *visual.Draft) { d.Layers = nil }, "seven layers": func(d *visual.Draft) { d.Layers = make([]visual.Layer, 7) },
		"a pie": func(d *visual.Draft) { d.Kind = "pie" }, "a long label": func(d *visual.Draft) { d.Layers[0].Label = strings.Repeat("x", 101) }, "control": func(d *visual.Draft) { d.Layers[1].Of = "\x00" },
	} {
		d := draft(true)
		spoil(&d)
		if _, err := s.Save(t.Context(), actor(1), d); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s is taken: %v", what, err)
		}
	}
}
