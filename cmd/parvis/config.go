package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"parvis/internal/account/signin"
	"parvis/internal/privacy"
	"parvis/internal/statistics"
)

// settings are what the portal can be told, by flags over PARVIS_* variables over parvis.toml.
type settings struct {
	data        string
	logLevel    slog.Level
	language    string
	languages   []string // that visitors may choose; nil: all that there are
	title       string
	operator    string
	url         string
	keep        int
	addr        string
	metricsAddr string // "": off
	grace       time.Duration
	memory      string
	loadMemory  string
	exportDisk  int64 // bytes
	threads     int
	deadline    time.Duration
	openFiles   int
	calls       int
	anonymous   int
	smtp        string // of the mail server; "": letters go into a folder
	mailFrom    string
	signup      bool
	sessionMax  time.Duration
	provider    signin.Provider
	oidcSignup  bool
	keepAudit   int    // months
	reuses      string // who may send reuses in
	baseMap     string // file or address of the operator's own; "": the built-in one
	mapCredit   string
	statistics  statistics.Level
	keepCounts  int            // months
	proxies     []netip.Prefix // whose word on a visitor's address is taken

	sessionIdle  time.Duration
	cookiePrefix string   // "" or privacy.PrefixHost
	services     []string // optional third-party services that are on

	given map[string]bool // options that were set at all, by any source
}

// option is one setting: flag --addr, variable PARVIS_ADDR, key addr in parvis.toml. docs/configuration.md
// describes each of them.
type option struct {
	name     string
	kind     string // what its value is called in help
	standard string // the default, in the form in which it could be given
	usage    string
	set      func(*settings, string) error
}

