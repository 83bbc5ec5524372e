package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"testing"
)

// photograph gives a JPEG of 80 × 40 pixels whose stored picture has a red top left corner, with an Exif block that asks
// for a turn.
func photograph(t testing.TB, order binary.AppendByteOrder, turn uint16) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 80, 40))
	for y := range 40 {
		for x := range 80 {
			c := color.RGBA{0, 0, 255, 255}
			if x < 40 && y < 20 {
				c = color.RGBA{255, 0, 0, 255}
			}
			picture.SetRGBA(x, y, c)
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, picture, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	block := []byte("Exif\x00\x00")
	if order == binary.AppendByteOrder(binary.LittleEndian) {
		block = append(block, "II*\x00"...)
	} else {
		block = append(block, "MM\x00*"...)
	}
	block = order.AppendUint32(block, 8)
	block = order.AppendUint16(block, 2)
	for _, field := range [][2]uint16{{0x0100, 80}, {orientationTag, turn}} {
		block = order.AppendUint16(block, field[0])
		block = order.AppendUint16(block, shortType)
		block = order.AppendUint32(block, 1)
		block = order.AppendUint16(block, field[1])
		block = order.AppendUint16(block, 0)
	}
	sent := append([]byte{0xff, 0xd8, 0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(block)+2))...)
	return append(append(sent, block...), out.Bytes()[2:]...)
}

func TestPhotographsAreTurned(t *testing.T) {
	// Where the red corner is seen, by the turn that is asked for: right, bottom.
	corners := [][2]bool{{false, false}, {true, false}, {true, true}, {false, true}, {false, false}, {true, false}, {true, true}, {false, true}}
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for i, want := range corners {
			turn := i + 1
			kept, err := Shrink(photograph(t, order, uint16(turn)), 960, 1200)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(kept, []byte("Exif")) {
				t.Errorf("turn %d: the block is kept", turn)
			}
			seen, err := jpeg.Decode(bytes.NewReader(kept))
			if err != nil {
				t.Fatal(err)
			}
			wide, tall := seen.Bounds().Dx(), seen.Bounds().Dy()
			if (wide < tall) != sideways(turn) {
				t.Errorf("turn %d: %d × %d", turn, wide, tall)
			}
			for _, right := range []bool{false, true} {
				for _, bottom := range []bool{false, true} {
					x, y := wide/4, tall/4
					if right {
						x = wide * 3 / 4
					}
					if bottom {
						y = tall * 3 / 4
					}
					r, _, b, _ := seen.At(x, y).RGBA()
					if red := r > b; red != (want == [2]bool{right, bottom}) {
						t.Errorf("%v, turn %d: at %d, %d red is %v", order, turn, x, y, red)
					}
				}
			}
		}
	}
}

func TestOrientationThatIsNotSaid(t *testing.T) {
	whole := photograph(t, binary.BigEndian, 6)
	wrong := bytes.Clone(whole)
	copy(wrong[12:], "XX") // neither order of bytes
	for name, sent := range map[string][]byte{
		"nothing": nil, "no JPEG": []byte("\x89PNG"), "cut": whole[:20], "order": wrong, "out of range": photograph(t, binary.BigEndian, 9), "zero": photograph(t, binary.LittleEndian, 0),
	} {
		if turn, located := readExif(sent); turn != upright || located {
			t.Errorf("%s: %d, %v", name, turn, located)
		}
	}
	if turn, located := readExif(whole); turn != 6 || located {
		t.Errorf("the whole one is read as %d, %v", turn, located)
	}
	placed := bytes.Replace(whole, []byte{0x01, 0x00, 0x00, 0x03}, []byte{0x88, 0x25, 0x00, 0x04}, 1)
	if turn, located := readExif(placed); turn != 6 || !located {
		t.Errorf("one that tells where it was taken is read as %d, %v", turn, located)
	}
}

func FuzzExif(f *testing.F) {
	f.Add(photograph(f, binary.BigEndian, 6))
	f.Add(photograph(f, binary.LittleEndian, 3))
	f.Fuzz(func(t *testing.T, sent []byte) {
		if turn, _ := readExif(sent); turn < 1 || turn > 8 {
			t.Fatalf("%d", turn)
		}
	})
}
