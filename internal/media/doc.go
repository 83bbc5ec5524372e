// Package media takes in the files that rows name: the photographs of a media archive, the documents beside a dataset's records.
//
// A Shelf finds what a row names among the files that came with the rows. An Intake copies those into the folder of a version, each
// under the beginning of its hash, makes a small picture of each picture, and gives the value that stands for it in the rows
// (dataset.FileValue). Start at intake.go.
package media
