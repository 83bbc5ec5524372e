package locale

import (
	"strings"
	"testing"
	"time"
)

func load(t *testing.T) *Locales {
	t.Helper()
	l, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestNegotiate(t *testing.T) {
	l := load(t)
	french, err := Load("fr")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		of            *Locales
		asked, accept string
		want          string
	}{
		{l, "", "", "en"},
		{french, "", "", "fr"},
		{l, "fr", "en", "fr"},
		{l, "fr-ca", "", "fr"},
		{french, "en-gb", "fr", "en"},
		{l, "", "fr-FR,fr;q=0.9,en;q=0.8", "fr"},
		{french, "", "de,en;q=0.5", "en"},
		{french, "", "zh", "fr"},
		{l, "'; drop", "fr", "fr"},
		{l, strings.Repeat("fr,", 1000), "", "en"},
		{l, "", strings.Repeat("fr-", 60), "en"},
		{l, "xx", "yy", "en"},
	} {
		if got := c.of.Negotiate(c.asked, c.accept).Tag; got != c.want {
			t.Errorf("Negotiate(%.20q, %.20q) = %s, want %s", c.asked, c.accept, got, c.want)
		}
	}
	if _, err := Load("tlh"); err == nil {
		t.Error("an unknown language was taken as fallback")
	}
}

func TestPlurals(t *testing.T) {
	l := load(t)
	for _, c := range []struct {
		tag  string
		n    int64
		want string
	}{
		{"en", 0, "0 rows"}, {"en", 1, "1 row"}, {"en", 2, "2 rows"}, {"en", 1_000_000, "1,000,000 rows"},
		{"fr", 0, "0 ligne"}, {"fr", 1, "1 ligne"}, {"fr", 2, "2 lignes"}, {"fr", 11, "11 lignes"},
		{"fr", 1_000_000, "1\u00a0000\u00a0000 de lignes"}, {"fr", 1_000_001, "1\u00a0000\u00a0001 lignes"},
	} {
		if got := l.Negotiate(c.tag, "").N("{n} row", "{n} rows", c.n); got != c.want {
			t.Errorf("%s %d: %q, want %q", c.tag, c.n, got, c.want)
		}
	}
}

func TestNumbersAndDates(t *testing.T) {
	l := load(t)
	en, fr := l.Negotiate("en", ""), l.Negotiate("fr", "")
	when := time.Date(2026, 2, 1, 14, 5, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{en.Number(1234.5, -1), "1,234.5"},
		{fr.Number(1234.5, -1), "1\u202f234,5"},
		{fr.Number(-0.9, 1), "\u22120,9"},
		{fr.Number(43526, 0), "43\u202f526"},
		{fr.Number(0.1+0.2, -1), "0,3"},
		{en.Number(2, 2), "2.00"},
		{fr.Number(1.5e300, -1), "1,5e+300"},
		{fr.Number(1e-9, -1), "1e-09"},
		{en.Int(1 << 60), "1152921504606846976"},
		{fr.Percent(12.5, 1), "12,5\u202f%"},
		{fr.Bytes(4700), "4,7\u00a0ko"},
		{en.Bytes(512), "512\u00a0B"},
		{en.Bytes(1_350_000_000), "1.4\u00a0GB"},
		{fr.Date(when), "1er février 2026"},
		{en.Date(when), "February 1, 2026"},
		{fr.Day(when), "1er févr. 2026"},
		{fr.Month(when), "février 2026"},
		{fr.DateTime(when), "1er févr. 2026, 14:05:00"},
		{fr.T("Rows {from} to {to} of {total}", "from", 1, "to", 100, "total", int64(2000)), "Lignes 1 à 100 sur 2\u202f000"},
		{en.T("nobody translated {this}", "this", "{it}"), "nobody translated {it}"},
	} {
		if strings.ReplaceAll(c.got, "\u00a0", "\u202f") != strings.ReplaceAll(c.want, "\u00a0", "\u202f") {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestParsePO(t *testing.T) {
	good := "\ufeffmsgid \"\"\nmsgstr \"head\"\n\n#, fuzzy\nmsgid \"a\"\nmsgstr \"x\"\n# note\nmsgctxt \"c\"\nmsgid \"b\"\n\"c\"\nmsgstr \"\"\n\"d\\n\"\nmsgid \"n\"\nmsgid_plural \"ns\"\nmsgstr[0] \"1\"\nmsgstr[1] \"2\"\n"
	c, err := parsePO([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if got := c[key{"c", "bc"}]; len(got) != 1 || got[0] != "d\n" {
		t.Errorf("continued and with context: %q", got)
	}
	if got := c[key{"", "n"}]; len(got) != 2 || got[1] != "2" {
		t.Errorf("plural: %q", got)
	}
	if _, fuzzy := c[key{"", "a"}]; fuzzy || len(c) != 2 {
		t.Errorf("the catalogue is %v", c)
	}
	for _, bad := range []string{"msgid \"a", "\"stray\"", "msgid \"a\"\nmsgstr[1] \"x\"", "hello", "msgid \"a\"\nmsgstr \"x\"\nmsgid \"a\"\nmsgstr \"y\"\n", "msgid \"a\"\nmsgstr[z] \"x\""} {
		if _, err := parsePO([]byte(bad)); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func FuzzParsePO(f *testing.F) {
	f.Add([]byte("msgid \"a\"\nmsgstr \"b\"\n"))
	f.Add([]byte("msgctxt \"c\"\nmsgid \"n\"\nmsgid_plural \"ns\"\nmsgstr[0] \"1\"\nmsgstr[1] \"2\"\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := parsePO(text)
		if err == nil {
			for _, strs := range c {
				if len(strs) == 0 || len(strs) > 6 {
					t.Errorf("%d forms", len(strs))
				}
			}
		}
	})
}
