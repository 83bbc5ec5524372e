package picture

import (
	"bytes"
	"context"
	"image"
	"image/color"
	stddraw "image/draw"
	_ "image/gif" // the formats that are read
	"image/jpeg"
	_ "image/png"

	_ "golang.org/x/image/bmp"
	"golang.org/x/image/draw"
	_ "golang.org/x/image/tiff"
	_ "golang.org/x/image/webp"
	"golang.org/x/sync/semaphore"

	"parvis/internal/fault"
)

const (
	mostPixels = 40_000_000 // of all pictures that are open at once: 160 MB
	quality    = 80         // of JPEG
)

var opening = semaphore.NewWeighted(mostPixels)

// About is what a picture tells of itself without being opened.
type About struct {
	Format        string // bmp, gif, jpeg, png, tiff or webp
	Width, Height int    // as it is stored
	Turn          int    // how it is to be turned to be seen, from 1 (not at all) to 8, as Exif numbers it
	Located       bool   // it tells where it was taken
}

// Openable tells whether Shrink opens a picture of this size.
func (a About) Openable() bool { return a.Width <= mostPixels/a.Height }

// Look reads what a picture tells of itself; false for what is none that can be read.
func Look(content []byte) (About, bool) {
	told, format, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil || told.Width < 1 || told.Height < 1 {
		return About{}, false
	}
	a := About{Format: format, Width: told.Width, Height: told.Height}
	a.Turn, a.Located = readExif(content)
	return a, true
}

// Shrink gives a picture as a JPEG of at most width × height pixels, without anything but its pixels, on white where it let the
// ground through, turned as it says that it is to be seen. Kind Invalid: it is no picture, or too large a one.
func Shrink(content []byte, width, height int) ([]byte, error) {
	told, is := Look(content)
	if !is {
		return nil, fault.New(fault.Invalid, "This is no picture that can be read: send a PNG, JPEG, GIF or WebP.")
	}
	if !told.Openable() {
		return nil, fault.New(fault.Invalid, "The picture of %d × %d pixels is too large: send one of at most %d million.", told.Width, told.Height, mostPixels/1_000_000)
	}
	room := int64(told.Width) * int64(told.Height)
	if err := opening.Acquire(context.Background(), room); err != nil {
		return nil, err
	}
	defer opening.Release(room)
	from, _, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		return nil, fault.New(fault.Invalid, "The picture is damaged: it ends too early or holds what its format does not allow.")
	}
	box := from.Bounds()
	wide, tall := box.Dx(), box.Dy()
	if sideways(told.Turn) {
		wide, tall = tall, wide
	}
	scale := min(1, float64(width)/float64(wide), float64(height)/float64(tall))
	into := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(box.Dx())*scale)), max(1, int(float64(box.Dy())*scale))))
	stddraw.Draw(into, into.Bounds(), image.NewUniform(color.White), image.Point{}, stddraw.Src)
	draw.CatmullRom.Scale(into, into.Bounds(), from, box, draw.Over, nil)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, turned(into, told.Turn), &jpeg.Options{Quality: quality}); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
