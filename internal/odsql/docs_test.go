package odsql_test

import (
	"os"
	"strings"
	"testing"

	"parvis/internal/odsql"
)

// TestDocs reads every example of docs/odsql.md, one a line of the blocks that begin with ```odsql CLAUSE, and
// checks that those of ```odsql-error CLAUSE are refused.
func TestDocs(t *testing.T) {
	parsers := map[string]func(string) error{
		"select":   func(s string) error { _, err := odsql.ParseSelect(s); return err },
		"where":    func(s string) error { _, err := odsql.ParseWhere(s); return err },
		"group_by": func(s string) error { _, err := odsql.ParseGroupBy(s); return err },
		"order_by": func(s string) error { _, err := odsql.ParseOrderBy(s); return err },
		"refine":   func(s string) error { _, err := odsql.ParseRefinement("refine", s); return err },
		"exclude":  func(s string) error { _, err := odsql.ParseRefinement("exclude", s); return err },
		"facet":    func(s string) error { _, err := odsql.ParseFacet(s); return err },
	}
	page, err := os.ReadFile("../../docs/odsql.md")
	if err != nil {
		t.Fatal(err)
	}
	read := map[string]int{}
	block := "" // the words behind the fence of the block at hand
	for i, line := range strings.Split(string(page), "\n") {
		if info, fence := strings.CutPrefix(line, "```"); fence {
			block = info
			continue
		}
		language, clause, _ := strings.Cut(block, " ")
		if language != "odsql" && language != "odsql-error" || line == "" {
			continue
		}
		parse := parsers[clause]
		if parse == nil {
			t.Fatalf("line %d: unknown clause %q", i+1, clause)
		}
		if err := parse(line); (err != nil) != (language == "odsql-error") {
			t.Errorf("line %d: %s: error %v", i+1, line, err)
		}
		read[clause]++
	}
	for clause := range parsers {
		if read[clause] == 0 {
			t.Errorf("the page has no example of %s", clause)
		}
	}
}
