package chart

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestBars(t *testing.T) {
	evil := `"><script>alert(1)</script>`
	f := Figure{Title: evil, Top: evil, Says: evil, First: evil, Last: evil, Bars: []Bar{{0, evil}, {5, "five"}, {1_000_000, "many"}}}
	text := string(f.HTML())
	if strings.Contains(text, "<script") {
		t.Error("a text is not escaped")
	}
	if !strings.Contains(text, `class="axis" dir="ltr"`) {
		t.Error("a page that runs from right to left turns the axis and not the bars")
	}
	if !strings.Contains(text, `height="100.00"`) || !strings.Contains(text, `height="1.00"`) || !strings.Contains(text, `height="0.00"`) {
		t.Errorf("the greatest is not as high as the box, or what is little cannot be seen: %s", text)
	}
	reader := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := reader.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if text := string(Figure{}.HTML()); strings.Contains(text, "<rect") {
		t.Errorf("nothing is drawn as %s", text)
	}
}
