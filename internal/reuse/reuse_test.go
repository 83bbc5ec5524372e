package reuse_test

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
	"time"

	"parvis/internal/account"
	"parvis/internal/db/dbtest"
	"parvis/internal/fault"
	"parvis/internal/reuse"
)

// keeper is somebody who looks after reuses.
var keeper = account.Actor{Scope: account.Every, Person: &account.Person{ID: 9, Permissions: account.PermissionsOf(account.EditReuse)}}

func draft() reuse.Draft {
	return reuse.Draft{Title: " Trees near you ", Kind: "application", Address: "https://example.org/trees", Author: "Ada", Description: "Find shade.\r\nOn a map.", Language: "en", Datasets: []string{"da_b", "da_a"}}
}

func picture(t testing.TB, w, h int) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	img.Set(0, 0, color.NRGBA{R: 200, A: 255})
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestFromSentToPublished(t *testing.T) {
	ctx := t.Context()
	s := reuse.New(reuse.Options{DB: dbtest.Open(t)})
	d := draft()
	d.Picture = picture(t, 1920, 1080)
	token, err := s.Submit(ctx, account.Anonymous, d)
	if err != nil {
		t.Fatal(err)
	}
	sent, err := s.Sent(ctx, token)
	if err != nil || sent.State != reuse.Waiting || sent.Title != "Trees near you" || sent.Description != "Find shade.\nOn a map." || !sent.Pictured || strings.Join(sent.Datasets, ",") != "da_b,da_a" {
		t.Fatalf("sent: %+v (%v)", sent, err)
	}
	if shown, err := s.Published(ctx); err != nil || len(shown) != 0 {
		t.Fatalf("one that waits is shown: %v (%v)", shown, err)
	}
	if _, err := s.Picture(ctx, account.Anonymous, sent.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("the picture of one that waits is shown: %v", err)
	}
	if _, err := s.Picture(ctx, keeper, sent.ID); err != nil {
		t.Errorf("who decides does not see the picture: %v", err)
	}
	if err := s.Publish(ctx, account.Anonymous, sent.ID); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("nobody in particular publishes: %v", err)
	}
	if err := s.Report(ctx, sent.ID, "spam"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("one that waits is reported: %v", err)
	}
	if err := s.Publish(ctx, keeper, sent.ID); err != nil {
		t.Fatal(err)
	}
	shown, err := s.Published(ctx)
	if err != nil || len(shown) != 1 || shown[0].DecidedBy != 9 || shown[0].Decided.IsZero() {
		t.Fatalf("published: %+v (%v)", shown, err)
	}
	stored, err := s.Picture(ctx, account.Anonymous, sent.ID)
	if err != nil {
		t.Fatal(err)
	}
	if told, err := jpeg.DecodeConfig(bytes.NewReader(stored)); err != nil || told.Width != 960 || told.Height != 540 {
		t.Errorf("the picture is kept as %+v (%v)", told, err)
	}
	if err := s.Report(ctx, sent.ID, "The link is dead."); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Waiting(ctx); err != nil || n != 1 {
		t.Errorf("%d wait (%v), though one is reported", n, err)
	}
	one, reports, err := s.Find(ctx, keeper, sent.ID)
	if err != nil || one.Reports != 1 || len(reports) != 1 || reports[0].Reason != "The link is dead." {
		t.Errorf("found %+v with %+v (%v)", one, reports, err)
	}
	if err := s.Refuse(ctx, keeper, sent.ID, "It is gone."); err != nil {
		t.Fatal(err)
	}
	if shown, _ := s.Published(ctx); len(shown) != 0 {
		t.Error("one that was taken back is shown")
	}
	if sent, err = s.Sent(ctx, token); err != nil || sent.State != reuse.Refused || sent.Reason != "It is gone." || sent.Reports != 0 {
		t.Errorf("who sent it is told %+v (%v)", sent, err)
	}
	if err := s.Remove(ctx, keeper, sent.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.Remove(ctx, keeper, sent.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("it is removed twice: %v", err)
	}
}

func TestWhatIsNotTaken(t *testing.T) {
	s := reuse.New(reuse.Options{DB: dbtest.Open(t)})
	for what, spoil := range map[string]func(*reuse.Draft){
		"no title":       func(d *reuse.Draft) { d.Title = "  " },
		"a long title":   func(d *reuse.Draft) { d.Title = strings.Repeat("x", 151) },
		"control":        func(d *reuse.Draft) { d.Author = "a\x00b" },
		"a script":       func(d *reuse.Draft) { d.Address = "javascript:alert(1)" },
		"no host":        func(d *reuse.Draft) { d.Address = "https:///path" },
		"a password":     func(d *reuse.Draft) { d.Address = "https://a:b@example.org" },
		"no kind":        func(d *reuse.Draft) { d.Kind = "poem" },
		"many datasets":  func(d *reuse.Draft) { d.Datasets = make([]string, 21) },
		"no picture":     func(d *reuse.Draft) { d.Picture = []byte("<svg onload=alert(1)>") },
		"half a picture": func(d *reuse.Draft) { d.Picture = picture(t, 300, 300)[:120] },
	} {
		d := draft()
		spoil(&d)
		if _, err := s.Submit(t.Context(), account.Anonymous, d); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s is taken: %v", what, err)
		}
	}
}

// A picture that unpacks to far more than it holds is refused before it is opened.
func TestLargePictures(t *testing.T) {
	bomb := []byte("GIF89a\xff\xff\xff\xff\x00\x00\x00;")
	if _, err := gif.DecodeConfig(bytes.NewReader(bomb)); err != nil {
		t.Fatal(err)
	}
	if _, err := reuse.Shrink(bomb); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a picture of 4 billion pixels is opened: %v", err)
	}
	if _, err := reuse.Shrink(make([]byte, reuse.LargestPicture+1)); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a picture of more than 5 MB is opened: %v", err)
	}
	tall, err := reuse.Shrink(picture(t, 1, 5000))
	if err != nil {
		t.Fatal(err)
	}
	if told, err := jpeg.DecodeConfig(bytes.NewReader(tall)); err != nil || told.Width != 1 || told.Height != 1200 {
		t.Errorf("a tall picture is kept as %+v (%v)", told, err)
	}
}

func TestRefusedOnesAreForgotten(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := reuse.New(reuse.Options{DB: dbtest.Open(t), Clock: func() time.Time { return now }})
	token, err := s.Submit(t.Context(), account.Anonymous, draft())
	if err != nil {
		t.Fatal(err)
	}
	if sent, err := s.Sent(t.Context(), token); err != nil || sent.Pictured {
		t.Errorf("without a picture it is %+v (%v)", sent, err)
	}
	if err := s.Refuse(t.Context(), keeper, 1, ""); err != nil {
		t.Fatal(err)
	}
	now = now.AddDate(0, 7, 0)
	if _, err := s.Submit(t.Context(), account.Anonymous, draft()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Sent(t.Context(), token); fault.KindOf(err) != fault.NotFound {
		t.Errorf("it is kept: %v", err)
	}
}
