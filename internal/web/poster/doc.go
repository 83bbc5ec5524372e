// Package poster draws the picture that stands for a page where it is shared: the portal's mark and name, a title, a line
// of facts and a drawing, as a PNG of 1200 × 630 pixels. Start at poster.go; words.go sets text in any direction.
package poster
