// Package pmtiles reads PMTiles archives of version 3: all tiles of a map in one file, found through directories at its
// head. The format: https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md
package pmtiles