// options is the table of all settings.
func options() []option {
	return []option{
		{"config", "FILE", "", "file of settings, which must be there when it is named; else parvis.toml is read where it is", func(*settings, string) error { return nil }},
		{"data", "DIR", "parvis-data", "folder that holds the portal: descriptions, rows, attachments", text(func(s *settings) *string { return &s.data })},
		{"log-level", "LEVEL", "info", "debug, info, warn or error", func(s *settings, v string) error { return s.logLevel.UnmarshalText([]byte(v)) }},
		{"language", "CODE", "en", "language that the portal speaks unless a visitor chooses: en, fr, ar or one with a file of its own", tag},
		{"languages", "CODES", "", "languages that visitors may choose, as in en,fr; empty: en, fr, ar and those of the folder locale", tags},
		{"title", "TEXT", "Parvis", "the portal's name", text(func(s *settings) *string { return &s.title })},
		{"operator", "TEXT", "", "who runs the portal, for the legal pages; empty: the title", text(func(s *settings) *string { return &s.operator })},
		{"url", "URL", "", "public address of the portal, as in https://data.example.org; empty: as the visitor wrote it", address},
		{"session-idle", "DURATION", "336h", "how long somebody stays signed in without a visit", duration(func(s *settings) *time.Duration { return &s.sessionIdle })},
		{"cookie-prefix", "PREFIX", "", "\"host\" names cookies __Host-…, so that no other host of the same domain can set them; needs an https url", oneOf(func(s *settings) *string { return &s.cookiePrefix }, privacy.PrefixHost)},
		{"services", "NAMES", "", "optional third-party services, separated by commas: youtube, vimeo, dailymotion; a visitor is asked before any is contacted", services},
		{"keep-versions", "N", "10", "versions kept of each dataset", number(func(s *settings) *int { return &s.keep }, 1)},
		{"addr", "HOST:PORT", "127.0.0.1:8080", "address to listen on; port 0 is any free one", text(func(s *settings) *string { return &s.addr })},
		{"metrics-addr", "HOST:PORT", "127.0.0.1:9180", `address of /healthz, /readyz and /metrics; "off" for none`, func(s *settings, v string) error {
			if s.metricsAddr = v; v == "off" {
				s.metricsAddr = ""
			}
			return nil
		}},
		{"shutdown-timeout", "DURATION", "30s", "how long requests may go on after the portal was told to end", duration(func(s *settings) *time.Duration { return &s.grace })},
		{"memory-limit", "SIZE", "", "memory of the engine for questions, as in 4GB; empty: 80 % of the machine's", size(func(s *settings) *string { return &s.memory })},
		{"load-memory-limit", "SIZE", "", "memory of the engine for one load; empty: 1 GB or a quarter of the machine's, whichever is less", size(func(s *settings) *string { return &s.loadMemory })},
		{"export-disk", "SIZE", "4GB", "disk for exports that are made beforehand, none of which may be larger, and for Parquet files", bytesOf(func(s *settings) *int64 { return &s.exportDisk })},
		{"threads", "N", "0", "threads of the engine; 0: as many as the machine has", number(func(s *settings) *int { return &s.threads }, 0)},
		{"query-timeout", "DURATION", "30s", "how long the engine may work on one question", duration(func(s *settings) *time.Duration { return &s.deadline })},
		{"daily-calls", "N", "0", "API calls answered a day, to everybody together; 0: as many as come", number(func(s *settings) *int { return &s.calls }, 0)},
		{"daily-anonymous-calls", "N", "0", "of these, calls without a key; 0: as many as come", number(func(s *settings) *int { return &s.anonymous }, 0)},
		{"keep-audit", "MONTHS", "12", "months for which the log of who changed what is kept", number(func(s *settings) *int { return &s.keepAudit }, 1)},
		{"smtp", "URL", "", "mail server for letters to people, as in smtp://user:password@mail.example.org:587; empty: into the folder mail of the data directory", text(func(s *settings) *string { return &s.smtp })},
		{"mail-from", "ADDRESS", "", "sender of letters, as in Data portal <data@example.org>", text(func(s *settings) *string { return &s.mailFrom })},
		{"signup", "WHO", "nobody", "who may make an account without an invitation: nobody or everybody", choice("everybody", "nobody", func(s *settings) *bool { return &s.signup })},
		{"session-lifetime", "DURATION", "2160h", "how long somebody stays signed in at most", duration(func(s *settings) *time.Duration { return &s.sessionMax })},
		{"oidc-issuer", "URL", "", "identity provider that people may sign in through (OpenID Connect)", text(func(s *settings) *string { return &s.provider.Issuer })},
		{"oidc-client-id", "TEXT", "", "name under which it knows this portal", text(func(s *settings) *string { return &s.provider.ClientID })},
		{"oidc-client-secret", "TEXT", "", "secret that the portal proves it with", text(func(s *settings) *string { return &s.provider.ClientSecret })},
		{"oidc-name", "TEXT", "", "what the button calls it; empty: its host", text(func(s *settings) *string { return &s.provider.Name })},
		{"oidc-scopes", "NAMES", "", "scopes to ask for beyond openid, email and profile, parted by commas", words(func(s *settings) *[]string { return &s.provider.Scopes })},
		{"oidc-groups-claim", "NAME", "", "claim whose values people have as attribute groups", text(func(s *settings) *string { return &s.provider.GroupsClaim })},
		{"oidc-attributes", "NAMES", "", "other claims that people have as attributes, parted by commas", words(func(s *settings) *[]string { return &s.provider.Attributes })},
		{"oidc-signup", "WHO", "nobody", "who gets an account at their first sign-in through it: nobody or everybody", choice("everybody", "nobody", func(s *settings) *bool { return &s.oidcSignup })},
		{"base-map", "FILE or URL", "", "base map of one's own: a PMTiles file, https://…/{z}/{x}/{y}.png (also of a WMTS), or a WMS as https://…?layers=NAME; empty: the built-in one", text(func(s *settings) *string { return &s.baseMap })},
		{"base-map-credit", "TEXT", "", "whose work the base map is, shown on each map", text(func(s *settings) *string { return &s.mapCredit })},
		{"reuses", "WHO", "everybody", "who may send in what they made of the data: everybody, people with an account, or nobody", oneOf(func(s *settings) *string { return &s.reuses }, "everybody", "people", "nobody")},
		{"statistics", "LEVEL", "counts", "what is counted: counts of uses, uniques (also how many visitors a day), or off", func(s *settings, v string) (err error) {
			s.statistics, err = statistics.ParseLevel(v)
			return err
		}},
		{"keep-statistics", "MONTHS", "25", "months for which counts are kept, 25 at most", func(s *settings, v string) error {
			if err := number(func(s *settings) *int { return &s.keepCounts }, 1)(s, v); err != nil || s.keepCounts <= statistics.Retention {
				return err
			}
			return fmt.Errorf("%q is more than the %d months for which statistics without consent may be kept", v, statistics.Retention)
		}},
		{"trusted-proxies", "NETWORKS", "", "addresses of proxies before the portal, as in 127.0.0.1,10.0.0.0/8, whose X-Forwarded-For is believed; empty: none", networks},
		{"open-versions", "N", "256", "version files kept open while nobody asks them", number(func(s *settings) *int { return &s.openFiles }, 1)},
	}
}

