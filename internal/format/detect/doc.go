// Package detect finds out what a file is, unpacks it, and begins to read it with the right reader.
//
// What a file is, its content says first and its name second. Whatever unpacks is bounded. Start at detect.go;
// unpack.go peels gzip and zip, recognise.go looks at bytes.
package detect
