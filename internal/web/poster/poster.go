package poster

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	"parvis/internal/web/portrait"
)

// The size of a poster, in pixels, as those who show them recommend it.
const (
	Width  = 1200
	Height = 630

	margin = 72
)

// Poster is what a poster shows.
type Poster struct {
	Portal []string               // its name, in up to two lines
	Title  string                 // up to four lines; what is longer is cut
	Facts  string                 // one line
	Left   bool                   // it is read from the right to the left
	Draw   func(pen portrait.Pen) // a drawing of 304 × 216 units; nil: none
}

// The colours of the light pages.
var (
	paper  = color.RGBA{0xff, 0xff, 0xff, 0xff}
	ground = color.RGBA{0xf3, 0xf5, 0xf3, 0xff}
	ink    = color.RGBA{0x14, 0x21, 0x2b, 0xff}
	faint  = color.RGBA{0x47, 0x55, 0x60, 0xff}
	accent = color.RGBA{0x0a, 0x59, 0x61, 0xff}
)

// PNG draws the poster.
func (c Poster) PNG() ([]byte, error) {
	img := image.NewRGBA(image.Rect(0, 0, Width, Height))
	fill(img, img.Bounds(), paper)
	fill(img, image.Rect(0, 0, Width, 12), accent)
	text := writer{img: img, left: c.Left, from: margin, to: Width - margin}
	mark := &brush{img: img, scale: 56.0 / 32, x: margin, y: 64}
	if c.Left {
		mark.x = Width - margin - 56
	}
	drawMark(mark)
	beside := text
	if beside.from += 76; c.Left {
		beside.from, beside.to = margin, Width-margin-76
	}
	base := 86.0
	if len(c.Portal) == 1 {
		base = 102
	}
	for i, line := range c.Portal[:min(2, len(c.Portal))] {
		beside.write(line, 28, bold, ink, base+float64(i)*34, 34, 1)
	}
	if c.Draw != nil {
		const w, h = 456, 324
		box := image.Rect(Width-margin-w, 190, Width-margin, 190+h)
		if text.to -= w + 56; c.Left {
			box = image.Rect(margin, 190, margin+w, 190+h)
			text.from, text.to = margin+w+56, Width-margin
		}
		fill(img, box, ground)
		pen := &brush{img: img, scale: w / 304.0, x: float64(box.Min.X), y: float64(box.Min.Y), clip: box}
		c.Draw(pen)
		pen.flush()
	}
	size, lines := 64.0, 4
	if len([]rune(c.Title)) > 70 {
		size = 50
	}
	end := text.write(c.Title, size, bold, ink, 190+size*0.85, size*1.12, lines)
	text.from, text.to = margin, Width-margin
	text.write(c.Facts, 28, regular, faint, max(end+20, Height-58), 34, 1)
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(&out, img); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// drawMark draws the portal's mark, 32 units wide and high, as mark.svg does.
func drawMark(b *brush) {
	for _, r := range []struct {
		x, y, w, h float64
		fill       string
	}{{0, 0, 20, 9, "#0a5961"}, {23, 12, 9, 20, "#0a5961"}, {23, 0, 9, 9, "#6cb3ad"}, {0, 12, 9, 20, "#6cb3ad"}, {12, 12, 8, 8, "#a9d3cb"}, {12, 23, 8, 9, "#a9d3cb"}} {
		b.Rect(r.x, r.y, r.w, r.h, 0, r.fill)
	}
	b.flush()
}

func fill(img *image.RGBA, box image.Rectangle, c color.RGBA) {
	draw.Draw(img, box, image.NewUniform(c), image.Point{}, draw.Src)
}
