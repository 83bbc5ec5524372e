package pmtiles

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"testing"

	"parvis/internal/fault"
)

// TestNumber holds the curve to the numbers of the specification.
func TestNumber(t *testing.T) {
	for at, want := range map[[3]int]uint64{
		{0, 0, 0}: 0, {1, 0, 0}: 1, {1, 0, 1}: 2, {1, 1, 1}: 3, {1, 1, 0}: 4, {2, 0, 0}: 5, {2, 1, 0}: 6, {2, 1, 1}: 7, {2, 0, 1}: 8, {2, 0, 2}: 9, {2, 0, 3}: 10, {2, 1, 3}: 11, {12, 3423, 1763}: 19078479,
	} {
		if got := number(at[0], at[1], at[2]); got != want {
			t.Errorf("tile %v is %d, want %d", at, got, want)
		}
	}
	seen := map[uint64]bool{}
	for x := range 32 {
		for y := range 32 {
			seen[number(5, x, y)] = true
		}
	}
	if len(seen) != 1024 {
		t.Errorf("1024 tiles have %d numbers", len(seen))
	}
}

// archive writes an archive of some tiles, each by its number, with a directory below the first.
func archive(t testing.TB, tiles map[uint64]string, order []uint64) []byte {
	t.Helper()
	pack := func(entries []entry) []byte {
		var b []byte
		b = binary.AppendUvarint(b, uint64(len(entries)))
		last := uint64(0)
		for _, e := range entries {
			b = binary.AppendUvarint(b, e.id-last)
			last = e.id
		}
		for _, e := range entries {
			b = binary.AppendUvarint(b, uint64(e.run))
		}
		for _, e := range entries {
			b = binary.AppendUvarint(b, uint64(e.length))
		}
		for _, e := range entries {
			b = binary.AppendUvarint(b, e.offset+1)
		}
		var out bytes.Buffer
		w := gzip.NewWriter(&out)
		if _, err := w.Write(b); err != nil {
			t.Fatal(err)
		}
		w.Close()
		return out.Bytes()
	}
	var data []byte
	var entries []entry
	for _, id := range order {
		entries = append(entries, entry{id: id, offset: uint64(len(data)), length: uint32(len(tiles[id])), run: 1})
		data = append(data, tiles[id]...)
	}
	leaf := pack(entries)
	root := pack([]entry{{id: entries[0].id, length: uint32(len(leaf))}})
	out := make([]byte, headLength)
	copy(out, "PMTiles\x03")
	put := func(at int, v int) { binary.LittleEndian.PutUint64(out[at:], uint64(v)) }
	put(8, headLength)
	put(16, len(root))
	put(40, headLength+len(root))
	put(48, len(leaf))
	put(56, headLength+len(root)+len(leaf))
	put(64, len(data))
	out[97], out[98], out[99], out[100], out[101] = gzipd, plain, PNG, 0, 5
	return append(append(append(out, root...), leaf...), data...)
}

func TestTilesAreFound(t *testing.T) {
	a, err := Read(bytes.NewReader(archive(t, map[uint64]string{0: "world", 2: "quarter", number(5, 16, 11): "Paris"}, []uint64{0, 2, number(5, 16, 11)})))
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[[3]int]string{{0, 0, 0}: "world", {1, 0, 1}: "quarter", {5, 16, 11}: "Paris", {1, 1, 1}: "", {5, 0, 0}: "", {6, 0, 0}: "", {1, 2, 0}: ""} {
		if got, err := a.Tile(at[0], at[1], at[2]); err != nil || string(got) != want {
			t.Errorf("tile %v is %q (%v), want %q", at, got, err, want)
		}
	}
	for _, bad := range []string{"", "PMTiles", "PMTiles\x02" + string(make([]byte, 200)), "PMTiles\x03" + string(make([]byte, 200))} {
		if _, err := Read(bytes.NewReader([]byte(bad))); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%.12q is read: %v", bad, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(archive(f, map[uint64]string{0: "world", 2: "quarter"}, []uint64{0, 2}))
	f.Fuzz(func(t *testing.T, file []byte) {
		a, err := Read(bytes.NewReader(file))
		if err != nil {
			return
		}
		for z := range 4 {
			if _, err := a.Tile(z, 0, 1<<z-1); err != nil && fault.KindOf(err) != fault.Invalid {
				t.Fatal(err)
			}
		}
	})
}