// optionsOf gives the options that a subcommand takes as flags: those it names, and those that all take that take any.
func optionsOf(cmd *command) []option {
	if cmd.settings == nil {
		return nil
	}
	return slices.DeleteFunc(options(), func(o option) bool {
		return !slices.Contains([]string{"config", "data", "log-level"}, o.name) && !slices.Contains(cmd.settings, o.name)
	})
}

// variable gives the name of an option's environment variable.
func (o option) variable() string {
	return "PARVIS_" + strings.ToUpper(strings.ReplaceAll(o.name, "-", "_"))
}

// load puts the settings together: flags over environment over file over defaults. Each value is checked,
// wherever it comes from.
func load(flags map[string]string, env func(string) (string, bool)) (settings, error) {
	s := settings{given: map[string]bool{}}
	name, named := flags["config"], true
	if name == "" {
		name, _ = env("PARVIS_CONFIG")
	}
	if name == "" {
		name, named = "parvis.toml", false
	}
	file, err := readFile(name, named)
	if err != nil {
		return s, err
	}
	for _, o := range options() {
		value, source := o.standard, "default"
		if v, ok := file[o.name]; ok {
			value, source = v, "key "+o.name+" in "+name
		}
		if v, ok := env(o.variable()); ok {
			value, source = v, "variable "+o.variable()
		}
		if v, ok := flags[o.name]; ok {
			value, source = v, "flag --"+o.name
		}
		if source != "default" {
			s.given[o.name] = true
		}
		if value == "" && o.standard == "" {
			continue
		}
		if err := o.set(&s, value); err != nil {
			return s, usagef("%s: %v", source, err)
		}
	}
	return s, s.ownLanguage()
}

// ownLanguage finds the portal's language among those that visitors may choose.
func (s *settings) ownLanguage() error {
	switch {
	case len(s.languages) == 0 || slices.Contains(s.languages, s.language):
	case s.given["language"]:
		return usagef("the portal's language is %q, which is not among its languages: %s", s.language, strings.Join(s.languages, ", "))
	default:
		s.language = s.languages[0]
	}
	return nil
}

// readFile reads a file of settings, as text by name. It needs to be there only when it was named.
func readFile(name string, named bool) (map[string]string, error) {
	content, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return nil, nil
	}
	if err != nil {
		return nil, usagef("read the settings: %v", err)
	}
	var values map[string]any
	meta, err := toml.Decode(string(content), &values)
	var damage toml.ParseError
	if errors.As(err, &damage) {
		return nil, usagef("%s, line %d: %s", name, damage.Position.Line, damage.Message)
	}
	if err != nil {
		return nil, usagef("%s: %v", name, err)
	}
	out := map[string]string{}
	for _, key := range meta.Keys() {
		known := slices.ContainsFunc(options(), func(o option) bool { return o.name != "config" && o.name == key.String() })
		if !known {
			return nil, usagef("%s, line %d: there is no setting %q", name, lineOf(string(content), key), key.String())
		}
		switch v := values[key[0]].(type) {
		case string:
			out[key[0]] = v
		case int64:
			out[key[0]] = strconv.FormatInt(v, 10)
		default:
			return nil, usagef("%s, line %d: %s takes a text or a whole number", name, lineOf(string(content), key), key)
		}
	}
	return out, nil
}

// lineOf finds the line where a key is first named, which the TOML library does not tell of sound files.
func lineOf(content string, key toml.Key) int {
	at := regexp.MustCompile(`(?m)^[ \t]*\[*[ \t]*["']?` + regexp.QuoteMeta(key[0]) + `["']?[ \t]*[.=\]]`).FindStringIndex(content)
	if at == nil {
		return 1
	}
	return 1 + strings.Count(content[:at[0]], "\n")
}

func text(of func(*settings) *string) func(*settings, string) error {
	return func(s *settings, v string) error {
		*of(s) = v
		return nil
	}
}

func services(s *settings, v string) error {
	s.services = nil
	for name := range strings.SplitSeq(v, ",") {
		name = strings.TrimSpace(name)
		if !slices.ContainsFunc(privacy.Known(), func(k privacy.Service) bool { return k.ID == name }) {
			return fmt.Errorf("%q is no service such as youtube or youtube,vimeo", name)
		}
		s.services = append(s.services, name)
	}
	return nil
}

