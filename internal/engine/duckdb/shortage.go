package duckdb

import (
	"errors"
	"strings"
	"syscall"

	driverpkg "github.com/duckdb/duckdb-go/v2"

	"parvis/internal/fault"
)

// shortage is what the machine has too little of.
type shortage int

const (
	ofNothing shortage = iota
	ofMemory
	ofDisk
)

// shortageIn tells whether an error of DuckDB is want of memory or of disk. Its appender gives only texts, and a full
// disk is an input-output error like others, told by the system's own words. What it cannot spill for want of room
// is want of disk, although it calls that want of memory.
func shortageIn(err error) shortage {
	if err == nil {
		return ofNothing
	}
	var native *driverpkg.Error
	text := err.Error()
	switch {
	case errors.Is(err, syscall.ENOSPC), strings.Contains(text, "No space left on device"), strings.Contains(text, "failed to offload data block"):
		return ofDisk
	case errors.As(err, &native) && native.Type == driverpkg.ErrorTypeOutOfMemory,
		strings.Contains(text, "Out of Memory Error"), strings.Contains(text, "could not allocate block"), strings.Contains(text, "failed to pin block"):
		return ofMemory
	}
	return ofNothing
}

// loadFailure says what an error means to whoever imports.
func loadFailure(err error) error {
	switch shortageIn(err) {
	case ofMemory:
		return fault.Wrap(err, fault.Unavailable, "the load needs more memory than it may have: give it more with --load-memory-limit")
	case ofDisk:
		return fault.Wrap(err, fault.Unavailable,
			"the disk is full: the load needs room for the records, their index and temporary files, about three times the file's size; nothing was published")
	}
	return err
}
