package picture

import (
	"bytes"
	"encoding/binary"
	"image"
)

// A telephone stores its photographs as the sensor lies and tells in a tag how they are to be turned: a number from 1
// to 8, as Exif 3.0 has it (tag 0x0112). Since only the pixels of a small picture are kept, they are turned themselves. Where a
// photograph was taken stands in a directory of its own, to which the tag 0x8825 leads.
const (
	upright        = 1
	orientationTag = 0x0112
	placeTag       = 0x8825
	shortType      = 3
)

// readExif reads how a JPEG is to be turned, upright where it does not say so or is no JPEG, and whether it tells where it was taken.
func readExif(content []byte) (turn int, located bool) {
	if !bytes.HasPrefix(content, []byte{0xff, 0xd8}) {
		return upright, false
	}
	for rest := content[2:]; len(rest) >= 4 && rest[0] == 0xff; {
		marker, length := rest[1], int(binary.BigEndian.Uint16(rest[2:]))
		if marker == 0xda || length < 2 || len(rest) < 2+length { // the picture itself, or damage
			break
		}
		if body, is := bytes.CutPrefix(rest[4:2+length], []byte("Exif\x00\x00")); is && marker == 0xe1 {
			return readBlock(body)
		}
		rest = rest[2+length:]
	}
	return upright, false
}

// readBlock reads the first directory of an Exif block, which is made like a TIFF file.
func readBlock(block []byte) (turn int, located bool) {
	turn = upright
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(block, []byte("II*\x00")):
		order = binary.LittleEndian
	case bytes.HasPrefix(block, []byte("MM\x00*")):
		order = binary.BigEndian
	default:
		return turn, false
	}
	if len(block) < 8 {
		return turn, false
	}
	at := uint64(order.Uint32(block[4:]))
	if at+2 > uint64(len(block)) {
		return turn, false
	}
	fields := block[at+2:]
	for range order.Uint16(block[at:]) {
		if len(fields) < 12 {
			break
		}
		switch order.Uint16(fields) {
		case orientationTag:
			if says := int(order.Uint16(fields[8:])); order.Uint16(fields[2:]) == shortType && says >= 1 && says <= 8 {
				turn = says
			}
		case placeTag:
			located = true
		}
		fields = fields[12:]
	}
	return turn, located
}

// sideways tells whether width and height change places.
func sideways(turn int) bool { return turn >= 5 }

// turned gives a picture as it is to be seen.
func turned(from *image.RGBA, turn int) *image.RGBA {
	if turn == upright {
		return from
	}
	wide, tall := from.Bounds().Dx(), from.Bounds().Dy()
	box := from.Bounds()
	if sideways(turn) {
		box = image.Rect(0, 0, tall, wide)
	}
	into := image.NewRGBA(box)
	for y := range box.Dy() {
		for x := range box.Dx() {
			fx, fy := source(turn, x, y, wide, tall)
			into.SetRGBA(x, y, from.RGBAAt(fx, fy))
		}
	}
	return into
}

// source gives the stored pixel that is seen at x, y; wide and tall are of the stored picture.
func source(turn, x, y, wide, tall int) (int, int) {
	right, bottom := wide-1, tall-1
	switch turn {
	case 2: // mirrored
		return right - x, y
	case 3: // upside down
		return right - x, bottom - y
	case 4: // upside down, mirrored
		return x, bottom - y
	case 5: // mirrored along the diagonal
		return y, x
	case 6: // a quarter turn to the right is wanted
		return y, bottom - x
	case 7: // mirrored along the other diagonal
		return right - y, bottom - x
	case 8: // a quarter turn to the left is wanted
		return right - y, x
	}
	return x, y
}
