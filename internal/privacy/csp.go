package privacy

import (
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
func (r *Registry) CSP(services ...string) string { return r.policy("'none'", services) }

// EmbedCSP is CSP for a page that is made to stand in pages of other sites.
func (r *Registry) EmbedCSP(services ...string) string { return r.policy("*", services) }

func (r *Registry) policy(ancestors string, services []string) string {
	rules := base(ancestors)
	for _, s := range r.services {
		if !slices.Contains(services, s.ID) {
			continue
		}
		for _, o := range s.Origins {
			at := slices.IndexFunc(rules, func(rule [2]string) bool { return rule[0] == o.Directive })
			if at < 0 {
				rules = append(rules, [2]string{o.Directive, o.Origin})
			} else {
				rules[at][1] += " " + o.Origin
			}
		}
	}
	parts := make([]string, len(rules))
	for i, rule := range rules {
		parts[i] = rule[0] + " " + rule[1]
	}
	return strings.Join(parts, "; ")
}
