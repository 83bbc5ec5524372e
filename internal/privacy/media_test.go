package privacy

import (
	"fmt"
	"strings"
	"testing"
)

func TestMediaBecomePlaces(t *testing.T) {
	r := open(t, with("youtube", "vimeo"))
	const id = "dQw4w9WgXcQ"
	for _, c := range []struct {
		html, marked string
		media        []string // service|provider|kind|frame|title
	}{
		{"plain text, nothing else", "plain text, nothing else", nil},
		{`<p>a <a href="https://www.youtube.com/watch?v=` + id + `">link</a> stays</p>`, `<p>a <a href="https://www.youtube.com/watch?v=` + id + `">link</a> stays</p>`, nil},
		{`<iframe src="//www.youtube.com/embed/` + id + `?autoplay=1" title=" A  film "></iframe>`, "{0}", []string{"youtube|YouTube|video|https://www.youtube-nocookie.com/embed/" + id + "|A film"}},
		{`<p>See https://youtu.be/` + id + `, and https://example.org/.</p>`, "<p>See {0}, and https://example.org/.</p>", []string{"youtube|YouTube|video|https://www.youtube-nocookie.com/embed/" + id + "|"}},
		{`<div><iframe src="https://player.vimeo.com/video/76979871"></iframe></div>`, "<div>{0}</div>", []string{"vimeo|Vimeo|video|https://player.vimeo.com/video/76979871?dnt=1|"}},
		{`<iframe src="https://www.dailymotion.com/embed/video/x7znrd0"></iframe>`, "{0}", []string{"|Dailymotion|video||"}},
		{`<iframe src="https://evil.example/youtube.com/embed/` + id + `"></iframe>`, "{0}", []string{"|evil.example|page||"}},
		{`<iframe src="https://www.youtube.com.evil.example/embed/` + id + `"></iframe>`, "{0}", []string{"|www.youtube.com.evil.example|page||"}},
		{`<iframe src="https://www.youtube.com/embed/` + id + `%22onload=x"></iframe>`, "{0}", []string{"|www.youtube.com|page||"}},
		{`<p>x<img src="http://tracker.example/p.gif" alt="dot">y</p>`, "<p>x{0}y</p>", []string{"|tracker.example|picture||dot"}},
		{`<a href="/x"><img src="https://a.example/1.png"> and <b><img src="https://b.example/2.png"></b></a>z`, `<a href="/x"> and <b></b></a>{1}{0}z`, []string{"|a.example|picture||", "|b.example|picture||"}},
		{`<video poster="https://a.example/p.jpg"><source src="https://a.example/v.mp4">old</video>`, "{0}", []string{"|a.example|video||"}},
		{`<picture><source srcset="https://a.example/1.webp 1x, https://a.example/2.webp 2x"></picture>`, "<picture>{0}</picture>", []string{"|a.example|video||"}},
		{`<object data="https://a.example/x.swf"><embed src="https://b.example/"></object>`, "{0}", []string{"|a.example|page||"}},
		{`<iframe src="javascript:alert(1)"></iframe><img src="data:image/png;base64,AA"><img src="/own.png"><iframe src="https://me@a.example/"></iframe>`, "", nil},
		{`<pre>https://youtu.be/` + id + `</pre>`, `<pre>https://youtu.be/` + id + `</pre>`, nil},
		{"planted \ue0f00\ue0f1 &#xe0f0;0&#xe0f1; <a href=\"&#57584;0&#57585;\">x</a> &amp;#xe0f0;0", `planted 0 0 <a href="0">x</a> &amp;#xe0f0;0`, nil},
	} {
		marked, media := r.Media(c.html)
		got := strings.NewReplacer(string(markOpen), "{", string(markClose), "}").Replace(marked)
		var lines []string
		for _, m := range media {
			lines = append(lines, strings.Join([]string{m.Service, m.Provider, m.Kind, m.Frame, m.Title}, "|"))
			if len(m.Key) != 8 || !strings.HasPrefix(m.Address, "http") {
				t.Errorf("%s: %+v", c.html, m)
			}
		}
		if got != c.marked || fmt.Sprint(lines) != fmt.Sprint(c.media) {
			t.Errorf("%s\ngives %s %q\nwant  %s %q", c.html, got, lines, c.marked, c.media)
		}
	}
}

func TestFillPutsEachInItsPlace(t *testing.T) {
	r := open(t, nil)
	marked, media := r.Media(`a<img src="https://a.example/">b<img src="https://b.example/">c`)
	got := Fill(marked, func(i int) string { return "<" + media[i].Provider + ">" })
	if got != "a<a.example>b<b.example>c" {
		t.Errorf("%q", got)
	}
}

func TestMediaAreLimited(t *testing.T) {
	r := open(t, nil)
	marked, media := r.Media(strings.Repeat(`<img src="https://a.example/">`, 5000))
	if len(media) != mostMedia || strings.Contains(marked, "img") {
		t.Errorf("%d media", len(media))
	}
	marked, _ = r.Media(strings.Repeat("<div>", 100000) + `<img src="https://a.example/">`) // deep nesting ends no process
	if strings.Contains(marked, "<img") {
		t.Error("a picture stays in a deep text")
	}
}

func FuzzMedia(f *testing.F) {
	f.Add(`<p>x<iframe src="https://youtu.be/dQw4w9WgXcQ"></iframe><a><img src=//a.example>`)
	f.Add(`<svg><image href="https://a.example/"/></svg><math><iframe src="https://a.example/">`)
	r := open(f, with("youtube"))
	f.Fuzz(func(t *testing.T, text string) {
		marked, media := r.Media(text)
		places := 0
		Fill(marked, func(i int) string {
			if i >= len(media) {
				t.Fatalf("place %d of %d media in %q", i, len(media), marked)
			}
			places++
			return ""
		})
		if places != len(media) {
			t.Fatalf("%d places for %d media in %q", places, len(media), marked)
		}
		for _, m := range media {
			if m.Frame != "" && !strings.HasPrefix(m.Frame, "https://www.youtube-nocookie.com/embed/") {
				t.Fatalf("a frame of %q", m.Frame)
			}
		}
	})
}
