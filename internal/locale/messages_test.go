package locale

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
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

var place = regexp.MustCompile(`\{[a-z]+\}`)

// TestEveryMessageIsTranslated holds French to what is asked for: nothing missing, nothing left over, the same
// places in the translation.
func TestEveryMessageIsTranslated(t *testing.T) {
	l, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	messages := asked(t)
	for _, p := range l.printers {
		if p.Tag == "en" {
			continue
		}
		forms := len(p.rules.PluralsCardinal())
		used := map[key]bool{}
		for _, m := range messages {
			used[m.key] = true
			strs := p.catalogue[m.key]
			want := 1
			if m.many != "" {
				want = forms
			}
			if len(strs) != want || strings.Contains("|"+strings.Join(strs, "|")+"|", "||") {
				t.Errorf("%s: %q of %s has %d of %d forms", p.Tag, m.id, m.where, len(strs), want)
				continue
			}
			for _, s := range strs {
				if have, need := fmt.Sprint(sorted(place.FindAllString(s, -1))), fmt.Sprint(sorted(place.FindAllString(m.id+m.many, -1))); m.many == "" && have != need {
					t.Errorf("%s: %q has the places %s, not %s", p.Tag, s, have, need)
				}
			}
		}
		for k := range p.catalogue {
			if !used[k] {
				t.Errorf("%s: nobody asks for %q", p.Tag, k.id)
			}
		}
	}
}

func sorted(s []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, x := range s {
		if !seen[x] {
			seen[x] = true
			out = append(out, x)
		}
	}
	for i := range out {
		for j := i; j > 0 && out[j] < out[j-1]; j-- {
			out[j], out[j-1] = out[j-1], out[j]
		}
	}
	return out
}
