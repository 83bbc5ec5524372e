package pmtiles

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"sort"

	lru "github.com/hashicorp/golang-lru/v2"

	"parvis/internal/fault"
)

// The kinds of tiles and their compressions, as the format numbers them.
const (
	MVT  = 1
	PNG  = 2
	JPEG = 3
	WebP = 4
	AVIF = 5

	plain = 1
	gzipd = 2
)

const (
	headLength    = 127
	mostDirectory = 16 << 20 // bytes of one, unpacked
	mostTile      = 8 << 20
	mostDepth     = 4
	mostEntries   = 4 << 20
)

// Archive is an open archive. All methods may be called at once from many goroutines.
type Archive struct {
	from io.ReaderAt
	file io.Closer // nil where there is none to close

	Kind     int  // MVT, PNG and so on
	Packed   bool // tiles are gzipped
	MinZoom  int
	MaxZoom  int
	internal byte // the compression of directories
	root     []entry
	leaves   uint64                      // where leaf directories begin
	tiles    uint64                      // where tiles begin
	known    *lru.Cache[uint64, []entry] // leaf directories, by their place
}

// entry is a line of a directory: a run of tiles that are alike, or (run 0) a directory below.
type entry struct {
	id, offset  uint64
	length, run uint32
}

// Open opens a file. Kind Invalid: it is no archive that can be read.
func Open(path string) (*Archive, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the tiles: %w", err)
	}
	a, err := Read(file)
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("open the tiles %s: %w", path, err)
	}
	a.file = file
	return a, nil
}

// Read reads an archive. Kind Invalid: it is none.
func Read(from io.ReaderAt) (*Archive, error) {
	var head [headLength]byte
	if _, err := from.ReadAt(head[:], 0); err != nil || string(head[:7]) != "PMTiles" {
		return nil, fault.New(fault.Invalid, "This is no PMTiles archive.")
	}
	if head[7] != 3 {
		return nil, fault.New(fault.Invalid, "This is a PMTiles archive of version %d; version 3 is read.", head[7])
	}
	at := func(i int) uint64 { return binary.LittleEndian.Uint64(head[i:]) }
	a := &Archive{
		from: from, leaves: at(40), tiles: at(56), internal: head[97], Packed: head[98] == gzipd, Kind: int(head[99]), MinZoom: int(head[100]), MaxZoom: int(head[101]),
	}
	switch {
	case a.internal != plain && a.internal != gzipd, head[98] > gzipd:
		return nil, fault.New(fault.Invalid, "The archive is compressed in a way that is not read: use gzip or none.")
	case a.Kind < MVT || a.Kind > AVIF:
		return nil, fault.New(fault.Invalid, "The archive does not say what its tiles are.")
	case a.MaxZoom > 26 || a.MinZoom > a.MaxZoom:
		return nil, fault.New(fault.Invalid, "The archive has zooms from %d to %d.", a.MinZoom, a.MaxZoom)
	}
	var err error
	if a.known, err = lru.New[uint64, []entry](64); err != nil {
		return nil, err
	}
	a.root, err = a.directory(at(8), at(16))
	return a, err
}

// Close closes the file.
func (a *Archive) Close() error {
	if a.file == nil {
		return nil
	}
	return a.file.Close()
}

// Tile gives a tile as it lies in the archive, nil where there is none. Kind Invalid: the archive is damaged.
func (a *Archive) Tile(z, x, y int) ([]byte, error) {
	if z < a.MinZoom || z > a.MaxZoom || x < 0 || y < 0 || x >= 1<<z || y >= 1<<z {
		return nil, nil
	}
	id := number(z, x, y)
	entries := a.root
	for range mostDepth {
		i := sort.Search(len(entries), func(i int) bool { return entries[i].id > id }) - 1
		if i < 0 {
			return nil, nil
		}
		e := entries[i]
		if e.run > 0 {
			if id >= e.id+uint64(e.run) {
				return nil, nil
			}
			return a.bytes(a.tiles+e.offset, uint64(e.length), mostTile)
		}
		var err error
		if entries, err = a.leaf(e); err != nil {
			return nil, err
		}
	}
	return nil, damaged()
}

// leaf gives a directory below another one.
func (a *Archive) leaf(e entry) ([]entry, error) {
	if found, ok := a.known.Get(e.offset); ok {
		return found, nil
	}
	found, err := a.directory(a.leaves+e.offset, uint64(e.length))
	if err == nil {
		a.known.Add(e.offset, found)
	}
	return found, err
}

func damaged() error { return fault.New(fault.Invalid, "The archive is damaged.") }

// bytes reads a part of the file.
func (a *Archive) bytes(at, length uint64, most int) ([]byte, error) {
	if length > uint64(most) || at > 1<<50 {
		return nil, damaged()
	}
	out := make([]byte, length)
	if _, err := a.from.ReadAt(out, int64(at)); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "The archive is damaged: it ends too early.")
	}
	return out, nil
}

// directory reads a directory: counts, then ids as steps, runs, lengths and places.
func (a *Archive) directory(at, length uint64) ([]entry, error) {
	packed, err := a.bytes(at, length, mostDirectory)
	if err != nil {
		return nil, err
	}
	if a.internal == gzipd {
		unpack, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			return nil, damaged()
		}
		if packed, err = io.ReadAll(io.LimitReader(unpack, mostDirectory)); err != nil {
			return nil, damaged()
		}
	}
	r := bytes.NewReader(packed)
	n, err := binary.ReadUvarint(r)
	if err != nil || n > mostEntries || n > uint64(len(packed)) {
		return nil, damaged()
	}
	out := make([]entry, n)
	read := func(set func(*entry, *entry, uint64)) {
		for i := range out {
			v, wrong := binary.ReadUvarint(r)
			if wrong != nil {
				err = damaged()
				return
			}
			before := &entry{}
			if i > 0 {
				before = &out[i-1]
			}
			set(&out[i], before, v)
		}
	}
	read(func(e, before *entry, v uint64) { e.id = before.id + v })
	read(func(e, _ *entry, v uint64) { e.run = uint32(v) })
	read(func(e, _ *entry, v uint64) { e.length = uint32(v) })
	read(func(e, before *entry, v uint64) {
		if e.offset = v - 1; v == 0 { // right behind the one before
			e.offset = before.offset + uint64(before.length)
		}
	})
	return out, err
}

// number gives a tile's place on the Hilbert curve through all tiles of all zooms.
func number(z, x, y int) uint64 {
	id := uint64(0)
	for level := range z {
		id += 1 << (2 * level)
	}
	for s := 1 << z / 2; s > 0; s /= 2 {
		rx, ry := 0, 0
		if x&s > 0 {
			rx = 1
		}
		if y&s > 0 {
			ry = 1
		}
		id += uint64(s) * uint64(s) * uint64((3*rx)^ry)
		if ry == 0 {
			if rx == 1 {
				x, y = s-1-x&(s-1), s-1-y&(s-1)
			}
			x, y = y, x
		}
		x, y = x&(s-1), y&(s-1)
	}
	return id
}
