package locale

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template/parse"
)

// message is one that the code or a template asks for.
type message struct {
	key
	many  string
	where string
}

// asked walks the code and the templates of the portal for calls of T, C and N with literal texts.
func asked(t *testing.T) []message {
	var out []message
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go"):
			return err
		case strings.HasSuffix(path, ".go"):
			out = append(out, inCode(t, path)...)
		case strings.HasSuffix(path, ".html"):
			out = append(out, inTemplate(t, path)...)
		case strings.HasSuffix(path, "swagger.json"): // which web/reference shows
			out = append(out, inDocument(t, path)...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 50 {
		t.Fatalf("only %d messages found: does the walk still see the pages?", len(out))
	}
	return out
}

func inCode(t *testing.T, path string) []message {
	var out []message
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, nil, 0)
	if err != nil {
		t.Logf("%s cannot be read: %v", path, err) // a neighbour's half-written file: its own build says so
		return nil
	}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		var texts []string
		for _, a := range call.Args {
			lit, ok := a.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				break
			}
			s, _ := strconv.Unquote(lit.Value)
			texts = append(texts, s)
		}
		out = append(out, called(sel.Sel.Name, texts, set.Position(call.Pos()).String())...)
		return true
	})
	return out
}

func inTemplate(t *testing.T, path string) []message {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	tree := parse.New(path)
	tree.Mode = parse.SkipFuncCheck
	trees := map[string]*parse.Tree{}
	if _, err := tree.Parse(string(text), "", "", trees); err != nil {
		t.Fatal(err)
	}
	var out []message
	for _, tr := range trees {
		if tr.Root != nil {
			walk(tr.Root, func(c *parse.CommandNode) {
				name := ""
				switch f := c.Args[0].(type) {
				case *parse.FieldNode:
					name = f.Ident[len(f.Ident)-1]
				case *parse.VariableNode:
					name = f.Ident[len(f.Ident)-1]
				}
				var texts []string
				for _, a := range c.Args[1:] {
					s, ok := a.(*parse.StringNode)
					if !ok {
						break
					}
					texts = append(texts, s.Text)
				}
				out = append(out, called(name, texts, path)...)
			})
		}
	}
	return out
}

// inDocument gives the texts of an OpenAPI document; of the answers of single calls, only what they have in common.
func inDocument(t *testing.T, path string) []message {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	var out []message
	var look func(any)
	look = func(value any) {
		switch value := value.(type) {
		case map[string]any:
			for name, part := range value {
				if says, is := part.(string); is && (name == "summary" || name == "description") {
					out = append(out, message{key{"", says}, "", path})
				}
				if _, ofCall := value["operationId"]; !ofCall || name != "responses" {
					look(part)
				}
			}
		case []any:
			for _, part := range value {
				look(part)
			}
		}
	}
	look(doc)
	return out
}

func called(name string, texts []string, where string) []message {
	switch {
	case name == "T" && len(texts) >= 1:
		return []message{{key{"", texts[0]}, "", where}}
	case name == "C" && len(texts) >= 2:
		return []message{{key{texts[0], texts[1]}, "", where}}
	case name == "N" && len(texts) >= 2:
		return []message{{key{"", texts[0]}, texts[1], where}}
	}
	return nil
}

func walk(n parse.Node, see func(*parse.CommandNode)) {
	list := func(l *parse.ListNode) {
		if l != nil {
			for _, c := range l.Nodes {
				walk(c, see)
			}
		}
	}
	pipe := func(p *parse.PipeNode) {
		if p != nil {
			for _, c := range p.Cmds {
				walk(c, see)
			}
		}
	}
	switch n := n.(type) {
	case *parse.ListNode:
		list(n)
	case *parse.ActionNode:
		pipe(n.Pipe)
	case *parse.PipeNode:
		pipe(n)
	case *parse.CommandNode:
		see(n)
		for _, a := range n.Args {
			walk(a, see)
		}
	case *parse.IfNode:
		pipe(n.Pipe)
		list(n.List)
		list(n.ElseList)
	case *parse.RangeNode:
		pipe(n.Pipe)
		list(n.List)
		list(n.ElseList)
	case *parse.WithNode:
		pipe(n.Pipe)
		list(n.List)
		list(n.ElseList)
	case *parse.TemplateNode:
		pipe(n.Pipe)
	}
}

