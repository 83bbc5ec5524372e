package locale

import (
	"slices"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// Sort puts a list into the order of its names as readers of the language expect it: É beside E, numbers by their
// size. What is equal stays as it stands.
func Sort[T any](p *Printer, list []T, name func(T) string) { SortIn(p.Tag, list, name) }

// SortIn is Sort for a language by its tag; one that is not known has the order that most have in common.
func SortIn[T any](tag string, list []T, name func(T) string) {
	c := collate.New(language.Make(tag), collate.Numeric)
	var b collate.Buffer
	keys := make([]struct {
		key  []byte
		item T
	}, len(list))
	for i, item := range list {
		keys[i].key, keys[i].item = c.KeyFromString(&b, name(item)), item
	}
	slices.SortStableFunc(keys, func(x, y struct {
		key  []byte
		item T
	}) int {
		return slices.Compare(x.key, y.key)
	})
	for i := range keys {
		list[i] = keys[i].item
	}
}
