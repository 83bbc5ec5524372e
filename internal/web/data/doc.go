// Package data is what all pages on datasets share: what they ask of the portal, the filter that every tab of a dataset
// carries in its address, the frame around those tabs, and how values are shown.
package data
