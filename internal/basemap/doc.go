// Package basemap is the ground on which maps are drawn: land, borders and the names of countries, from Natural Earth
// (public domain) in the cut of world-atlas 2.0.2 (ISC licence), embedded, so that no map asks anybody else.
package basemap
