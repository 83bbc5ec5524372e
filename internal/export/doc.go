// Package export makes answers into files: the formats that there are, the choices that each heeds, how large a file will be,
// and the desk where files that take long are made before they are fetched, and kept for a while.
package export
