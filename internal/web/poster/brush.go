package poster

import (
	"image"
	"image/color"
	"math"
	"strconv"

	"golang.org/x/image/vector"

	"parvis/internal/web/portrait"
)

// brush is the portrait.Pen of pictures made of pixels. What is drawn in one colour is gathered and painted at once.
type brush struct {
	img   *image.RGBA
	scale float64 // pixels of a unit
	x, y  float64 // where the drawing begins, in pixels
	clip  image.Rectangle

	raster *vector.Rasterizer
	colour string
}

// begin makes the next shapes be of a colour.
func (b *brush) begin(colour string) {
	if b.colour != colour {
		b.flush()
	}
	if b.raster == nil {
		if b.clip.Empty() {
			b.clip = b.img.Bounds()
		}
		b.raster = vector.NewRasterizer(b.clip.Dx(), b.clip.Dy())
	}
	b.colour = colour
}

// flush paints what was gathered.
func (b *brush) flush() {
	if b.raster == nil || b.colour == "" {
		return
	}
	b.raster.Draw(b.img, b.clip, image.NewUniform(parse(b.colour)), image.Point{})
	b.raster.Reset(b.clip.Dx(), b.clip.Dy())
	b.colour = ""
}

// at gives a place of the drawing in pixels from the corner of what is painted.
func (b *brush) at(x, y float64) (float32, float32) {
	return float32(b.x + x*b.scale - float64(b.clip.Min.X)), float32(b.y + y*b.scale - float64(b.clip.Min.Y))
}

func (b *brush) ring(points []portrait.At) {
	for i, p := range points {
		if x, y := b.at(p[0], p[1]); i == 0 {
			b.raster.MoveTo(x, y)
		} else {
			b.raster.LineTo(x, y)
		}
	}
	b.raster.ClosePath()
}

// Rect implements portrait.Pen; corners stay sharp.
func (b *brush) Rect(x, y, w, h, _ float64, colour string) {
	b.begin(colour)
	b.ring([]portrait.At{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}})
}

// Circle implements portrait.Pen.
func (b *brush) Circle(x, y, r float64, colour string) {
	b.begin(colour)
	const corners = 24
	ring := make([]portrait.At, corners)
	for i := range ring {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / corners)
		ring[i] = portrait.At{x + r*cos, y + r*sin}
	}
	b.ring(ring)
}

// Area implements portrait.Pen. Holes are left out where they run against their ring, as RFC 7946 has it.
func (b *brush) Area(rings [][]portrait.At, colour, edge string) {
	b.begin(colour)
	for _, ring := range rings {
		b.ring(ring)
	}
	if edge == "" {
		return
	}
	for _, ring := range rings {
		b.Line(append(ring[:len(ring):len(ring)], ring[0]), edge, 1)
	}
}

// Line implements portrait.Pen: each part is a bar, each end a circle. All run the same way round, so that they add up.
func (b *brush) Line(points []portrait.At, colour string, wide float64) {
	b.begin(colour)
	for i := 1; i < len(points); i++ {
		p, q := points[i-1], points[i]
		dx, dy := q[0]-p[0], q[1]-p[1]
		long := math.Hypot(dx, dy)
		if long == 0 {
			continue
		}
		nx, ny := -dy/long*wide/2, dx/long*wide/2
		b.ring([]portrait.At{{p[0] - nx, p[1] - ny}, {q[0] - nx, q[1] - ny}, {q[0] + nx, q[1] + ny}, {p[0] + nx, p[1] + ny}})
		if wide > 2 {
			b.Circle(q[0], q[1], wide/2, colour)
		}
	}
}

// parse reads a colour written as #0a5961; anything else is black.
func parse(text string) color.RGBA {
	if len(text) != 7 {
		return color.RGBA{A: 0xff}
	}
	n, err := strconv.ParseUint(text[1:], 16, 32)
	if err != nil {
		return color.RGBA{A: 0xff}
	}
	return color.RGBA{uint8(n >> 16), uint8(n >> 8), uint8(n), 0xff}
}
