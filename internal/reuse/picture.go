package reuse

import (
	"bytes"
	"image"
	"image/color"
	stddraw "image/draw"
	_ "image/gif" // the formats that are read
	"image/jpeg"
	_ "image/png"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"

	"parvis/internal/fault"
)

const (
	// LargestPicture is the most that a picture may hold when it is sent, in bytes.
	LargestPicture = 5 << 20

	mostPixels   = 40_000_000 // of a picture that is opened: 160 MB
	pictureWidth = 960        // of one that is kept; pages show half of it, on fine screens all
	pictureTall  = 1200       // at most
	quality      = 80         // of JPEG
)

// opening bounds how many pictures are open at once: they are large.
var opening = make(chan struct{}, 1)

// Shrink gives a picture as it is kept: a JPEG at most 960 pixels wide, without anything but its pixels, on white where
// it let the ground through, turned as it says that it is to be seen. Kind Invalid: it is no picture, or too large a one.
func Shrink(sent []byte) ([]byte, error) {
	if len(sent) > LargestPicture {
		return nil, fault.New(fault.Invalid, "The picture holds more than %d MB.", LargestPicture>>20)
	}
	told, _, err := image.DecodeConfig(bytes.NewReader(sent))
	if err != nil || told.Width < 1 || told.Height < 1 {
		return nil, fault.New(fault.Invalid, "This is no picture that can be read: send a PNG, JPEG, GIF or WebP.")
	}
	if told.Width > mostPixels/told.Height {
		return nil, fault.New(fault.Invalid, "The picture of %d × %d pixels is too large: send one of at most %d million.", told.Width, told.Height, mostPixels/1_000_000)
	}
	opening <- struct{}{}
	defer func() { <-opening }()
	from, _, err := image.Decode(bytes.NewReader(sent))
	if err != nil {
		return nil, fault.New(fault.Invalid, "The picture is damaged: it ends too early or holds what its format does not allow.")
	}
	box, turn := from.Bounds(), orientation(sent)
	wide, tall := box.Dx(), box.Dy()
	if sideways(turn) {
		wide, tall = tall, wide
	}
	scale := min(1, float64(pictureWidth)/float64(wide), float64(pictureTall)/float64(tall))
	into := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(box.Dx())*scale)), max(1, int(float64(box.Dy())*scale))))
	stddraw.Draw(into, into.Bounds(), image.NewUniform(color.White), image.Point{}, stddraw.Src)
	draw.CatmullRom.Scale(into, into.Bounds(), from, box, draw.Over, nil)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, turned(into, turn), &jpeg.Options{Quality: quality}); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
