package detect

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"

	"parvis/internal/fault"
)

// layers are the packings that lie around the data, from outside in. A zip is only read where it is a file on disk,
// or lies in the spool.
type layers struct {
	path   string // of the file on disk
	gzip   []bool // gzips around the data; within the zip where there is one
	member string // of the zip; "" where there is none
}

func (l layers) packed() bool { return len(l.gzip) > 0 || l.member != "" }

// open gives the content, unpacked as far as the layers are known. Reading it moves the progress.
func (f *File) open() (io.ReadCloser, error) {
	file, err := os.Open(f.layers.path)
	if err != nil {
		return nil, fmt.Errorf("open the file: %w", err)
	}
	f.done.Store(0)
	counted := &counting{file: file, done: &f.done}
	out := &unpacked{limits: f.o.Limits, packed: f.size, name: f.name, closers: []io.Closer{file}}
	if f.layers.member == "" {
		out.r = counted
	} else {
		archive, err := zip.NewReader(counted, f.size)
		if err != nil {
			file.Close()
			return nil, fault.Wrap(err, fault.Invalid, "the archive %s is damaged", f.name)
		}
		for _, m := range archive.File {
			if m.Name != f.layers.member {
				continue
			}
			r, err := m.Open()
			if err != nil {
				file.Close()
				return nil, fault.Wrap(err, fault.Invalid, "%s in the archive is damaged, or packed in a way that is not read", m.Name)
			}
			out.r, out.closers = r, append(out.closers, r)
			out.packed = int64(m.CompressedSize64)
			break
		}
	}
	if f.layers.packed() {
		out.bounded = true
	}
	for range f.layers.gzip {
		r, err := gzip.NewReader(bufio.NewReaderSize(out.r, 256<<10))
		if err != nil {
			out.Close()
			return nil, out.mend(err)
		}
		out.r, out.closers = r, append(out.closers, r)
	}
	return out, nil
}

// counting counts what is read from disk.
type counting struct {
	file *os.File
	done *atomic.Int64
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.file.Read(p)
	c.done.Add(int64(n))
	return n, err
}

func (c *counting) ReadAt(p []byte, at int64) (int, error) {
	n, err := c.file.ReadAt(p, at)
	c.done.Store(at + int64(n))
	return n, err
}

// unpacked is content on its way out of its packings, bounded.
type unpacked struct {
	r       io.Reader
	closers []io.Closer
	name    string
	bounded bool
	limits  Limits
	packed  int64 // bytes that it comes from
	done    int64
}

func (u *unpacked) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	u.done += int64(n)
	if u.bounded && (u.done > u.limits.Bytes || u.done > u.limits.Free && u.done/u.limits.Ratio > u.packed) {
		return 0, fault.New(fault.TooLarge, "%s unpacks to more than is read: %d times its size, %d MB so far; if it is no trick, unpack it yourself and import that",
			u.name, u.done/max(u.packed, 1), u.done>>20)
	}
	if err != nil && err != io.EOF {
		err = u.mend(err)
	}
	return n, err
}

// mend says that a packing is damaged.
func (u *unpacked) mend(err error) error {
	var pathError *os.PathError
	if !u.bounded || errors.As(err, &pathError) || fault.KindOf(err) != fault.Internal {
		return err
	}
	return fault.Wrap(err, fault.Invalid, "%s is damaged: it cannot be unpacked to its end", u.name)
}

func (u *unpacked) Close() error {
	var first error
	for i := len(u.closers) - 1; i >= 0; i-- {
		if err := u.closers[i].Close(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// unzip finds the data in the archive: the largest of the members whose names say most clearly that they are data.
// isBook tells that the archive itself is the data, a workbook.
func (f *File) unzip() (isBook bool, err error) {
	if f.layers.member != "" {
		return false, fault.New(fault.Invalid, "%s is an archive within an archive: unpack it first", f.name)
	}
	content, size, err := f.atRandom()
	if err != nil {
		return false, err
	}
	archive, err := zip.NewReader(content, size)
	if err != nil {
		return false, fault.Wrap(err, fault.Invalid, "the archive %s is damaged", f.name)
	}
	var members []string
	best, rank, readable := (*zip.File)(nil), 0, 0
	for _, m := range archive.File {
		if m.Name == "xl/workbook.xml" {
			return true, nil
		}
		if !isFile(m) {
			continue
		}
		members = append(members, path.Base(m.Name))
		r := rankOf(m.Name)
		if r > 0 {
			readable++
		}
		if r > rank || r == rank && r > 0 && m.UncompressedSize64 > best.UncompressedSize64 {
			best, rank = m, r
		}
	}
	switch {
	case len(members) == 0:
		return false, fault.New(fault.Invalid, "the archive %s is empty", f.name)
	case best == nil:
		return false, fault.New(fault.Invalid, "the archive %s holds nothing that is read: it holds %s", f.name, strings.Join(members[:min(5, len(members))], ", "))
	case best.Flags&1 != 0:
		return false, fault.New(fault.Invalid, "the archive %s is encrypted: pack it again without a password", f.name)
	case int64(best.UncompressedSize64) < 0 || int64(best.UncompressedSize64) > f.o.Limits.Bytes:
		return false, fault.New(fault.TooLarge, "%s in the archive unpacks to more than %d GB", best.Name, f.o.Limits.Bytes>>30)
	}
	if len(f.layers.gzip) > 0 { // a zip in a gzip: the spool is the file from now on
		f.layers.path, f.layers.gzip = f.spool.Name(), nil
		f.size = size
	}
	f.layers.member = best.Name
	f.name = path.Base(best.Name)
	if readable > 1 {
		f.notes = append(f.notes, fmt.Sprintf("of the %d files in the archive only %q is read; unpack it to import another", len(members), f.name))
	}
	return false, f.dropSpool()
}

// atRandom gives the content for formats that jump about in it. What is packed is unpacked to a temporary file,
// which Close removes.
func (f *File) atRandom() (io.ReaderAt, int64, error) {
	if !f.layers.packed() && f.spool == nil {
		file, err := os.Open(f.layers.path)
		if err != nil {
			return nil, 0, fmt.Errorf("open the file: %w", err)
		}
		f.spool = file
	}
	if f.spool == nil {
		r, err := f.open()
		if err != nil {
			return nil, 0, err
		}
		defer r.Close()
		file, err := os.CreateTemp(f.o.Temp, "unpacked-*")
		if err != nil {
			return nil, 0, fmt.Errorf("make a file to unpack to: %w", err)
		}
		f.spool = file
		f.temps = append(f.temps, file.Name())
		if _, err := io.Copy(file, r); err != nil {
			return nil, 0, fmt.Errorf("unpack: %w", err)
		}
	}
	info, err := f.spool.Stat()
	if err != nil {
		return nil, 0, fmt.Errorf("open the file: %w", err)
	}
	return &counting{file: f.spool, done: &f.done}, info.Size(), nil
}
