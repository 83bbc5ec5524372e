package editorial_test

import (
	"fmt"
	"strings"
	"testing"

	"parvis/internal/account"
	"parvis/internal/db/dbtest"
	"parvis/internal/editorial"
	"parvis/internal/fault"
)

func actor(id int64, held ...account.Permission) account.Actor {
	return account.Actor{Scope: account.Every, Person: &account.Person{ID: id, Permissions: account.PermissionsOf(held...)}}
}

var (
	writer  = actor(1, account.CreatePage)
	other   = actor(2, account.CreatePage)
	chief   = actor(3, account.ManagePage, account.ExploreRestrictedPage)
	visitor = account.Anonymous
)

func said(title string) editorial.Content {
	return editorial.Content{Title: title, Blocks: []editorial.Block{{Kind: editorial.Text, Text: "One.\r\n\r\nTwo."}, {Kind: editorial.View, Of: " /explore/dataset/trees/map/?q=oak "}}}
}

func TestDraftsHistoryAndLanguages(t *testing.T) {
	ctx := t.Context()
	s := editorial.New(editorial.Options{DB: dbtest.Open(t)})
	id, err := s.Create(ctx, writer, "trees", "en", said("Trees"))
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	shown := func(by account.Actor, language string) string {
		t.Helper()
		p, err := s.BySlug(ctx, by, "trees")
		if err != nil || p.In[language] == nil {
			return ""
		}
		return p.In[language].Title
	}
	if shown(visitor, "en") != "" {
		t.Error("a draft is shown")
	}
	must(s.Publish(ctx, writer, id, "en", 1))
	number, err := s.Save(ctx, writer, id, "en", said("More trees"))
	if err != nil || number != 2 || shown(visitor, "en") != "Trees" {
		t.Errorf("draft %d (%v) changes what is shown to %q", number, err, shown(visitor, "en"))
	}
	must(s.Publish(ctx, writer, id, "en", 2))
	if _, err := s.Save(ctx, writer, id, "fr", said("Arbres")); err != nil || shown(visitor, "fr") != "" || shown(visitor, "en") != "More trees" {
		t.Error("languages are not published each by itself")
	}
	must(s.Publish(ctx, writer, id, "en", 1)) // back to the first
	if shown(visitor, "en") != "Trees" {
		t.Error("an earlier version is not shown again")
	}
	history, err := s.History(ctx, writer, id, "en", 0)
	if err != nil || len(history) != 2 || history[0].Live || !history[1].Live || history[1].By != 1 || history[0].Blocks[0].Text != "One.\n\nTwo." || history[0].Blocks[1].Of != "/explore/dataset/trees/map/?q=oak" {
		t.Errorf("history %+v (%v)", history, err)
	}
	must(s.Withdraw(ctx, writer, id, "en"))
	if shown(visitor, "en") != "" {
		t.Error("what was withdrawn is shown")
	}
	for range 105 {
		if _, err := s.Save(ctx, writer, id, "fr", said("Arbres")); err != nil {
			t.Fatal(err)
		}
	}
	if history, err := s.History(ctx, writer, id, "fr", 0); err != nil || len(history) != 100 {
		t.Errorf("%d versions are kept (%v)", len(history), err)
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	ctx := t.Context()
	s := editorial.New(editorial.Options{DB: dbtest.Open(t)})
	if _, err := s.Create(ctx, visitor, "a", "en", said("A")); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a visitor makes a page: %v", err)
	}
	id, err := s.Create(ctx, writer, "a", "en", said("A"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Create(ctx, other, "a", "en", said("B")); fault.KindOf(err) != fault.Conflict {
		t.Errorf("two pages have one address: %v", err)
	}
	for what, err := range map[string]error{
		"save":     func() error { _, err := s.Save(ctx, other, id, "en", said("B")); return err }(),
		"publish":  s.Publish(ctx, other, id, "en", 1),
		"withdraw": s.Withdraw(ctx, other, id, "en"),
		"set":      s.Set(ctx, other, id, editorial.Settings{Slug: "b"}),
		"remove":   s.Remove(ctx, other, id),
		"history":  func() error { _, err := s.History(ctx, other, id, "en", 0); return err }(),
		"nobody's": s.Publish(ctx, chief, id, "en", 9),
	} {
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s of another's page: %v", what, err)
		}
	}
	if err := s.Set(ctx, writer, id, editorial.Settings{Slug: "a", Restricted: true, Menu: true}); err != nil {
		t.Fatal(err)
	}
	if p, err := s.Find(ctx, writer, id); err != nil || p.Restricted || p.Menu {
		t.Errorf("a writer decides who sees the page: %+v (%v)", p, err)
	}
	if err := s.Set(ctx, chief, id, editorial.Settings{Slug: "b", Restricted: true, Menu: true}); err != nil {
		t.Fatal(err)
	}
	if err := s.Publish(ctx, chief, id, "en", 1); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		by   account.Actor
		sees bool
	}{"visitor": {visitor, false}, "other": {other, false}, "writer": {writer, true}, "chief": {chief, true}} {
		_, err := s.BySlug(ctx, c.by, "b")
		list, _ := s.Published(ctx, c.by)
		if (err == nil) != c.sees || len(list) > 0 != c.sees {
			t.Errorf("%s sees the restricted page: %v, %d", name, err, len(list))
		}
	}
	if all, err := s.All(ctx, other); err != nil || len(all) != 0 {
		t.Errorf("another edits %d pages (%v)", len(all), err)
	}
	if err := s.Remove(ctx, chief, id); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsNotTaken(t *testing.T) {
	s := editorial.New(editorial.Options{DB: dbtest.Open(t)})
	for _, slug := range []string{"", "A", "a b", "a/b", "-a", strings.Repeat("a", 81), "é"} {
		if _, err := s.Create(t.Context(), writer, slug, "en", said("A")); fault.KindOf(err) != fault.Invalid {
			t.Errorf("the address %q is taken: %v", slug, err)
		}
	}
	for i, c := range []editorial.Content{{}, {Title: strings.Repeat("x", 151)}, {Title: "A", Blocks: make([]editorial.Block, 41)}, {Title: "A", Blocks: []editorial.Block{{Kind: "script"}}},
		{Title: "A", Blocks: []editorial.Block{{Kind: editorial.Text, Text: "\x00"}}}} {
		if _, err := s.Create(t.Context(), writer, fmt.Sprintf("p%d", i), "en", c); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v is taken: %v", c, err)
		}
	}
}
