package text

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTerms(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{" -- ", ""},
		{"Grand Paris Seine & Oise", "grand paris seine oise"},
		{"l'Île-de-France", "l ile de france"},
		{"ÉCOLE école e\u0301cole", "ecole ecole ecole"},
		{"Œuvre cœur ÆSIR Straße ŁÓDŹ Ørsted Đà þing ılık ﬁn", "oeuvre coeur aesir strasse lodz orsted da thing ilik fin"},
		{"İstanbul", "istanbul"},
		{"a\u00adb x\u200by", "ab x y"},
		{"foo_bar 3.14 10² ½", "foo bar 3 14 102 1 2"},
		{"Ａｂｃ", "abc"},
		{"Москва ЁЖ", "москва еж"},
		{"ΟΔΥΣΣΕΎΣ Ὀδυσσεύς", "οδυσσευσ οδυσσευσ"},
		{"مُحَمَّد محـــمد", "محمد محمد"},
		{"שָׁלוֹם", "שלום"},
		{"हिन्दी भाषा", "हिन्दी भाषा"},
		{"東京都", "東京 京都"},
		{"東 5km東京ab", "東 5km 東京 ab"},
		{"ガス ｶﾞｽ カ\u3099ス ラーメン", "ガス ガス ガス ラー ーメ メン"},
		{"한국어 \u1112\u1161\u11ab", "한국 국어 한"},
		{"a\xffb", "a b"},
		{"a\x00b", "a b"},
		{"👨‍👩‍👧 famille", "famille"},
		{strings.Repeat("x", 70) + " y", strings.Repeat("x", 64) + " y"},
		{strings.Repeat("ж", 40) + "b", strings.Repeat("ж", 32)},
		{"x" + strings.Repeat("ж", 40) + "b", "x" + strings.Repeat("ж", 31)},
	} {
		if got := strings.Join(Terms(c.in), " "); got != c.want {
			t.Errorf("Terms(%q) = %q, want %q", c.in, got, c.want)
		}
		if got := string(AppendTerms([]byte("kept"), c.in)); got != "kept"+c.want {
			t.Errorf("AppendTerms(kept, %q) = %q, want kept%s", c.in, got, c.want)
		}
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"":                   "",
		"déjà-vu, ça!":       "deja-vu, ca!",
		"HELLO World":        "hello world",
		"lower":              "lower",
		"Œ\u00a0ß\tﬃ":        "oe ss\tffi",
		"bad\xff":            "bad\ufffd",
		"Ǆ ǅ ǆ":              "dz dz dz",
		"\u1100\u0301\u1161": "가", // an accent between two jamo
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestEveryRuneFoldsOnce(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if s := string(r); utf8.ValidString(s) {
			check(t, s)
		}
	}
}

func check(t *testing.T, s string) {
	once := Fold(s)
	if !utf8.ValidString(once) {
		t.Fatalf("Fold(%q) = %q is not valid UTF-8", s, once)
	}
	if twice := Fold(once); twice != once {
		t.Fatalf("Fold(%q) = %q, again %q", s, once, twice)
	}
	terms := Terms(s)
	for _, term := range terms {
		if term == "" || len(term) > MaxTerm || !utf8.ValidString(term) {
			t.Fatalf("Terms(%q) has the term %q", s, term)
		}
	}
	if again := Terms(strings.Join(terms, " ")); !slices.Equal(again, terms) {
		t.Fatalf("Terms(%q) = %q, again %q", s, terms, again)
	}
}

func FuzzTerms(f *testing.F) {
	f.Add("l'Île-de-France Œuvre 東京都 한국어 مُحَمَّد ﬁ ²")
	f.Add("\u1100\u0301\u1161\u11a8 か\u3099 \u00ad\xff")
	f.Fuzz(func(t *testing.T, s string) { check(t, s) })
}

func TestASCIIAllocatesNothing(t *testing.T) {
	s := strings.Repeat("The quick Brown fox, ", 20)
	room := make([]byte, 0, 2*len(s))
	if n := testing.AllocsPerRun(10, func() { AppendTerms(room, s) }); n != 0 {
		t.Errorf("AppendTerms of ASCII allocates %v times", n)
	}
}

func BenchmarkAppendTerms(b *testing.B) {
	for name, s := range map[string]string{
		"ascii":    strings.Repeat("The quick Brown fox, jumps over 12 lazy dogs. ", 4),
		"french":   strings.Repeat("L'école élémentaire de la forêt près du château, où l’été dure. ", 4),
		"cyrillic": strings.Repeat("Москва столица России город федерального значения ", 4),
		"japanese": strings.Repeat("東京都は日本の首都である。", 8),
	} {
		b.Run(name, func(b *testing.B) {
			room := make([]byte, 0, 4*len(s))
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				AppendTerms(room, s)
			}
		})
	}
}