var tagForm = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`)

// tag reads the portal's language. Whether there is such a language shows when the portal is served.
func tag(s *settings, v string) error {
	if !tagForm.MatchString(v) {
		return fmt.Errorf("%q is no language such as en or pt-br", v)
	}
	s.language = strings.ToLower(v)
	return nil
}

// tags reads a list of languages.
func tags(s *settings, v string) error {
	for one := range strings.SplitSeq(v, ",") {
		one = strings.TrimSpace(one)
		if !tagForm.MatchString(one) {
			return fmt.Errorf("%q is no list of languages such as en,fr", v)
		}
		s.languages = append(s.languages, strings.ToLower(one))
	}
	return nil
}

// choice takes one of two words, the first for true.
func choice(yes, no string, of func(*settings) *bool) func(*settings, string) error {
	return func(s *settings, v string) error {
		if v != yes && v != no {
			return fmt.Errorf("%q is neither %s nor %s", v, no, yes)
		}
		*of(s) = v == yes
		return nil
	}
}

// words takes names parted by commas.
func words(of func(*settings) *[]string) func(*settings, string) error {
	return func(s *settings, v string) error {
		*of(s) = strings.FieldsFunc(v, func(c rune) bool { return c == ',' || c == ' ' })
		return nil
	}
}

func oneOf(of func(*settings) *string, allowed ...string) func(*settings, string) error {
	return func(s *settings, v string) error {
		if !slices.Contains(allowed, v) {
			return fmt.Errorf("%q is none of %s", v, strings.Join(allowed, ", "))
		}
		*of(s) = v
		return nil
	}
}

func number(of func(*settings) *int, least int) func(*settings, string) error {
	return func(s *settings, v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n < least {
			return fmt.Errorf("%q is no whole number from %d", v, least)
		}
		*of(s) = n
		return nil
	}
}

func duration(of func(*settings) *time.Duration) func(*settings, string) error {
	return func(s *settings, v string) error {
		d, err := time.ParseDuration(v)
		if err != nil || d <= 0 {
			return fmt.Errorf("%q is no length of time such as 30s or 2m", v)
		}
		*of(s) = d
		return nil
	}
}

var (
	sizeForm    = regexp.MustCompile(`(?i)^([0-9]+(?:\.[0-9]+)?) ?([KMGT]i?)?B$`)
	addressForm = regexp.MustCompile(`^https?://[^/?#\s]+/?$`)
)

func size(of func(*settings) *string) func(*settings, string) error {
	return func(s *settings, v string) error {
		if !sizeForm.MatchString(v) {
			return fmt.Errorf("%q is no size such as 500MB or 4GB", v)
		}
		*of(s) = v
		return nil
	}
}

// bytesOf reads a size as a number of bytes: kB is 1,000 of them, KiB 1,024.
func bytesOf(of func(*settings) *int64) func(*settings, string) error {
	return func(s *settings, v string) error {
		form := sizeForm.FindStringSubmatch(v)
		if form == nil {
			return fmt.Errorf("%q is no size such as 500MB or 4GB", v)
		}
		n, err := strconv.ParseFloat(form[1], 64)
		if err != nil {
			return err
		}
		base := 1000.0
		if len(form[2]) == 2 {
			base = 1024
		}
		if unit := form[2]; unit != "" {
			n *= math.Pow(base, float64(1+strings.IndexByte("KMGT", unit[0]&^0x20)))
		}
		if n < 1 || n > 1<<60 {
			return fmt.Errorf("%q is no size that a disk could have", v)
		}
		*of(s) = int64(n)
		return nil
	}
}

func address(s *settings, v string) error {
	if !addressForm.MatchString(v) {
		return fmt.Errorf("%q is no address such as https://data.example.org", v)
	}
	s.url = strings.TrimSuffix(v, "/")
	return nil
}

// networks reads a list of networks and single addresses.
func networks(s *settings, v string) error {
	for one := range strings.SplitSeq(v, ",") {
		one = strings.TrimSpace(one)
		network, err := netip.ParsePrefix(one)
		if a, bad := netip.ParseAddr(one); err != nil && bad == nil {
			network, err = a.Prefix(a.BitLen())
		}
		if err != nil {
			return fmt.Errorf("%q is no list of networks such as 127.0.0.1,10.0.0.0/8", v)
		}
		s.proxies = append(s.proxies, network.Masked())
	}
	return nil
}
