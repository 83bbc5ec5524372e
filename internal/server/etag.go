package server

import (
	"net/http"
	"strings"

	"parvis/internal/account"
)

// The codings that answers are sent in. The tag of an encoded answer is that of the plain one with the
// name of its coding, so that each form has a strong tag of its own.
const (
	gzipCoding = "gzip"
	zstdCoding = "zstd"
)

// NotModified answers 304 where the client already holds the answer with this tag, in any coding, and tells
// whether it did. The tag is quoted and strong; "" never matches.
func NotModified(w http.ResponseWriter, r *http.Request, tag string) bool {
	held := r.Header.Get("If-None-Match")
	if tag == "" || held == "" || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	for one := range strings.SplitSeq(held, ",") {
		one = strings.TrimPrefix(strings.TrimSpace(one), "W/")
		if one == "*" {
			one = tag
		}
		if plainTag(one) == tag {
			w.Header()["Etag"] = []string{one}
			w.WriteHeader(http.StatusNotModified)
			return true
		}
	}
	return false
}

// Unchanging says of a file that is never another under its address how long it may be kept, which is not for long: who may have it can change. The tag is
// quoted.
func Unchanging(h http.Header, tag string, who account.Actor) {
	h.Set("ETag", tag)
	h.Set("Cache-Control", "public, max-age=3600")
	if who != account.Anonymous {
		h.Set("Cache-Control", "private, no-cache")
	}
}

// codedTag gives the tag of an answer in a coding.
func codedTag(tag, coding string) string {
	if coding == "" || !strings.HasSuffix(tag, `"`) {
		return tag
	}
	return tag[:len(tag)-1] + "-" + coding + `"`
}

// plainTag takes the name of the coding off a tag.
func plainTag(tag string) string {
	for _, coding := range []string{gzipCoding, zstdCoding} {
		if rest, ok := strings.CutSuffix(tag, "-"+coding+`"`); ok {
			return rest + `"`
		}
	}
	return tag
}
