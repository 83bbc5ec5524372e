package privacy

import (
	"net/url"
	"slices"
	"strings"
)

// base is what every page may load: what comes from the portal itself, and nothing else.
func base(ancestors string) [][2]string {
	return [][2]string{
		{"default-src", "'none'"}, {"script-src", "'self'"}, {"style-src", "'self'"}, {"img-src", "'self' data:"}, {"font-src", "'self'"},
		{"connect-src", "'self'"}, {"manifest-src", "'self'"}, {"form-action", "'self'"}, {"base-uri", "'none'"}, {"frame-ancestors", ancestors},
	}
}

// CSP gives the Content-Security-Policy of a page that may not be framed. Services are those of the page that the
// visitor allows, for this answer: their origins, and no others, are added to the directives that they declare. One
// that is not on counts as not named.
func (r *Registry) CSP(services ...string) string { return r.policy(base("'none'"), services) }

// EmbedCSP is CSP for a page that is made to stand in pages of other sites.
func (r *Registry) EmbedCSP(services ...string) string { return r.policy(base("*"), services) }

// FramedCSP is CSP for a page that shows other pages of the portal in frames.
func (r *Registry) FramedCSP() string {
	return r.policy(add(base("'none'"), "frame-src", "'self'"), nil)
}

// FormCSP is CSP for a page whose form leads on to an address elsewhere, of which the page tells the visitor: its
// origin, or its scheme where it has no host. An address that is none adds nothing.
func (r *Registry) FormCSP(address string) string {
	rules := base("'none'")
	if source := sourceOf(address); source != "" {
		rules = add(rules, "form-action", source)
	}
	return r.policy(rules, nil)
}

// sourceOf gives an address as a source of the policy, "" where it cannot stand there.
func sourceOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	source := u.Scheme + ":"
	if u.Host != "" {
		source = u.Scheme + "://" + u.Host
	}
	if u.Scheme == "" || strings.ContainsAny(source, " ;,'\"") {
		return ""
	}
	return source
}

// add lets a directive allow a source more.
func add(rules [][2]string, directive, source string) [][2]string {
	at := slices.IndexFunc(rules, func(rule [2]string) bool { return rule[0] == directive })
	if at < 0 {
		return append(rules, [2]string{directive, source})
	}
	rules[at][1] += " " + source
	return rules
}

func (r *Registry) policy(rules [][2]string, services []string) string {
	for _, s := range r.services {
		if !slices.Contains(services, s.ID) {
			continue
		}
		for _, o := range s.Origins {
			rules = add(rules, o.Directive, o.Origin)
		}
	}
	parts := make([]string, len(rules))
	for i, rule := range rules {
		parts[i] = rule[0] + " " + rule[1]
	}
	return strings.Join(parts, "; ")
}
