package ingest

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
)

// Reject is a value, or a row, that did not fit.
type Reject struct {
	Line   int64  // of the source, from 1
	Field  string // technical name; "" where the whole row is meant
	Value  string // what stood there, cut to a readable length
	Reason string
}

const (
	firstRejects = 100       // kept for the report
	maxRejects   = 1_000_000 // written to the file
	maxShown     = 200       // bytes of a value
)

// rejects collects what did not fit, and writes it to a file as it comes: line;field;value;reason. The file is made
// with the first reject.
type rejects struct {
	path  string // "": none is written
	first []Reject
	count int64
	file  *os.File
	out   *bufio.Writer
}

// reset forgets everything: the load begins again.
func (r *rejects) reset() error {
	r.first, r.count = nil, 0
	if r.file != nil {
		r.file.Close()
		r.file = nil
	}
	if r.path == "" {
		return nil
	}
	if err := os.Remove(r.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the rejects of an earlier load: %w", err)
	}
	return nil
}

func (r *rejects) add(one Reject) error {
	if len(one.Value) > maxShown {
		one.Value = strings.ToValidUTF8(one.Value[:maxShown], "") + "…"
	}
	r.count++
	if len(r.first) < firstRejects {
		r.first = append(r.first, one)
	}
	if r.path == "" || r.count > maxRejects {
		return nil
	}
	if r.file == nil {
		file, err := os.OpenFile(r.path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o640)
		if err != nil {
			return fmt.Errorf("write the rejects: %w", err)
		}
		r.file, r.out = file, bufio.NewWriter(file)
		r.out.WriteString("line;field;value;reason\n")
	}
	r.out.WriteString(strconv.FormatInt(one.Line, 10) + ";" + cellOf(one.Field) + ";" + cellOf(one.Value) + ";" + cellOf(one.Reason))
	return r.out.WriteByte('\n')
}

// cellOf writes a text as a cell, between quotes where it needs them.
func cellOf(text string) string {
	if strings.ContainsAny(text, ";\"\r\n") {
		return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
	}
	return text
}

// close ends the file.
func (r *rejects) close() error {
	if r.file == nil {
		return nil
	}
	err := r.out.Flush()
	if closed := r.file.Close(); err == nil {
		err = closed
	}
	r.file = nil
	if err != nil {
		return fmt.Errorf("write the rejects: %w", err)
	}
	return nil
}
