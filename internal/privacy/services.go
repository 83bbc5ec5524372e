package privacy

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"parvis/internal/fault"
	"parvis/internal/locale"
)

// Origin is a host that a page may load from, and what of: a directive of the Content-Security-Policy.
type Origin struct {
	Directive string `json:"directive"`
	Origin    string `json:"origin"`
}

// Stored is what a service may leave on the visitor's machine, by what its makers tell.
type Stored struct {
	Kind     Kind
	Name     string // may end in * for any ending
	Duration time.Duration
}

// Service is an optional third party: off until the operator turns it on, and silent until the visitor allows it.
type Service struct {
	ID      string // in settings and forms
	Code    byte   // in cookies_preferences: a small letter that no other service has or had
	Name    string // as people know it
	Company string
	Policy  string   // address of its privacy policy
	Contact string   // address or e-mail for questions on privacy
	Origins []Origin // what pages of the portal load
	Hosts   []string // what its own frame goes on to ask; *. stands for any host below
	Stored  []Stored
	find    func(*url.URL) (id string, ok bool) // the id of a medium in an address of this service
	frame   string                              // address of the player, before the id
	after   string                              // and behind it
}

// Known is every service that can be turned on. At most ten: their answers must fit into cookies_preferences.
func Known() []Service {
	return []Service{
		{
			ID: "youtube", Code: 'y', Name: "YouTube", Company: "Google Ireland Limited",
			Policy: "https://policies.google.com/privacy", Contact: "https://support.google.com/policies/troubleshooter/7575787",
			Origins: []Origin{{"frame-src", "https://www.youtube-nocookie.com"}},
			Hosts:   []string{"www.youtube-nocookie.com", "i.ytimg.com", "*.googlevideo.com", "*.ggpht.com", "fonts.gstatic.com", "www.google.com", "*.doubleclick.net", "jnn-pa.googleapis.com"},
			Stored:  []Stored{{Cookie, "VISITOR_INFO1_LIVE", 180 * day}, {Cookie, "YSC", WhileOpen}, {LocalStorage, "yt-*", Forever}},
			find:    youtube, frame: "https://www.youtube-nocookie.com/embed/",
		},
		{
			ID: "vimeo", Code: 'v', Name: "Vimeo", Company: "Vimeo.com, Inc.",
			Policy: "https://vimeo.com/privacy", Contact: "privacy@vimeo.com",
			Origins: []Origin{{"frame-src", "https://player.vimeo.com"}},
			Hosts:   []string{"player.vimeo.com", "*.vimeocdn.com", "*.akamaized.net"},
			Stored:  []Stored{{Cookie, "__cf_bm", 30 * time.Minute}, {Cookie, "_cfuvid", WhileOpen}, {Cookie, "player", 365 * day}, {LocalStorage, "sync_*", Forever}},
			find:    vimeo, frame: "https://player.vimeo.com/video/", after: "?dnt=1",
		},
		{
			ID: "dailymotion", Code: 'd', Name: "Dailymotion", Company: "Dailymotion SA",
			Policy: "https://legal.dailymotion.com/en/privacy-policy/", Contact: "privacy@dailymotion.com",
			Origins: []Origin{{"frame-src", "https://geo.dailymotion.com"}},
			Hosts:   []string{"geo.dailymotion.com", "*.dmcdn.net", "*.dailymotion.com"},
			Stored:  []Stored{{Cookie, "ts", 390 * day}, {Cookie, "v1st", 390 * day}, {Cookie, "dmvk", WhileOpen}, {LocalStorage, "dm-*", Forever}},
			find:    dailymotion, frame: "https://geo.dailymotion.com/player.html?video=",
		},
	}
}

// turnedOn picks services by name, in the order of Known. Kind Invalid: there is none of that name.
func turnedOn(names []string) ([]Service, error) {
	known := Known()
	var list []string
	for _, s := range known {
		list = append(list, s.ID)
	}
	for _, n := range names {
		if !slices.Contains(list, n) {
			return nil, fault.New(fault.Invalid, "there is no optional service %q: services takes names out of %s", n, strings.Join(list, ", "))
		}
	}
	return slices.DeleteFunc(known, func(s Service) bool { return !slices.Contains(names, s.ID) }), nil
}

// items gives a row of the registry for each thing that the service may store.
func (s Service) items() []Item {
	var out []Item
	for _, x := range s.Stored {
		out = append(out, Item{
			Name: x.Name, Kind: x.Kind, Provider: s.Name + " (" + s.Company + ")", Location: Front, Category: ThirdParty, Basis: Consent,
			Duration: x.Duration, Readable: true, Service: s.ID,
			Words: func(p *locale.Printer) Words {
				return Words{
					Function: p.T("Videos in descriptions"), Purpose: p.T("Used by {service} while it plays a video, for its own measurements among other things.", "service", s.Name),
					SetWhen:     p.T("Only once the visitor has allowed {service} or started a video of it.", "service", s.Name),
					DeletedWhen: p.T("In the browser's settings: this site cannot delete what another one stored."),
				}
			},
		})
	}
	return out
}

// mark is what a yes to the service is a yes to, in three hexadecimal digits: after a change of who it is, of what it
// loads or of what it stores, an older yes no longer counts.
func (s Service) mark() string {
	text, err := json.Marshal([]any{s.ID, s.Company, s.Origins, s.Hosts, s.Stored})
	if err != nil {
		panic(err) // strings and numbers can always be written
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:2])[:3]
}

var (
	youtubeID     = regexp.MustCompile(`^[A-Za-z0-9_-]{11}$`)
	vimeoID       = regexp.MustCompile(`^[0-9]{5,12}$`)
	dailymotionID = regexp.MustCompile(`^[A-Za-z0-9]{5,12}$`)
)

// youtube reads youtube.com/watch?v=ID, /embed/ID, /shorts/ID, /live/ID and youtu.be/ID.
func youtube(u *url.URL) (string, bool) {
	id := ""
	switch strings.TrimPrefix(strings.TrimPrefix(u.Hostname(), "www."), "m.") {
	case "youtu.be":
		id = strings.Trim(u.Path, "/")
	case "youtube.com", "youtube-nocookie.com":
		id = u.Query().Get("v")
		if first, rest, _ := strings.Cut(strings.Trim(u.Path, "/"), "/"); slices.Contains([]string{"embed", "shorts", "live", "v"}, first) {
			id = rest
		}
	}
	return id, youtubeID.MatchString(id)
}

// vimeo reads vimeo.com/ID and player.vimeo.com/video/ID.
func vimeo(u *url.URL) (string, bool) {
	id := ""
	switch strings.TrimPrefix(u.Hostname(), "www.") {
	case "vimeo.com":
		id = strings.Trim(u.Path, "/")
	case "player.vimeo.com":
		id = strings.Trim(strings.TrimPrefix(u.Path, "/video"), "/")
	}
	return id, vimeoID.MatchString(id)
}

// dailymotion reads dailymotion.com/video/ID, /embed/video/ID, geo.dailymotion.com/player.html?video=ID and dai.ly/ID.
func dailymotion(u *url.URL) (string, bool) {
	id := ""
	switch strings.TrimPrefix(u.Hostname(), "www.") {
	case "dai.ly":
		id = strings.Trim(u.Path, "/")
	case "dailymotion.com":
		if _, rest, ok := strings.Cut(u.Path, "/video/"); ok {
			id, _, _ = strings.Cut(rest, "_")
		}
	case "geo.dailymotion.com":
		id = u.Query().Get("video")
	}
	return id, dailymotionID.MatchString(id)
}
