package locale

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func load(t testing.TB, o Options) *Locales {
	t.Helper()
	l, err := Load(o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// folder makes a folder of PO files.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func tags(l *Locales) string {
	var out []string
	for _, x := range l.Languages() {
		out = append(out, x.Tag)
	}
	return strings.Join(out, " ")
}

func TestWhichLanguages(t *testing.T) {
	swedish := folder(t, map[string]string{"sv.po": "msgid \"Data\"\nmsgstr \"Data\"\n", "he.po": "", "zh-Hant.po": "", "notes.txt": "x"})
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{}, "en ar fr"},
		{Options{Fallback: "fr"}, "fr en ar"},
		{Options{Fallback: "FR", Enabled: []string{"en", "fr"}}, "fr en"},
		{Options{Enabled: []string{"fr", "ar", "fr"}}, "fr ar"},
		{Options{Enabled: []string{"ar", "en"}}, "en ar"},
		{Options{Enabled: []string{"en-XA"}}, "en-xa"},
		{Options{Dir: swedish}, "en ar fr he sv zh-hant"},
		{Options{Dir: swedish, Enabled: []string{"sv"}}, "sv"},
		{Options{Dir: filepath.Join(swedish, "none")}, "en ar fr"},
	} {
		if got := tags(load(t, c.o)); got != c.want {
			t.Errorf("%+v: %s, want %s", c.o, got, c.want)
		}
	}
	for _, l := range load(t, Options{Dir: swedish}).Languages() {
		want, known := map[string]Language{
			"en": {"en", "English", "ltr", 100, "en"}, "fr": {"fr", "Français", "ltr", 100, "fr"}, "ar": {"ar", "العربية", "rtl", 100, "ar"},
			"sv": {"sv", "Svenska", "ltr", 0, "sv"}, "he": {"he", "עברית", "rtl", 0, "en"}, "zh-hant": {"zh-hant", "繁體中文", "ltr", 0, "en"},
		}[l.Tag]
		if !known || l != want {
			t.Errorf("%+v, want %+v", l, want)
		}
	}
}

func TestWrongLanguagesAreRefused(t *testing.T) {
	for _, c := range []struct {
		o   Options
		say string
	}{
		{Options{Fallback: "tlh"}, `"tlh", which is none of its languages: en, ar, fr`},
		{Options{Fallback: "en", Enabled: []string{"fr"}}, `"en", which is none of its languages: fr`},
		{Options{Enabled: []string{"en", "sv"}}, `no language "sv": choose among en, ar, fr, or add a file sv.po`},
		{Options{Dir: folder(t, map[string]string{"klingon!.po": ""})}, "no language such as"},
		{Options{Dir: folder(t, map[string]string{"zh-hant-hk.po": ""})}, "no language such as"},
		{Options{Dir: folder(t, map[string]string{"sv.po": "msgid \"a\"\nmsgstr \"b\n"})}, "sv.po: line 2: the string is not closed"},
		{Options{Dir: folder(t, map[string]string{"sv.po": "\n\nmsgid \"{n} a\"\nmsgstr \"{m} b\"\n"})}, "sv.po: line 3: the translation of \"{n} a\" has the place {m}"},
	} {
		_, err := Load(c.o)
		if err == nil || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%+v: %v, want %q", c.o, err, c.say)
		}
	}
}

