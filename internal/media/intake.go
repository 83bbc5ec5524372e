package media

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"parvis/internal/dataset"
	"parvis/internal/fault"
	"parvis/internal/picture"
)

const (
	mostFile    = 1 << 30  // bytes of one file
	mostPicture = 64 << 20 // bytes of a picture that is opened to make a small one
	smallSide   = 480      // pixels that a small picture is wide or high, at most
	smallSize   = 64 << 10 // bytes of a picture that is its own small one
	fileMode    = 0o640
)

// Small gives the name under which the small picture of a file lies beside it. One that is small itself has none: it is its own.
func Small(id string) string { return id + ".jpg" }

// Intake takes files in for a version. Its methods are called from one goroutine, but for Names, which may be called beside the others.
type Intake struct {
	shelf  *Shelf
	dir    string // the folder of the version's files
	former string // that of the version before, "" for none: what lies there already is not written again
	most   int64  // bytes of all files

	mu    sync.Mutex // of what follows, while files are taken in side by side
	taken map[string]*taken
	bytes int64

	used map[string]bool // files that the rows of this pass name
}

// taken is a file that was taken in, or why it was not.
type taken struct {
	value   dataset.FileValue
	text    string // the value as it lies in the version
	refused string
	located bool // the picture tells where it was taken
	damaged bool // the picture cannot be opened
}

// NewIntake makes an Intake into dir, which is made with the first file; files of more than most bytes together are a failure.
func NewIntake(shelf *Shelf, dir, former string, most int64) *Intake {
	return &Intake{shelf: shelf, dir: dir, former: former, most: most, taken: map[string]*taken{}, used: map[string]bool{}}
}

// Begin begins a pass over the rows: what earlier ones named is of no account, but need not be taken in again.
func (t *Intake) Begin() { clear(t.used) }

// Names tells whether a value of a row names a file that came with the rows.
func (t *Intake) Names(value string) bool {
	_, ok := t.find(value)
	return ok
}

func (t *Intake) find(value string) (string, bool) {
	for _, said := range named(value) {
		if name, ok := t.shelf.Find(said); ok {
			return name, true
		}
	}
	return "", false
}

// Take takes in the files that values name, several at a time. Kind TooLarge: together they hold more than is taken.
func (t *Intake) Take(ctx context.Context, values []string) error {
	var fresh []string
	for _, v := range values {
		if name, ok := t.find(v); ok {
			t.used[name] = true
			if t.taken[name] == nil && !slices.Contains(fresh, name) {
				fresh = append(fresh, name)
			}
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	if err := os.MkdirAll(t.dir, 0o750); err != nil {
		return fmt.Errorf("make the folder of a version's files: %w", err)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, name := range fresh {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			one, err := t.take(name)
			if err != nil {
				return fmt.Errorf("take in %s: %w", name, err)
			}
			t.mu.Lock()
			defer t.mu.Unlock()
			t.taken[name] = one
			return nil
		})
	}
	return group.Wait()
}

// Value gives the value that stands in the rows for the file that one names, or the reason for which it is not taken; Take has been told of it. there is
// false where it names none.
func (t *Intake) Value(said string) (value, reason string, there bool) {
	name, there := t.find(said)
	if !there {
		return "", "", false
	}
	one := t.taken[name]
	if one.refused != "" {
		return "", one.refused, true
	}
	if f, is := dataset.ReadFile(said); is && f.Filename != "" && f.Filename != one.value.Filename {
		called := one.value
		called.Filename = f.Filename
		return called.Text(), "", true
	}
	return one.text, "", true
}

// take takes one file in.
func (t *Intake) take(name string) (*taken, error) {
	from, err := t.shelf.source.Open(name)
	if err != nil {
		return &taken{refused: "this file cannot be unpacked"}, nil
	}
	defer from.Close()
	work, err := os.CreateTemp(t.dir, "taking-*")
	if err != nil {
		return nil, err
	}
	defer os.Remove(work.Name())
	defer work.Close()
	if err := work.Chmod(fileMode); err != nil {
		return nil, err
	}
	sum := sha256.New()
	size, err := io.Copy(io.MultiWriter(work, sum), &reading{from: io.LimitReader(from, mostFile+1)})
	var unread *readError
	switch {
	case errors.As(err, &unread):
		return &taken{refused: "this file is damaged: it cannot be unpacked to its end"}, nil
	case err != nil:
		return nil, err
	case size > mostFile:
		return &taken{refused: fmt.Sprintf("this file holds more than %d MB", mostFile>>20)}, nil
	case size == 0:
		return &taken{refused: "this file is empty"}, nil
	}
	if err := t.count(size); err != nil {
		return nil, err
	}
	id := hex.EncodeToString(sum.Sum(nil))[:32]
	one := &taken{value: dataset.FileValue{ID: id, Filename: filepath.Base(filepath.FromSlash(name)), Size: size}}
	if err := t.describe(one, work); err != nil {
		return nil, err
	}
	if err := t.place(work, id); err != nil {
		return nil, err
	}
	one.text = one.value.Text()
	return one, nil
}

// count counts the bytes of a file.
func (t *Intake) count(size int64) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.bytes += size; t.bytes > t.most {
		return fault.New(fault.TooLarge, "the files that the rows name hold more than %d GB", t.most>>30)
	}
	return nil
}

