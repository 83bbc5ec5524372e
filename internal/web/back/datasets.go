package back

import (
	"parvis/internal/catalog"
	"parvis/internal/dataset"
)

// titleOf gives the title of a dataset for who reads the page.
func titleOf(o *office, e *catalog.Entry) string {
	return e.TitleIn(dataset.Wish{Lang: o.Tag, Portal: o.Own()}).Text
}

// datasetName gives the title of a dataset by its UID, or the UID where the actor may not know of it.
func (s *Site) datasetName(o *office, uid string) string {
	entries, _ := s.catalog.All(o.By)
	for _, e := range entries {
		if e.UID == uid {
			return titleOf(o, e)
		}
	}
	return uid
}
