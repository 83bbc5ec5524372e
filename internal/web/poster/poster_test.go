package poster

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parvis/internal/web/portrait"
)

func picture(t testing.TB, c Poster) image.Image {
	t.Helper()
	text, err := c.PNG()
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("PARVIS_SHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "_")+".png"), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	img, err := png.Decode(bytes.NewReader(text))
	if err != nil || img.Bounds() != image.Rect(0, 0, Width, Height) || len(text) > 150_000 {
		t.Fatalf("%d bytes: %v", len(text), err)
	}
	return img
}

// inked counts the dark pixels of a box.
func inked(img image.Image, box image.Rectangle) (n int) {
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			if g := color.GrayModel.Convert(img.At(x, y)).(color.Gray); g.Y < 100 {
				n++
			}
		}
	}
	return n
}

var (
	west, east = image.Rect(0, 170, Width/2-40, 560), image.Rect(Width/2+40, 170, Width, 560)
	draws      = func(pen portrait.Pen) {
		pen.Area([][]portrait.At{{{40, 40}, {264, 40}, {264, 176}, {40, 176}}}, "#cfe4df", "#0a5961")
		pen.Line([]portrait.At{{40, 170}, {150, 60}, {264, 120}}, "#0a5961", 3.5)
		pen.Circle(150, 60, 9, "#0a5961")
		pen.Rect(60, 150, 20, 20, 1, "#2f8a8a")
	}
)

func TestCards(t *testing.T) {
	for name, c := range map[string]struct {
		poster Poster
		full   image.Rectangle // where the title is
	}{
		"French": {Poster{Portal: []string{"Données ouvertes", "Grand Paris Seine & Oise"}, Title: "Communes de Grand Paris Seine & Oise", Facts: "Insee, Etalab · 73 enregistrements · 9 avril 2026", Draw: draws}, west},
		"Arabic": {Poster{Portal: []string{"البيانات المفتوحة"}, Title: "بلديات تجمّع غران باري سين وواز", Facts: "Insee, Etalab · 73 سجلًا", Left: true, Draw: draws}, east},
		"long":   {Poster{Portal: []string{"Town"}, Title: strings.Repeat("Bilan énergétique trimestriel des bâtiments publics ", 12), Facts: "x"}, west},
	} {
		t.Run(name, func(t *testing.T) {
			img := picture(t, c.poster)
			if n := inked(img, c.full); n < 3000 {
				t.Errorf("the title has %d dark pixels where it should be", n)
			}
			if edge := inked(img, image.Rect(Width-20, 20, Width, Height)) + inked(img, image.Rect(0, 20, 20, Height)); edge > 0 {
				t.Errorf("%d dark pixels stand at the edge", edge)
			}
			if tail := inked(img, image.Rect(0, Height-30, Width, Height)); tail > 0 {
				t.Errorf("%d dark pixels stand below the last line", tail)
			}
		})
	}
}

// Letters of Arabic join: set one by one they would be wider.
func TestArabicIsShaped(t *testing.T) {
	joined, apart := picture(t, Poster{Title: "سسسسسسسس", Left: true}), picture(t, Poster{Title: "س س س س س س س س", Left: true})
	if a, b := inked(joined, east.Union(west)), inked(apart, east.Union(west)); a >= b {
		t.Errorf("%d dark pixels joined, %d apart", a, b)
	}
}

func BenchmarkPNG(b *testing.B) {
	c := Poster{Portal: []string{"Données ouvertes", "Grand Paris Seine & Oise"}, Title: "Communes de Grand Paris Seine & Oise", Facts: "Insee · 73", Draw: draws}
	for b.Loop() {
		if _, err := c.PNG(); err != nil {
			b.Fatal(err)
		}
	}
}
