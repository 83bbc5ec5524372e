package format

import (
	"strconv"
	"strings"
)

// UniqueNames makes names of columns of the texts of a header: without blanks around them, none empty (the third
// would be "column_3"), none twice (the second "a" becomes "a_2").
func UniqueNames(header []string) []string {
	taken := map[string]bool{}
	for _, text := range header {
		taken[strings.TrimSpace(text)] = true
	}
	seen := map[string]bool{}
	out := make([]string, 0, len(header))
	for i, text := range header {
		name := strings.TrimSpace(text)
		unique := name
		if name == "" {
			name = "column_" + strconv.Itoa(i+1)
			unique = name
		}
		for n := 2; seen[unique] || unique != strings.TrimSpace(text) && taken[unique]; n++ {
			unique = name + "_" + strconv.Itoa(n)
		}
		seen[unique] = true
		out = append(out, unique)
	}
	return out
}
