package editorial

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"parvis/internal/account"
	"parvis/internal/fault"
)

// Page is a page with what it is called in its languages.
type Page struct {
	ID      int64
	Author  int64 // person; 0: the operator
	Created time.Time
	Settings
	Tongues []Tongue // by language
}

// Settings are what holds for a page in all its languages.
type Settings struct {
	Slug       string // in the address: small letters, figures and hyphens
	Restricted bool   // only those see it who may see restricted pages
	Menu       bool   // it stands in the main menu
}

// Tongue is a page in one language.
type Tongue struct {
	Language string
	Title    string // of the last version
	Last     int    // the number of the last version
	Live     int    // of the version that is shown; 0: none
	Changed  time.Time
}

// Content is what a page says in one language.
type Content struct {
	Title  string // up to 150 characters
	Lede   string // up to 500 characters; may be ""
	Blocks []Block
}

// Block is a part of a page.
type Block struct {
	Kind  Kind   `json:"kind"`
	Title string `json:"title,omitempty"` // up to 150 characters; may be ""
	Text  string `json:"text,omitempty"`  // of Text: Markdown, up to 20,000 characters
	Of    string `json:"of,omitempty"`    // of a view its address, of a figure its dataset, of a list the address of a search or datasets, one a line
	Value string `json:"value,omitempty"` // of a figure: an aggregate such as sum(population)
	Unit  string `json:"unit,omitempty"`  // of a figure; may be ""
}

// Kind is what a block is.
type Kind string

// The kinds of blocks.
const (
	Text   Kind = "text"
	Figure Kind = "figure"
	View   Kind = "view" // a chart, a map, a table or a calendar
	List   Kind = "list" // of datasets
)

// Kinds gives the kinds of blocks.
func Kinds() []Kind { return []Kind{Text, Figure, View, List} }

// Version is a state of a page in a language that was saved.
type Version struct {
	Page     int64
	Language string
	Number   int
	At       time.Time
	By       int64 // person; 0: the operator
	Live     bool  // it is the one that is shown
	Content
}

// The longest texts, in characters, and the most blocks.
const (
	LongestTitle = 150
	LongestLede  = 500
	LongestText  = 20_000
	longestOf    = 4000
	MostBlocks   = 40
)

var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (s *Settings) clean() error {
	if s.Slug = strings.TrimSpace(s.Slug); len(s.Slug) > 80 || !slugForm.MatchString(s.Slug) {
		return fault.New(fault.Invalid, "%.100q cannot be an address: it takes small letters, figures and hyphens, up to 80 of them.", s.Slug)
	}
	return nil
}

// clean checks what a page says and brings it into the form in which it is kept. Kind Invalid.
func (c *Content) clean() error {
	var err error
	if c.Title, err = account.CleanLine("title", c.Title, LongestTitle); err != nil {
		return err
	}
	if c.Title == "" {
		return fault.New(fault.Invalid, "The title is missing.")
	}
	if c.Lede, err = account.CleanText("introduction", c.Lede, LongestLede); err != nil {
		return err
	}
	if len(c.Blocks) > MostBlocks {
		return fault.New(fault.Invalid, "A page has at most %d blocks.", MostBlocks)
	}
	for i := range c.Blocks {
		if err := c.Blocks[i].clean(); err != nil {
			return err
		}
	}
	return nil
}

func (b *Block) clean() error {
	if !slices.Contains(Kinds(), b.Kind) {
		return fault.New(fault.Invalid, "There is no kind of block %.40q.", string(b.Kind))
	}
	var err error
	for _, part := range []struct {
		text *string
		what string
		most int
	}{{&b.Title, "title of a block", LongestTitle}, {&b.Value, "value of a figure", 500}, {&b.Unit, "unit of a figure", 40}} {
		if *part.text, err = account.CleanLine(part.what, *part.text, part.most); err != nil {
			return err
		}
	}
	if b.Text, err = account.CleanText("text of a block", b.Text, LongestText); err != nil {
		return err
	}
	b.Of, err = account.CleanText("address of a block", b.Of, longestOf)
	return err
}

// mayEdit tells whether an actor may change a page.
func mayEdit(by account.Actor, p *Page) bool {
	return by.May(account.EditPage) || by.May(account.ManagePage) || p.Author != 0 && by.Person != nil && by.Person.ID == p.Author && by.May(account.CreatePage)
}

// MaySee tells whether an actor is shown a page, once it is published.
func MaySee(by account.Actor, p *Page) bool {
	return !p.Restricted || by.May(account.ExploreRestrictedPage) || mayEdit(by, p)
}

// Edits tells whether an actor may write pages at all.
func Edits(by account.Actor) bool {
	return by.May(account.CreatePage) || by.May(account.EditPage) || by.May(account.ManagePage)
}