// TestAFileAddsALanguage lets a folder add a language and change the words of another.
func TestAFileAddsALanguage(t *testing.T) {
	dir := folder(t, map[string]string{
		"pl.po": "msgid \"\"\nmsgstr \"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\\n\"\n\n" +
			"msgid \"{n} row\"\nmsgid_plural \"{n} rows\"\nmsgstr[0] \"{n} wiersz\"\nmsgstr[1] \"{n} wiersze\"\nmsgstr[2] \"{n} wierszy\"\n\nmsgid \"Data\"\nmsgstr \"\"\n",
		"en.po": "msgid \"Licence\"\nmsgstr \"License\"\n",
	})
	l := load(t, Options{Dir: dir})
	pl, en := l.Printer("pl"), l.Printer("en")
	for _, c := range []struct{ got, want string }{
		{pl.N("{n} row", "{n} rows", 1), "1 wiersz"}, {pl.N("{n} row", "{n} rows", 3), "3 wiersze"}, {pl.N("{n} row", "{n} rows", 12), "12 wierszy"},
		{pl.T("Data"), "Data"}, {pl.T("Licence"), "Licence"}, {en.T("Licence"), "License"}, {en.T("Data"), "Data"}, {pl.Name, "Polski"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
	if pl.Coverage != 0 || en.Coverage != 100 {
		t.Errorf("pl is translated to %d %%, en to %d %%", pl.Coverage, en.Coverage)
	}
}

func TestPlurals(t *testing.T) {
	l := load(t, Options{})
	for tag, want := range map[string][]string{
		"en": {"0 rows", "1 row", "2 rows", "5 rows", "11 rows", "100 rows", "1,000,000 rows"},
		"fr": {"0 ligne", "1 ligne", "2 lignes", "5 lignes", "11 lignes", "100 lignes", "1\u00a0000\u00a0000 de lignes"},
		"ar": {"لا صفوف", "صف واحد", "صفان", "5 صفوف", "11 صفًا", "100 صف", "1,000,000 صف"},
	} {
		for i, n := range []int64{0, 1, 2, 5, 11, 100, 1_000_000} {
			if got := l.Printer(tag).N("{n} row", "{n} rows", n); got != want[i] {
				t.Errorf("%s %d: %q, want %q", tag, n, got, want[i])
			}
		}
	}
	if got := l.Printer("fr").N("{n} row", "{n} rows", 1_000_001); got != "1\u00a0000\u00a0001 lignes" {
		t.Errorf("1000001: %q", got)
	}
}

func TestNumbersAndDates(t *testing.T) {
	l := load(t, Options{})
	en, fr, ar := l.Printer("en"), l.Printer("fr"), l.Printer("ar")
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
		// Arabic writes 123, and the marks that would change sides are held by U+200E.
		{ar.Number(1234.5, -1), "1,234.5"},
		{ar.Number(-1234.5, -1), "\u200e\u22121,234.5"},
		{ar.Percent(-12.5, 1), "\u200e\u221212.5\u200e%\u200e"},
		{ar.Date(when), "1 فبراير 2026"},
		{ar.Day(when), "01\u200f/02\u200f/2026"},
		{ar.DateTime(when), "01\u200f/02\u200f/2026، 2:05:00 م"},
		{ar.Bytes(4700), "4.7\u00a0كيلوبايت"},
		{ar.List("أ", "ب"), "أ، ب"}, {fr.List("a", "b"), "a, b"},
	} {
		if strings.ReplaceAll(c.got, "\u00a0", "\u202f") != strings.ReplaceAll(c.want, "\u00a0", "\u202f") {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

// TestDatesInZones shows one moment by the clocks of four places.
func TestDatesInZones(t *testing.T) {
	l := load(t, Options{})
	moment := time.Date(2025, 12, 31, 23, 30, 0, 0, time.UTC)
	for _, c := range []struct{ zone, tag, want string }{
		{"UTC", "fr", "31 déc. 2025, 23:30:00"}, {"UTC", "en", "Dec 31, 2025, 11:30:00\u202fpm"}, {"UTC", "ar", "31\u200f/12\u200f/2025، 11:30:00 م"},
		{"Europe/Paris", "fr", "1er janv. 2026, 00:30:00"}, {"Europe/Paris", "en", "Jan 1, 2026, 12:30:00\u202fam"}, {"Europe/Paris", "ar", "01\u200f/01\u200f/2026، 12:30:00 ص"},
		{"America/Los_Angeles", "fr", "31 déc. 2025, 15:30:00"}, {"America/Los_Angeles", "en", "Dec 31, 2025, 3:30:00\u202fpm"}, {"America/Los_Angeles", "ar", "31\u200f/12\u200f/2025، 3:30:00 م"},
		{"Asia/Kathmandu", "fr", "1er janv. 2026, 05:15:00"}, {"Asia/Kathmandu", "en", "Jan 1, 2026, 5:15:00\u202fam"}, {"Asia/Kathmandu", "ar", "01\u200f/01\u200f/2026، 5:15:00 ص"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := l.Printer(c.tag).DateTime(moment.In(zone)); got != c.want {
			t.Errorf("%s in %s: %q, want %q", c.zone, c.tag, got, c.want)
		}
	}
}

func TestSort(t *testing.T) {
	l := load(t, Options{Dir: folder(t, map[string]string{"sv.po": ""})})
	for _, c := range []struct {
		tag        string
		list, want string
	}{
		{"fr", "Zola Étretat eu Est Île Ile 10 9 œuf", "9 10 Est Étretat eu Ile Île œuf Zola"},
		{"sv", "Öland Zinkgruvan Åmål Arboga", "Arboga Zinkgruvan Åmål Öland"},
		{"en", "Öland Zinkgruvan Åmål Arboga", "Åmål Arboga Öland Zinkgruvan"},
		{"ar", "ياء باء ألف تاء", "ألف باء تاء ياء"},
	} {
		list := strings.Fields(c.list)
		Sort(l.Printer(c.tag), list, func(s string) string { return s })
		if got := strings.Join(list, " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.tag, got, c.want)
		}
	}
	type pair struct{ name, other string }
	same := []pair{{"b", "1"}, {"a", "1"}, {"a", "2"}}
	Sort(l.Printer("en"), same, func(p pair) string { return p.name })
	if !slices.Equal(same, []pair{{"a", "1"}, {"a", "2"}, {"b", "1"}}) {
		t.Errorf("%v", same)
	}
}

func TestPseudo(t *testing.T) {
	l := load(t, Options{Enabled: []string{"en", "en-XA"}})
	p := l.Printer(Pseudo)
	if got, want := p.T("Rows {from} of {total}", "from", 1, "total", 2000), "⟦Ŕöŵš 1 öƒ 2,000·········⟧"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := p.N("{n} row", "{n} rows", 2), "⟦2 ŕöŵš····⟧"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := l.Negotiate("", "", "en-us,en-zz").Tag; got != "en" {
		t.Errorf("a visitor got %s", got)
	}
	if load(t, Options{}).Printer(Pseudo) != nil {
		t.Error("the pseudo-language is on by itself")
	}
}
