package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func environment(pairs map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		v, ok := pairs[name]
		return v, ok
	}
}

// file writes a file of settings and gives its name.
func file(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "settings.toml")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestFlagsOverVariablesOverFile(t *testing.T) {
	t.Chdir(t.TempDir())
	name := file(t, "addr = \"file:1\"\nkeep-versions = 3\ndata = \"from-file\"\n")
	for _, test := range []struct {
		what       string
		flags, env map[string]string
		addr, data string
		keep       int
		given      bool
	}{
		{"nothing", nil, nil, "127.0.0.1:8080", "parvis-data", 10, false},
		{"file", map[string]string{"config": name}, nil, "file:1", "from-file", 3, true},
		{"file named by a variable", nil, map[string]string{"PARVIS_CONFIG": name}, "file:1", "from-file", 3, true},
		{"variable over file", map[string]string{"config": name}, map[string]string{"PARVIS_ADDR": "env:1", "PARVIS_KEEP_VERSIONS": "4"}, "env:1", "from-file", 4, true},
		{"flag over both", map[string]string{"config": name, "addr": "flag:1"}, map[string]string{"PARVIS_ADDR": "env:1"}, "flag:1", "from-file", 3, true},
	} {
		s, err := load(test.flags, environment(test.env))
		if err != nil {
			t.Errorf("%s: %v", test.what, err)
			continue
		}
		if s.addr != test.addr || s.data != test.data || s.keep != test.keep || s.given["addr"] != test.given {
			t.Errorf("%s: %+v", test.what, s)
		}
		if s.deadline != 30*time.Second || s.metricsAddr != "127.0.0.1:9180" {
			t.Errorf("%s: defaults are lost: %+v", test.what, s)
		}
	}
}

