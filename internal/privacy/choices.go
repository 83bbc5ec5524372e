package privacy

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"parvis/internal/fault"
)

// choiceForm is the value of cookies_preferences, for example
//
//	v1.5f0c2ab1.20782.s1g0y3fa1v0c20.Kq0…
//
// the version; the policy that was shown, 8 hexadecimal digits; the day of the choice, counted from 1970-01-01;
// whether visits may be counted (s) and whether the browser sent a signal of refusal at that moment (g); for each
// service that was offered its letter, its mark and the answer; a signature of 128 bits. Everybody who chooses the
// same on the same day gets the same value: it names nobody.
var choiceForm = regexp.MustCompile(`^v1\.[0-9a-f]{8}\.[0-9]{5}\.s[01]g[01](?:[a-z][0-9a-f]{3}[01]){0,10}\.[A-Za-z0-9_-]{22}$`)

// Choices is what a visitor allows, as one request tells it.
type Choices struct {
	Signal bool      // the browser sends Sec-GPC: 1 or DNT: 1
	Made   time.Time // the day of the visitor's own choice, UTC; zero where there is none that stands

	statistics bool     // the choice leaves visits counted
	yes, no    []string // services, by ID, that the choice answers
}

// Chosen tells whether the visitor made a choice that stands.
func (c Choices) Chosen() bool { return !c.Made.IsZero() }

// Until is the day from which the choice no longer holds.
func (c Choices) Until() time.Time { return c.Made.Add(choiceAge) }

// Allows tells whether a service may be contacted. Silence is a refusal.
func (c Choices) Allows(service string) bool { return slices.Contains(c.yes, service) }

// Allowed lists the services that may be contacted.
func (c Choices) Allowed() []string { return slices.Clone(c.yes) }

// Objects tells whether the visitor objects to being counted, by choice or by signal.
func (c Choices) Objects() bool {
	if c.Chosen() {
		return !c.statistics
	}
	return c.Signal
}

// signal tells whether the browser refuses for its user. Sent several times it counts once; what is not "1" says
// nothing, as the draft of Global Privacy Control wants it.
func signal(h http.Header) bool {
	for _, name := range [...]string{"Sec-Gpc", "Dnt"} {
		for _, line := range h[name] {
			for v := range strings.SplitSeq(line, ",") {
				if strings.TrimSpace(v) == "1" {
					return true
				}
			}
		}
	}
	return false
}

// Choices reads what the visitor of a request allows. A value that was not signed here, of an unknown version, of a
// day to come or older than six months is no choice. A choice that was made without a signal gives way to a signal
// that came later; one that was made in spite of it stands.
func (r *Registry) Choices(req *http.Request) Choices {
	c := Choices{Signal: signal(req.Header)}
	value, ok := r.Read(req, Preferences)
	if !ok {
		return c
	}
	body, mac := value[:len(value)-23], value[len(value)-22:]
	if !hmac.Equal([]byte(mac), []byte(r.sign(body))) {
		return c
	}
	parts := strings.Split(body, ".")
	n, err := strconv.ParseInt(parts[2], 10, 64)
	made, now := time.Unix(n*86400, 0).UTC(), r.o.Clock()
	if err != nil || made.After(now) || !now.Before(made.Add(choiceAge+day)) {
		return c
	}
	answers := parts[3]
	if c.Signal && answers[3] == '0' {
		return c
	}
	c.Made, c.statistics = made, answers[1] == '1'
	for i := 4; i < len(answers); i += 5 {
		at := slices.IndexFunc(r.services, func(s Service) bool { return s.Code == answers[i] })
		switch {
		case at < 0:
		case answers[i+4] == '0':
			c.no = append(c.no, r.services[at].ID)
		case answers[i+1:i+4] == r.services[at].mark():
			c.yes = append(c.yes, r.services[at].ID)
		}
	}
	return c
}

// BannerDue tells whether the visitor is to be asked: an optional service is on that they were never asked about.
// Nobody is asked whose browser refuses for them, or who refused everything within six months.
func (r *Registry) BannerDue(c Choices) bool {
	switch {
	case len(r.services) == 0:
		return false
	case !c.Chosen():
		return !c.Signal
	case len(c.yes) == 0 && len(c.no) > 0:
		return false
	}
	return slices.ContainsFunc(r.services, func(s Service) bool { return !slices.Contains(c.yes, s.ID) && !slices.Contains(c.no, s.ID) })
}

// Choice is what a visitor chooses: whether their visits may be counted, and the services that they allow, by ID;
// all others are refused.
type Choice struct {
	Statistics bool
	Services   []string
}

// AcceptAll and RefuseAll are the two simple choices. A refusal of what is optional is no objection to being counted
// anonymously: that needs no consent, and has a switch of its own.
func (r *Registry) AcceptAll() Choice {
	c := Choice{Statistics: true}
	for _, s := range r.services {
		c.Services = append(c.Services, s.ID)
	}
	return c
}

// RefuseAll refuses every optional service, and leaves the statistics as they are.
func (r *Registry) RefuseAll(now Choices) Choice { return Choice{Statistics: !now.Objects()} }

// Class names a choice for the ledger: accept, refuse or some, with -uncounted where the visitor objects to being
// counted.
func (r *Registry) Class(c Choice) string {
	class := "some"
	switch len(c.Services) {
	case 0:
		class = "refuse"
	case len(r.services):
		class = "accept"
	}
	if !c.Statistics {
		class += "-uncounted"
	}
	return class
}

// Choose keeps a choice for six months. It also deletes what the portal had stored on the ground of an earlier yes.
// Kind Invalid: a service is named that is not on.
func (r *Registry) Choose(w http.ResponseWriter, req *http.Request, c Choice) error {
	for _, id := range c.Services {
		if !slices.ContainsFunc(r.services, func(s Service) bool { return s.ID == id }) {
			return fault.New(fault.Invalid, "there is no optional service of this name on this portal")
		}
	}
	bit := map[bool]string{true: "1", false: "0"}
	var b strings.Builder
	fmt.Fprintf(&b, "v1.%s.%05d.s%sg%s", r.hash[:8], r.o.Clock().Unix()/86400, bit[c.Statistics], bit[signal(req.Header)])
	for _, s := range r.services {
		b.WriteString(string(s.Code) + s.mark() + bit[slices.Contains(c.Services, s.ID)])
	}
	body := b.String()
	if err := r.Set(w, Preferences, body+"."+r.sign(body)); err != nil {
		return err
	}
	for _, it := range r.items {
		if it.ID != "" && it.Basis == Consent && !slices.Contains(c.Services, it.Service) {
			r.Delete(w, it.ID)
		}
	}
	return nil
}

// sign gives the signature of a choice: 128 bits, 22 characters.
func (r *Registry) sign(body string) string {
	mac := hmac.New(sha256.New, r.o.Secret)
	mac.Write([]byte(body))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
}
