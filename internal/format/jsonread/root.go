package jsonread

import (
	"strings"

	"parvis/internal/fault"
	"parvis/internal/format"
)

// place is where the rows of a file stand.
type place struct {
	lines  bool     // values one after the other
	byLine bool     // the first of them takes one line
	path   []string // else the members that lead to the array; none: the file is the array
}

// find walks through the file, without keeping any of it, until it knows where the rows stand.
func find(open Open, o format.ReadOptions) (place, error) {
	r, err := start(open, o)
	if err != nil {
		return place{}, err
	}
	defer r.Close()
	s := r.source
	c, err := s.next()
	switch {
	case err != nil:
		return place{}, err
	case c == 0:
		return place{}, fault.New(fault.Invalid, "the file is empty")
	case c == '[':
		if o.Root != "" {
			return place{}, fault.New(fault.Invalid, "the file is a list: it has no member %q", o.Root)
		}
		return place{}, nil
	case c != '{':
		return place{lines: true}, nil
	}
	w := walk{source: s}
	if o.Root != "" {
		w.wanted = strings.Split(o.Root, ".")
	}
	line := s.line
	if err := w.object(nil); err != nil {
		return place{}, err
	}
	lines := place{lines: true, byLine: s.line == line}
	if c, err = s.next(); err != nil {
		return place{}, err
	}
	switch {
	case w.found:
		if c != 0 && o.Root == "" {
			return lines, nil // what was found stands within the first row
		}
		return place{path: w.best}, nil
	case o.Root != "":
		return place{}, fault.New(fault.Invalid, "the file has no list at %q", o.Root)
	}
	return lines, nil
}

// walk looks for the array of rows.
type walk struct {
	source *source
	wanted []string // the path that the user named; nil: the least nested array of objects
	found  bool
	best   []string
}

// object goes through the object at pos, to which path leads.
func (w *walk) object(path []string) error {
	s := w.source
	if len(path) > maxDepth {
		return fault.New(fault.Invalid, "line %d: JSON nested more than %d deep is not read", s.line, maxDepth)
	}
	if err := s.take('{'); err != nil {
		return err
	}
	c, err := s.next()
	if err != nil {
		return err
	}
	if c == '}' {
		s.pos++
		return nil
	}
	for {
		name, err := s.name()
		if err != nil {
			return err
		}
		if err := w.member(append(path[:len(path):len(path)], name)); err != nil {
			return err
		}
		more, err := s.separator()
		if !more {
			return err
		}
	}
}

// member goes through the value of a member, to which path leads.
func (w *walk) member(path []string) error {
	s := w.source
	c, err := s.next()
	if err != nil {
		return err
	}
	nearer := !w.found || len(path) < len(w.best)
	switch {
	case c == '{' && nearer:
		return w.object(path)
	case c == '[' && nearer:
		s.pos++
		first, err := s.next()
		if err != nil {
			return err
		}
		if w.wanted == nil && first == '{' || w.wanted != nil && equal(path, w.wanted) {
			w.found, w.best = true, path
		}
		return s.skip(1)
	}
	return s.skip(0)
}

func equal(a, b []string) bool { return strings.Join(a, ".") == strings.Join(b, ".") }

// name takes the name of a member and the colon after it.
func (s *source) name() (string, error) {
	c, err := s.next()
	if err != nil {
		return "", err
	}
	if c != '"' {
		return "", s.fail("the name of a member is expected, not " + shown(c))
	}
	raw, err := s.value()
	if err != nil {
		return "", err
	}
	name := string(unescape(nil, raw[1:len(raw)-1]))
	return name, s.take(':')
}

// separator takes what stands after a member and tells whether another one follows.
func (s *source) separator() (more bool, err error) {
	c, err := s.next()
	switch {
	case err != nil:
		return false, err
	case c == ',':
		s.pos++
		return true, nil
	case c == '}':
		s.pos++
		return false, nil
	}
	return false, s.fail("a comma or the end of the object is expected, not " + shown(c))
}

// passMember passes over the value of a member, which another must follow.
func (s *source) passMember() error {
	if _, err := s.next(); err != nil {
		return err
	}
	if err := s.skip(0); err != nil {
		return err
	}
	more, err := s.separator()
	if err == nil && !more {
		err = s.fail("the object ends before the rows")
	}
	return err
}
