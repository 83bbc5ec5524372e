package locale

import (
	"strings"
	"testing"
)

func TestParsePO(t *testing.T) {
	good := "\ufeffmsgid \"\"\nmsgstr \"head\\n\"\n\"Plural-Forms: nplurals=2; plural=n > 1;\\n\"\n\n#, fuzzy\nmsgid \"a\"\nmsgstr \"x\"\n# note\nmsgctxt \"c\"\nmsgid \"b\"\n\"c\"\nmsgstr \"\"\n\"d\\n\"\nmsgid \"n\"\nmsgid_plural \"ns\"\nmsgstr[0] \"1\"\nmsgstr[1] \"2\"\n"
	f, err := parsePO([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	c := f.messages
	if got := c[key{"c", "bc"}]; len(got) != 1 || got[0] != "d\n" {
		t.Errorf("continued and with context: %q", got)
	}
	if got := c[key{"", "n"}]; len(got) != 2 || got[1] != "2" {
		t.Errorf("plural: %q", got)
	}
	if _, fuzzy := c[key{"", "a"}]; fuzzy || len(c) != 2 {
		t.Errorf("the catalogue is %v", c)
	}
	if f.plural.forms != 2 || f.plural.index(1) != 0 || f.plural.index(2) != 1 {
		t.Errorf("the plural forms are %v", f.plural.forms)
	}
	for bad, line := range map[string]string{
		"msgid \"a": "line 1:", "\"stray\"": "line 1:", "msgid \"a\"\nmsgstr[1] \"x\"": "line 2:", "hello": "line 1:",
		"msgid \"a\"\nmsgstr \"x\"\nmsgid \"a\"\nmsgstr \"y\"\n": "line 3:", "msgid \"a\"\nmsgstr[z] \"x\"": "line 2:",
		"\nmsgstr \"x\"": "line 2:", "msgid \"a\"": "line 1:", "# x\nmsgid \"a\"\n\n": "line 2:",
		"msgid \"\"\nmsgstr \"Plural-Forms: nplurals=2; plural=n>1;\\n\"\n\nmsgid \"a\"\nmsgid_plural \"b\"\nmsgstr[0] \"c\"\n": "line 4:",
		"msgid \"\"\nmsgstr \"Plural-Forms: nplurals=9; plural=n>1;\\n\"\n":                                                     "line 1:",
	} {
		if _, err := parsePO([]byte(bad)); err == nil || !strings.HasPrefix(err.Error(), line) {
			t.Errorf("%q: %v, want an error of %s", bad, err, line)
		}
	}
}

func TestReadPlural(t *testing.T) {
	for _, c := range []struct {
		text string
		want string // forms of 0, 1, 2, 3, 5, 11, 21, 100
	}{
		{"nplurals=1; plural=0;", "00000000"},
		{" nplurals = 2 ; plural = (n != 1)", "10111111"},
		{"nplurals=3; plural=n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2;", "20112202"},
		{"nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5;", "01233445"},
		{"nplurals=2; plural=!(n-1) * 1 + 0/0 + n%0;", "01000000"},
		{"nplurals=2; plural=9;", "00000000"},
	} {
		p, err := readPlural(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		got := ""
		for _, n := range []int64{0, 1, 2, 3, 5, 11, 21, 100} {
			got += string(rune('0' + p.index(n)))
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.text, got, c.want)
		}
	}
	for _, bad := range []string{"", "nplurals=2", "nplurals=0; plural=0", "nplurals=7; plural=0", "nplurals=2; plural=", "nplurals=2; plural=n>",
		"nplurals=2; plural=(n", "nplurals=2; plural=n ? 1", "nplurals=2; plural=m", "nplurals=2; plural=n n", "nplurals=2; plural=99999999999999999999",
		"nplurals=2; plural=" + strings.Repeat("(", 2000), "nplurals=2; singular=1"} {
		if _, err := readPlural(bad); err == nil {
			t.Errorf("%.40q was taken", bad)
		}
	}
}

func FuzzParsePO(f *testing.F) {
	f.Add([]byte("msgid \"a\"\nmsgstr \"b\"\n"))
	f.Add([]byte("msgctxt \"c\"\nmsgid \"n\"\nmsgid_plural \"ns\"\nmsgstr[0] \"1\"\nmsgstr[1] \"2\"\n"))
	f.Add([]byte("msgid \"\"\nmsgstr \"Plural-Forms: nplurals=3; plural=n%10==1 ? 0 : n>2 ? 1 : 2;\\n\"\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := parsePO(text)
		if err == nil {
			for _, strs := range c.messages {
				if len(strs) == 0 || len(strs) > mostForms {
					t.Errorf("%d forms", len(strs))
				}
			}
			for n := range int64(30) {
				if c.plural.forms > 0 && (c.plural.index(n) < 0 || c.plural.index(n) >= c.plural.forms) {
					t.Errorf("form %d of %d", c.plural.index(n), c.plural.forms)
				}
			}
		}
	})
}