// place puts a file that was written into the folder, durably.
func (t *Intake) place(work *os.File, id string) error {
	if t.link(id) {
		return nil
	}
	if err := work.Sync(); err != nil {
		return err
	}
	return os.Rename(work.Name(), filepath.Join(t.dir, id))
}

// link takes a file over from the version before, where it lies.
func (t *Intake) link(name string) bool {
	if t.former == "" {
		return false
	}
	err := os.Link(filepath.Join(t.former, name), filepath.Join(t.dir, name))
	return err == nil || errors.Is(err, fs.ErrExist)
}

// describe finds out what a file is; of a picture it makes a small one.
func (t *Intake) describe(one *taken, file *os.File) error {
	v := &one.value
	head := make([]byte, 1024)
	n, err := file.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return err
	}
	v.Format, v.MIMEType = kindOf(v.Filename, head[:n])
	if !strings.HasPrefix(v.MIMEType, "image/") || v.Size > mostPicture {
		return nil
	}
	content := make([]byte, v.Size)
	if _, err := file.ReadAt(content, 0); err != nil {
		return err
	}
	about, is := picture.Look(content)
	if !is {
		one.damaged = opened(v.MIMEType)
		return nil
	}
	v.Width, v.Height, one.located = about.Width, about.Height, about.Located
	if about.Turn > 1 {
		v.Orientation = about.Turn
	}
	if !about.Openable() {
		return nil
	}
	if t.link(Small(v.ID)) {
		v.Thumbnail = true
		return nil
	}
	if about.Turn <= 1 && about.Width <= smallSide && about.Height <= smallSide && v.Size <= smallSize && onTheWeb(v.MIMEType) {
		_, err := picture.Shrink(content, 1, 1) // whether it can be opened
		v.Thumbnail, one.damaged = err == nil, err != nil
		return nil
	}
	small, err := picture.Shrink(content, smallSide, smallSide)
	if one.damaged = err != nil; one.damaged {
		return nil //nolint:nilerr // a damaged picture is published as it is
	}
	v.Thumbnail = true
	return t.write(Small(v.ID), small)
}

// write puts content into the folder, durably.
func (t *Intake) write(name string, content []byte) error {
	work, err := os.CreateTemp(t.dir, "taking-*")
	if err != nil {
		return err
	}
	defer os.Remove(work.Name())
	defer work.Close()
	if _, err := work.Write(content); err != nil {
		return err
	}
	if err := work.Chmod(fileMode); err != nil {
		return err
	}
	if err := work.Sync(); err != nil {
		return err
	}
	return os.Rename(work.Name(), filepath.Join(t.dir, name))
}

// Finish ends the intake: what only earlier passes named goes. It gives the folder, "" where no row names a file, and what the
// publisher should know.
func (t *Intake) Finish() (dir string, notes []string, err error) {
	kept := map[string]bool{}
	var damaged []string
	located := 0
	for name := range t.used {
		one := t.taken[name]
		if one == nil || one.refused != "" {
			continue
		}
		kept[one.value.ID], kept[Small(one.value.ID)] = true, true
		if one.located {
			located++
		}
		if one.damaged {
			damaged = append(damaged, name)
		}
	}
	if len(kept) == 0 {
		return "", nil, nil
	}
	files, err := os.ReadDir(t.dir)
	if err != nil {
		return "", nil, fmt.Errorf("look through the files of a version: %w", err)
	}
	for _, f := range files {
		if !kept[f.Name()] {
			if err := os.Remove(filepath.Join(t.dir, f.Name())); err != nil {
				return "", nil, fmt.Errorf("tidy the files of a version: %w", err)
			}
		}
	}
	if located > 0 {
		notes = append(notes, fmt.Sprintf("pictures that tell where they were taken (Exif), for everybody to read: %d; take that out of them unless it is meant", located))
	}
	if len(damaged) > 0 {
		slices.Sort(damaged)
		notes = append(notes, fmt.Sprintf("pictures that cannot be opened, and are published as they are: %s", some(damaged)))
	}
	if left := t.left(); len(left) > 0 {
		notes = append(notes, fmt.Sprintf("files that no row names, and are not published: %s", some(left)))
	}
	return t.dir, notes, nil
}

// left gives the files that no row names.
func (t *Intake) left() (out []string) {
	for _, name := range t.shelf.paths {
		if !t.used[name] {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// some names the first of many.
func some(names []string) string {
	const most = 5
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// reading tells failures of reading from those of writing.
type reading struct{ from io.Reader }

type readError struct{ error }

func (r *reading) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	if err != nil && err != io.EOF {
		err = &readError{err}
	}
	return n, err
}
