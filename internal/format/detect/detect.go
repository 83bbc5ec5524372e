package detect

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"

	"parvis/internal/fault"
	"parvis/internal/format"
	"parvis/internal/format/delimited"
	"parvis/internal/format/geojson"
	"parvis/internal/format/jsonread"
	"parvis/internal/format/parquet"
	"parvis/internal/format/xlsx"
)

// The formats that are read.
const (
	CSV       = "csv"
	JSON      = "json"
	JSONLines = "jsonl"
	GeoJSON   = "geojson"
	XLSX      = "xlsx"
	Parquet   = "parquet"
)

// Options say how a file is opened.
type Options struct {
	Read format.ReadOptions
	Temp string // folder for what must be unpacked to be read; "" is the system's
	Limits
}

// Limits bound what a packed file may unpack to; zero values are the defaults.
type Limits struct {
	Bytes int64 // at most; 0 is 20 GB
	Free  int64 // bytes below which Ratio does not matter; 0 is 256 MB
	Ratio int64 // times its packed size, at most; 0 is 200: text seldom reaches 30
}

// OrDefaults gives the limits with the defaults in the place of zeros.
func (l Limits) OrDefaults() Limits {
	if l.Bytes == 0 {
		l.Bytes = 20 << 30
	}
	if l.Free == 0 {
		l.Free = 256 << 20
	}
	if l.Ratio == 0 {
		l.Ratio = 200
	}
	return l
}

// File is a file whose format is known. It can be read several times, one reader after the other.
type File struct {
	name   string // of the data: of the member, within an archive
	format string
	o      Options
	layers layers
	size   int64 // of the file on disk
	done   atomic.Int64
	spool  *os.File // the content, for formats that are not read from front to back
	temps  []string // files that were unpacked to, to be removed
	beside *Beside  // what lies beside the data in its archive; nil: nothing, or it was not asked for
	notes  []string
}

// Open finds out what the file at path is. Kinds: NotFound, there is none; Invalid, it is empty, damaged or in no
// format that is read; TooLarge, it unpacks to more than the limits.
func Open(path string, o Options) (*File, error) {
	o.Limits = o.Limits.OrDefaults()
	info, err := os.Stat(path)
	switch {
	case os.IsNotExist(err):
		return nil, fault.New(fault.NotFound, "there is no file %s", path)
	case err != nil:
		return nil, fmt.Errorf("open %s: %w", path, err)
	case info.IsDir():
		return nil, fault.New(fault.Invalid, "%s is a folder, not a file", path)
	case info.Size() == 0:
		return nil, fault.New(fault.Invalid, "the file %s is empty", filepath.Base(path))
	}
	f := &File{name: filepath.Base(path), o: o, size: info.Size()}
	f.layers.path = path
	if err := f.peel(); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// peel takes off the packings one by one, until what is left is data.
func (f *File) peel() error {
	const most = 3 // a zip in a gzip, and one more
	for range most + 1 {
		head, whole, err := f.head()
		if err != nil {
			return err
		}
		if len(head) == 0 {
			return fault.New(fault.Invalid, "the file %s is empty", f.name)
		}
		switch kind, err := recognise(f.name, head, whole); {
		case err != nil:
			return err
		case kind == gzipped:
			f.layers.gzip = append(f.layers.gzip, true)
			f.name = trimExtension(f.name, ".gz", ".gzip")
		case kind == zipped:
			isBook, err := f.unzip()
			if err != nil {
				return err
			}
			if isBook {
				f.format = XLSX
				return nil
			}
		default:
			f.format = kind
			return nil
		}
	}
	return fault.New(fault.Invalid, "%s is packed more than %d times", f.name, most)
}

// head gives the first bytes of the content as far as it is unpacked, and whether they are all of it.
func (f *File) head() (head []byte, whole bool, err error) {
	r, err := f.open()
	if err != nil {
		return nil, false, err
	}
	defer r.Close()
	head = make([]byte, headSize)
	n, err := io.ReadFull(r, head)
	switch err {
	case nil:
		return head, false, nil
	case io.EOF, io.ErrUnexpectedEOF:
		return head[:n], true, nil
	}
	return nil, false, err
}

// Format gives the format's name: one of the constants of this package.
func (f *File) Format() string { return f.format }

// Name gives the name of the file, or of the member within an archive that is read.
func (f *File) Name() string { return f.name }

// Notes tells what else lies in the archive and is not read, in sentences for whoever imports it.
func (f *File) Notes() []string { return f.notes }

// Progress tells how many bytes of the file on disk the current reader has gone through, of how many.
func (f *File) Progress() (done, total int64) { return min(f.done.Load(), f.size), f.size }

// Read begins to read the rows from the first one. The reader before must be closed.
func (f *File) Read() (format.Reader, error) {
	f.done.Store(0)
	switch f.format {
	case CSV:
		return delimited.Read(f.open, f.o.Read)
	case JSON:
		return jsonread.Read(f.open, f.o.Read)
	case JSONLines:
		return jsonread.ReadLines(f.open, f.o.Read)
	case GeoJSON:
		r, err := f.open()
		if err != nil {
			return nil, err
		}
		reader, err := geojson.Read(r, f.o.Read)
		if err != nil {
			r.Close()
			return nil, err
		}
		return closing{reader, r}, nil
	}
	content, size, err := f.atRandom()
	if err != nil {
		return nil, err
	}
	if f.format == XLSX {
		return xlsx.Read(content, size, f.o.Read)
	}
	return parquet.Read(content, size, f.o.Read)
}

// closing closes the file with its reader.
type closing struct {
	format.Reader
	file io.Closer
}

func (c closing) Close() error {
	err := c.Reader.Close()
	if closed := c.file.Close(); err == nil {
		err = closed
	}
	return err
}

// AsLines says that the file is JSON Lines, whatever its first bytes look like: a portal's records can look like
// GeoJSON.
func (f *File) AsLines() *File {
	f.format = JSONLines
	return f
}

// Close removes what was unpacked.
func (f *File) Close() error {
	err := f.dropSpool()
	if f.beside != nil {
		if closed := f.beside.file.Close(); err == nil {
			err = closed
		}
		f.beside = nil
	}
	for _, name := range f.temps {
		if removed := os.Remove(name); err == nil {
			err = removed
		}
	}
	f.temps = nil
	return err
}

func (f *File) dropSpool() error {
	if f.spool == nil {
		return nil
	}
	err := f.spool.Close()
	f.spool = nil
	return err
}