// TestEveryMessageIsTranslated holds the languages that come with Parvis to what is asked for: nothing missing,
// nothing left over, the same places in the translation, as many forms as the language has.
func TestEveryMessageIsTranslated(t *testing.T) {
	l := load(t, Options{})
	messages := asked(t)
	if len(l.printers) < 3 {
		t.Fatalf("only %d languages come with Parvis", len(l.printers))
	}
	for _, p := range l.printers {
		if p.Tag == "en" {
			continue
		}
		if p.Coverage != 100 {
			t.Errorf("%s: %d %% are translated", p.Tag, p.Coverage)
		}
		used := map[key]bool{}
		for _, m := range messages {
			used[m.key] = true
			for _, wrong := range flaws(p, m) {
				t.Errorf("%s: %q of %s: %s", p.Tag, m.id, m.where, wrong)
			}
		}
		for k := range p.catalogue {
			if !used[k] {
				t.Errorf("%s: nobody asks for %q", p.Tag, k.id)
			}
		}
	}
}

// flaws says what is wrong with the translation of a message.
func flaws(p *Printer, m message) (out []string) {
	strs := p.catalogue[m.key]
	want := 1
	if m.many != "" {
		want = p.plural.forms
	}
	if len(strs) != want || slices.Contains(strs, "") {
		return []string{fmt.Sprintf("it has %d of %d forms", len(strs), want)}
	}
	for i, s := range strs {
		have, need := places(s), places(m.id+m.many)
		exact := m.many == "" // a form for exactly 0, 1 or 2 may say the number in words
		for n := int64(3); n < 2_000_001 && !exact; n += max(1, n/3) {
			exact = p.plural.index(n) == i
		}
		if !exact {
			need = slices.DeleteFunc(need, func(place string) bool { return place == "{n}" })
			have = slices.DeleteFunc(have, func(place string) bool { return place == "{n}" })
		}
		if !slices.Equal(have, need) {
			out = append(out, fmt.Sprintf("%q has the places %v, not %v", s, have, need))
		}
	}
	return out
}

// TestFlawsAreSeen holds the test above to be able to fail.
func TestFlawsAreSeen(t *testing.T) {
	ar := load(t, Options{}).Printer("ar")
	forms := func(strs ...string) *Printer {
		p := *ar
		p.catalogue = catalogue{key{"", "{n} a of {x}"}: strs}
		return &p
	}
	m := message{key{"", "{n} a of {x}"}, "{n} as of {x}", "here"}
	for _, bad := range []*Printer{
		forms(), forms("{x}", "{x}", "{x}", "{n} {x}", "{n} {x}"), forms("{x}", "{x}", "{x}", "{x}", "{n} {x}", "{n} {x}"),
		forms("{x}", "one", "{x}", "{n} {x}", "{n} {x}", "{n} {x}"), forms("{x}", "{x}", "", "{n} {x}", "{n} {x}", "{n} {x}"),
	} {
		if len(flaws(bad, m)) == 0 {
			t.Errorf("nothing is wrong with %q", bad.catalogue)
		}
	}
	if wrong := flaws(forms("{x}", "{n} {x}", "{x}", "{n} {x}", "{n} {x}", "{n} {x}"), m); wrong != nil {
		t.Error(wrong)
	}
}

// TestPluralsOfFilesAreThoseOfCLDR holds the formulas in the PO files to the rules of the numbers.
func TestPluralsOfFilesAreThoseOfCLDR(t *testing.T) {
	for _, p := range load(t, Options{}).printers {
		of := cardinal(p.rules)
		if of.forms != p.plural.forms {
			t.Fatalf("%s has %d forms, CLDR says %d", p.Tag, p.plural.forms, of.forms)
		}
		for n := int64(0); n < 3_000_003; n += 1 + n/2000*7 {
			if p.plural.index(n) != of.index(n) {
				t.Fatalf("%s: %d takes form %d, CLDR says %d", p.Tag, n, p.plural.index(n), of.index(n))
			}
		}
		for _, n := range []int64{999_999, 1_000_000, 1_000_001, 1_000_002, 1_000_011, 2_000_000} {
			if p.plural.index(n) != of.index(n) {
				t.Errorf("%s: %d takes form %d, CLDR says %d", p.Tag, n, p.plural.index(n), of.index(n))
			}
		}
	}
}
