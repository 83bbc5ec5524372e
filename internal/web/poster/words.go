package poster

import (
	"bytes"
	_ "embed"
	"image"
	"image/color"
	"slices"
	"strings"
	"sync"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// The typefaces of the pages, unpacked: the library reads no WOFF2.
var (
	//go:embed fonts/hanken-grotesk-latin-wght-normal.ttf
	latin []byte
	//go:embed fonts/noto-sans-arabic-arabic-wght-normal.ttf
	arabic []byte
)

const regular, bold = 400, 700

// faces gives the typefaces of a weight, the first of them that knows a letter sets it.
type faces []*font.Face

// ResolveFace implements shaping.Fontmap.
func (f faces) ResolveFace(r rune) *font.Face {
	for _, face := range f {
		if _, ok := face.NominalGlyph(r); ok {
			return face
		}
	}
	return f[0]
}

// parsed are the typefaces, read once.
var parsed = sync.OnceValues(func() ([]*font.Font, error) {
	var out []*font.Font
	for _, file := range [][]byte{latin, arabic} {
		face, err := font.ParseTTF(bytes.NewReader(file))
		if err != nil {
			return nil, err
		}
		out = append(out, face.Font)
	}
	return out, nil
})

// weighing gives the typefaces in a weight; they are for one goroutine alone.
func weighing(weight float32) (faces, error) {
	fonts, err := parsed()
	if err != nil {
		return nil, err
	}
	var out faces
	for _, f := range fonts {
		face := font.NewFace(f)
		face.SetVariations([]font.Variation{{Tag: opentype.MustNewTag("wght"), Value: weight}})
		out = append(out, face)
	}
	return out, nil
}

// writer sets text between two edges.
type writer struct {
	img      *image.RGBA
	left     bool // it is read from the right to the left
	from, to int
}

// write sets a text in lines, the first on a base line, and gives the base line of the last; what does not fit into so
// many lines is cut with an ellipsis. A typeface that cannot be read writes nothing.
func (w writer) write(text string, size float64, weight float32, c color.RGBA, base, lead float64, lines int) float64 {
	text = strings.Join(strings.Fields(text), " ")
	family, err := weighing(weight)
	if w.left {
		slices.Reverse(family) // spaces are of the typeface that the words are of
	}
	if err != nil || text == "" {
		return base
	}
	direction := di.DirectionLTR
	if w.left {
		direction = di.DirectionRTL
	}
	in := shaping.Input{Direction: direction, Size: fixed.Int26_6(size * 64), Language: language.DefaultLanguage()}
	var shaper shaping.HarfbuzzShaper
	shape := func(text string) (runs []shaping.Output) {
		in.Text = []rune(text)
		in.RunEnd = len(in.Text)
		var parts shaping.Segmenter
		for _, part := range parts.Split(in, family) {
			runs = append(runs, shaper.Shape(part))
		}
		return runs
	}
	var wrapper shaping.LineWrapper
	config := shaping.WrapConfig{Direction: direction, TruncateAfterLines: lines, Truncator: shape("…")[0]}
	wrapped, _ := wrapper.WrapParagraph(config, w.to-w.from, []rune(text), shaping.NewSliceIterator(shape(text)))
	for i, line := range wrapped {
		if i > 0 {
			base += lead
		}
		w.line(line, base, c)
	}
	return base
}

// line paints one line.
func (w writer) line(line shaping.Line, base float64, c color.RGBA) {
	runs := slices.Clone(line)
	slices.SortFunc(runs, func(a, b shaping.Output) int { return int(a.VisualIndex - b.VisualIndex) })
	wide := fixed.Int26_6(0)
	for _, run := range runs {
		wide += run.Advance
	}
	at := float32(w.from)
	if w.left {
		at = float32(w.to) - points(wide)
	}
	raster := vector.NewRasterizer(w.img.Bounds().Dx(), w.img.Bounds().Dy())
	for _, run := range runs {
		scale := points(run.Size) / float32(run.Face.Upem())
		for _, glyph := range run.Glyphs {
			outline, ok := run.Face.GlyphData(glyph.GlyphID).(font.GlyphOutline)
			if ok {
				x, y := at+points(glyph.XOffset), float32(base)-points(glyph.YOffset)
				for _, s := range outline.Segments {
					place := func(i int) (float32, float32) { return x + s.Args[i].X*scale, y - s.Args[i].Y*scale }
					ax, ay := place(0)
					bx, by := place(1)
					cx, cy := place(2)
					switch s.Op {
					case opentype.SegmentOpMoveTo:
						raster.ClosePath()
						raster.MoveTo(ax, ay)
					case opentype.SegmentOpLineTo:
						raster.LineTo(ax, ay)
					case opentype.SegmentOpQuadTo:
						raster.QuadTo(ax, ay, bx, by)
					case opentype.SegmentOpCubeTo:
						raster.CubeTo(ax, ay, bx, by, cx, cy)
					}
				}
				raster.ClosePath()
			}
			at += points(glyph.Advance)
		}
	}
	raster.Draw(w.img, w.img.Bounds(), image.NewUniform(c), image.Point{})
}

// points gives a length in pixels.
func points(x fixed.Int26_6) float32 { return float32(x) / 64 }
