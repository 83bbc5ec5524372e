package v2

import (
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"

	"parvis/internal/account"
	"parvis/internal/fault"
)

// Quota is how many calls the portal answers a day, from midnight to midnight UTC.
type Quota struct {
	Portal    int64 // of everybody; 0: as many as come
	Anonymous int64 // of those without a key, together; 0: as many as come
}

// unlimited is what the headers say where there is no quota: clients slow down on small numbers.
const unlimited = 1_000_000_000

// calls counts the calls of the day.
type calls struct {
	quota Quota

	mu                sync.Mutex
	day               int64 // days since 1970-01-01
	reset             string
	portal, anonymous int64
}

// take counts a call, sets the headers that tell of it, and answers 429 where a quota is used up.
func (c *calls) take(w http.ResponseWriter, a account.Actor, now time.Time) (ok bool) {
	c.mu.Lock()
	if day := now.Unix() / 86400; day != c.day {
		c.day, c.portal, c.anonymous = day, 0, 0
		c.reset = time.Unix((day+1)*86400, 0).UTC().Format("2006-01-02 15:04:05-07:00")
	}
	known := a != account.Anonymous
	limit, used, code := c.quota.Portal, c.portal, portalQuota
	if !known && c.quota.Anonymous > 0 && (limit == 0 || c.quota.Anonymous-c.anonymous <= limit-used) {
		limit, used, code = c.quota.Anonymous, c.anonymous, anonymousQuota
	}
	ok = limit == 0 || used < limit
	if ok {
		c.portal++
		used++
		if !known {
			c.anonymous++
		}
	}
	reset := c.reset
	c.mu.Unlock()

	shown := limit
	if limit == 0 {
		shown = unlimited
	}
	h := w.Header()
	h["X-Ratelimit-Limit"] = []string{strconv.FormatInt(shown, 10)}
	h["X-Ratelimit-Remaining"] = []string{strconv.FormatInt(max(0, shown-used), 10)}
	h["X-Ratelimit-Reset"] = []string{reset}
	if !ok {
		day := (now.Unix()/86400 + 1) * 86400
		quotaError{code, account.Quota{Limit: limit, Unit: "day"}, time.Unix(day, 0).UTC()}.answer(w, now)
	}
	return ok
}

// quotaError is the refusal of a call that is one too many, in a shape of its own that clients know.
type quotaError struct {
	code  int
	quota account.Quota
	reset time.Time
}

// The codes of refusals; the first two are those that clients know.
const (
	portalQuota    = 10002
	anonymousQuota = 10005
	personQuota    = 10003
	datasetQuota   = 10004
)

// FaultKind gives the kind.
func (o quotaError) FaultKind() fault.Kind { return fault.Limited }

// Error says which quota is used up.
func (o quotaError) Error() string {
	switch o.code {
	case anonymousQuota:
		return "You have exceeded the requests limit for anonymous users."
	case personQuota:
		return "You have exceeded the requests limit of your account."
	case datasetQuota:
		return "You have exceeded the requests limit for this dataset."
	}
	return "Too many requests on the domain. Please contact the domain administrator."
}

// answer sends the refusal.
func (o quotaError) answer(w http.ResponseWriter, now time.Time) {
	body, _ := json.Marshal(struct {
		Code  int    `json:"errorcode"`
		Reset string `json:"reset_time"`
		Unit  string `json:"limit_time_unit"`
		Limit int64  `json:"call_limit"`
		Error string `json:"error"`
	}{o.code, o.reset.Format("2006-01-02T15:04:05Z"), o.quota.Unit, o.quota.Limit, o.Error()})
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Retry-After", strconv.FormatInt(max(1, o.reset.Unix()-now.Unix()), 10))
	w.WriteHeader(http.StatusTooManyRequests)
	_, _ = w.Write(append(body, '\n')) // who went away needs no answer
}
