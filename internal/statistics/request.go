package statistics

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"unicode"
)

// given tells whether what was asked for was given: whole, from its first byte, or found to be still good.
func given(r *http.Request, status int) bool {
	switch status {
	case http.StatusOK, http.StatusNotModified:
		return true
	case http.StatusPartialContent:
		return strings.HasPrefix(r.Header.Get("Range"), "bytes=0-")
	}
	return false
}

// inAdvance tells whether nobody has asked for the page yet.
func inAdvance(h http.Header) bool {
	for _, name := range [...]string{"Sec-Purpose", "Purpose", "X-Moz", "X-Purpose"} {
		for _, value := range h[name] {
			if strings.Contains(strings.ToLower(value), "prefetch") || strings.Contains(strings.ToLower(value), "preview") {
				return true
			}
		}
	}
	return false
}

// Signal tells whether the browser says that its owner does not want to be counted: Sec-GPC or DNT with the value 1,
// once or several times. Any other value says nothing.
func Signal(r *http.Request) bool {
	return isOne(r.Header["Sec-Gpc"]) || isOne(r.Header["Dnt"])
}

func isOne(values []string) bool {
	for _, line := range values {
		for v := range strings.SplitSeq(line, ",") {
			if strings.TrimSpace(v) == "1" {
				return true
			}
		}
	}
	return false
}

// referrers tells which hosts are worth knowing.
type referrers struct{ spam map[string]struct{} }

// host reduces a Referer to a host that is worth knowing: "" for our own, for addresses of machines, for names
// without a dot, for those known for spam.
func (f referrers) host(referrer, own string) string {
	rest, ok := strings.CutPrefix(referrer, "https://")
	if !ok {
		if rest, ok = strings.CutPrefix(referrer, "http://"); !ok {
			return ""
		}
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	if len(rest) > 100 || strings.Contains(rest, "@") {
		return ""
	}
	host := strings.TrimSuffix(strings.ToLower(withoutPort(rest)), ".")
	if host == strings.ToLower(withoutPort(own)) || !isName(host) || f.isSpam(host) {
		return ""
	}
	return host
}

func withoutPort(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

// isName tells whether a host is a public name: letters, digits and hyphens around dots, and no number at its end.
func isName(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	if len(last) == len(host) || len(last) < 2 || strings.Contains(host, "..") || host[0] == '.' {
		return false
	}
	for i := range len(host) {
		b := host[i]
		if (b < 'a' || b > 'z') && (b < '0' || b > '9') && b != '-' && b != '.' {
			return false
		}
	}
	return last[0] >= 'a' && !strings.HasSuffix(host, ".local") && !strings.HasSuffix(host, ".internal")
}

// isSpam tells whether a host, or one that it belongs to, is known for calling on portals only to be listed by them.
func (f referrers) isSpam(host string) bool {
	for {
		if _, listed := f.spam[host]; listed {
			return true
		}
		_, rest, ok := strings.Cut(host, ".")
		if !ok {
			return false
		}
		host = rest
	}
}

// appOf reads how a program calls itself in ODS-API-Analytics-App: "" where the name is longer than AppLongest, or is
// anything but letters, digits, spaces and . _ - / from the first to the last character, or holds a long number.
func appOf(h http.Header) string {
	values := h["Ods-Api-Analytics-App"]
	if len(values) != 1 {
		return ""
	}
	name := strings.TrimSpace(values[0])
	if name == "" || len(name) > AppLongest || longNumber(name) {
		return ""
	}
	for i := range len(name) {
		b := name[i]
		if (b < 'a' || b > 'z') && (b < 'A' || b > 'Z') && (b < '0' || b > '9') && !strings.ContainsRune(" ._-/", rune(b)) {
			return ""
		}
	}
	return name
}

// longNumber tells whether six digits or more stand together.
func longNumber(s string) bool {
	run := 0
	for _, r := range s {
		if !unicode.IsDigit(r) {
			run = 0
		} else if run++; run >= 6 {
			return true
		}
	}
	return false
}

// truncated gives the network of an address that the daily uniques look at.
func truncated(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	bits := KeptOfIPv6
	if a.Is4() {
		bits = KeptOfIPv4
	}
	p, err := a.Prefix(bits)
	if err != nil { // an address that is none
		return netip.Prefix{}
	}
	return p
}