func TestFileInTheFolderIsRead(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("parvis.toml", []byte(`metrics-addr = "off"`), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := load(nil, environment(nil)); err != nil || s.metricsAddr != "" || !s.given["metrics-addr"] {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestWrongSettingsSayWhere(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, test := range []struct {
		what, content string
		env           map[string]string
		want          []string
	}{
		{"unknown key", "addr = \"x:1\"\n\n# adress = 1\nadress = \"y:1\"\n", nil, []string{"line 4", `"adress"`}},
		{"unknown table", "addr = \"x:1\"\n[engine]\nthreads = 2\n", nil, []string{"line 2", `"engine"`}},
		{"config in the file", "config = \"x\"\n", nil, []string{"line 1", `"config"`}},
		{"damaged", "addr = \"x:1\"\nkeep-versions = = 3\n", nil, []string{"line 2"}},
		{"a list", "\naddr = [1]\n", nil, []string{"line 2", "addr"}},
		{"a bad number", "threads = -1\n", nil, []string{"key threads", "-1"}},
		{"a bad language", "", map[string]string{"PARVIS_LANGUAGE": "Deutsch!"}, []string{"PARVIS_LANGUAGE", "Deutsch!", "pt-br"}},
		{"bad languages", "languages = \"fr,,en\"\n", nil, []string{"key languages", "fr,,en"}},
		{"counts kept for longer than they may", "keep-statistics = 26\n", nil, []string{"key keep-statistics", "26", "25"}},
		{"an unknown level of statistics", "statistics = \"all\"\n", nil, []string{"key statistics", "all", "counts"}},
		{"bad networks", "trusted-proxies = \"10.0.0.0/8, proxy\"\n", nil, []string{"key trusted-proxies", "proxy"}},
		{"a language that is not on", "languages = \"fr, ar\"\nlanguage = \"en\"\n", nil, []string{`"en"`, "fr, ar"}},
		{"a bad size", "", map[string]string{"PARVIS_MEMORY_LIMIT": "lots'; DROP"}, []string{"PARVIS_MEMORY_LIMIT", "4GB"}},
		{"a bad duration", "", map[string]string{"PARVIS_QUERY_TIMEOUT": "30"}, []string{"PARVIS_QUERY_TIMEOUT", "30s"}},
		{"a bad address", "", map[string]string{"PARVIS_URL": "data.example.org"}, []string{"PARVIS_URL", "https://"}},
		{"a bad level", "", map[string]string{"PARVIS_LOG_LEVEL": "loud"}, []string{"PARVIS_LOG_LEVEL", "loud"}},
	} {
		_, err := load(map[string]string{"config": file(t, test.content)}, environment(test.env))
		if err == nil {
			t.Errorf("%s: it passed", test.what)
			continue
		}
		for _, want := range test.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q does not hold %q", test.what, err, want)
			}
		}
	}
	if _, err := load(map[string]string{"config": "none.toml"}, environment(nil)); err == nil {
		t.Error("a file that is named and not there is no error")
	}
}

func TestSizesInBytes(t *testing.T) {
	t.Chdir(t.TempDir())
	for text, want := range map[string]int64{"20B": 20, "1.5 kB": 1500, "2KiB": 2048, "4gb": 4_000_000_000, "1TiB": 1 << 40} {
		s, err := load(map[string]string{"export-disk": text}, environment(nil))
		if err != nil || s.exportDisk != want {
			t.Errorf("%s: %d, %v, want %d", text, s.exportDisk, err, want)
		}
	}
	for _, text := range []string{"0GB", "-1GB", "much", "12", strings.Repeat("9", 400) + "TB"} {
		if _, err := load(map[string]string{"export-disk": text}, environment(nil)); err == nil {
			t.Errorf("%q is taken as a size", text)
		}
	}
}

func TestThePortalsOwnLanguage(t *testing.T) {
	t.Chdir(t.TempDir())
	for content, want := range map[string]string{
		"": "en", "languages = \"fr, AR\"": "fr", "languages = \"ar,en\"": "en", "language = \"fr\"": "fr", "languages = \"en,fr\"\nlanguage = \"FR\"": "fr",
	} {
		s, err := load(map[string]string{"config": file(t, content)}, environment(nil))
		if err != nil || s.language != want {
			t.Errorf("%s: %s, %v, want %s", content, s.language, err, want)
		}
	}
}

func TestEveryOptionIsDocumented(t *testing.T) {
	content, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Count(string(content), "\n| `--")
	if rows != len(options()) {
		t.Errorf("docs/configuration.md has %d rows of settings, there are %d", rows, len(options()))
	}
	for _, o := range options() {
		row := "\n| `--" + o.name + " " + o.kind + "` | `" + o.variable() + "` | "
		if o.standard != "" {
			row += "`" + o.standard + "`"
		}
		if !strings.Contains(string(content), row) {
			t.Errorf("docs/configuration.md has no row that begins %q", row[1:])
		}
	}
}

func TestDocumentedFileIsTheDefaults(t *testing.T) {
	content, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(content), "```toml\n")
	text, _, found := strings.Cut(rest, "```")
	if !found {
		t.Fatal("docs/configuration.md shows no file")
	}
	values, err := readFile(file(t, text), true)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range options() {
		if o.standard != "" && values[o.name] != o.standard {
			t.Errorf("the documented %s is %q, the default is %q", o.name, values[o.name], o.standard)
		}
	}
}

func TestEverySettingOfACommandExists(t *testing.T) {
	names := map[string]bool{}
	for _, o := range options() {
		names[o.name] = true
	}
	var walk func([]*command)
	walk = func(level []*command) {
		for _, c := range level {
			for _, name := range c.settings {
				if !names[name] {
					t.Errorf("%s takes the setting %s, which is none", c.name, name)
				}
			}
			walk(c.subs)
		}
	}
	walk(commands())
}

// A setting that no command takes as a flag would be refused where it is documented.
func TestEveryOptionIsAFlagOfACommand(t *testing.T) {
	taken := map[string]bool{}
	var walk func([]*command)
	walk = func(list []*command) {
		for _, c := range list {
			for _, o := range optionsOf(c) {
				taken[o.name] = true
			}
			walk(c.subs)
		}
	}
	walk(commands())
	for _, o := range options() {
		if !taken[o.name] {
			t.Errorf("no command takes --%s", o.name)
		}
	}
}
