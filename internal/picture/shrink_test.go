package picture

import (
	"bytes"
	"encoding/binary"
	"image/jpeg"
	"testing"

	"parvis/internal/fault"
)

func FuzzShrink(f *testing.F) {
	f.Add([]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"))
	f.Add(photograph(f, binary.BigEndian, 3))
	f.Fuzz(func(t *testing.T, sent []byte) {
		kept, err := Shrink(sent, 960, 1200)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatal(err)
			}
			return
		}
		if _, err := jpeg.Decode(bytes.NewReader(kept)); err != nil {
			t.Fatal(err)
		}
	})
}
