package privacy

import (
	"parvis/internal/fault"
	"parvis/internal/locale"
)

// Measurement is how visits are counted, in the constants that the counting itself uses. The zero value is a portal
// that counts nothing.
type Measurement struct {
	On              bool `json:"on"`
	Uniques         bool `json:"uniques"`          // visitors of a day are told apart, in memory only
	UniqueHours     int  `json:"unique_hours"`     // longest time that memory holds what tells them apart
	RetentionMonths int  `json:"retention_months"` // after which daily counts are deleted
	HourlyDays      int  `json:"hourly_days"`      // after which counts by hour are folded into days; 0: there are none
	Threshold       int  `json:"threshold"`        // a published count below it is hidden
	ReferrerHosts   bool `json:"referrer_hosts"`   // the host of the page that a visitor came from is counted
	Families        bool `json:"families"`         // the family of a browser or program is counted
	TermTimes       int  `json:"term_times"`       // what was searched for so often in a month is counted; 0: nothing is
	TermDays        int  `json:"term_days"`        // and on so many different days
}

// longestCounts is how many months counts may be kept under the exemption.
const longestCounts = 25

// check refuses what would not be exempt from consent. Kind Invalid.
func (m Measurement) check() error {
	switch {
	case !m.On:
		return nil
	case m.RetentionMonths < 1 || m.RetentionMonths > longestCounts:
		return fault.New(fault.Invalid, "statistics are kept from 1 to %d months, not %d", longestCounts, m.RetentionMonths)
	case m.Threshold < 2:
		return fault.New(fault.Invalid, "published counts need a threshold of 2 at least, not %d", m.Threshold)
	case m.Uniques && (m.UniqueHours < 1 || m.UniqueHours > 24):
		return fault.New(fault.Invalid, "visitors may be told apart for 1 to 24 hours, not %d", m.UniqueHours)
	}
	return nil
}

// Sentences tell a visitor what is counted and how, in one language.
func (m Measurement) Sentences(p *locale.Printer) []string {
	if !m.On {
		return []string{p.T("This portal counts no visits.")}
	}
	out := []string{
		p.T("Visits, downloads and API calls are counted by day. A count is a number: no cookie is used, no identifier is made, and the address of your machine is never written down."),
	}
	if m.Uniques {
		out = append(out, p.T("So that one visitor is not counted twice in a day, a shortened form of your address and the family of your browser are mixed with a secret that only memory holds. Both are forgotten after {time} at most, and only the number is kept.", "time", p.N("{n} hour", "{n} hours", int64(m.UniqueHours))))
	}
	if m.ReferrerHosts {
		out = append(out, p.T("The name of the site that a visitor came from is counted apart from everything else, never its page."))
	}
	if m.Families {
		out = append(out, p.T("The family of a browser or program, such as Firefox or curl, is counted apart from everything else, never its version."))
	}
	if m.TermTimes > 0 {
		out = append(out, p.T("What people search for is counted only where it was searched for {times} times on {days} different days of a month; anything rarer is never written down.", "times", m.TermTimes, "days", m.TermDays))
	}
	if m.HourlyDays > 0 {
		out = append(out, p.T("Counts by hour, for the whole portal only, are folded into days after {time}.", "time", p.N("{n} day", "{n} days", int64(m.HourlyDays))))
	}
	return append(out,
		p.T("Counts are deleted after {time}. Counts below {threshold} are not published.", "time", months(p, m.RetentionMonths), "threshold", m.Threshold),
		p.T("Whoever objects is not counted: by the switch on the page “Manage cookies”, or by a browser that sends Global Privacy Control or Do Not Track."),
	)
}

// Criterion is a condition of the exemption from consent for audience measurement, and how the portal meets it.
type Criterion struct {
	ID        string `json:"id"`
	Condition string `json:"condition"`
	Answer    string `json:"answer"`
	Required  bool   `json:"required"` // by law; else a recommendation
}

// Assessment goes through the conditions that the French authority names (page of 4 July 2025), in one language.
// What it says follows from the constants; it is a self-assessment and no certificate.
func (m Measurement) Assessment(p *locale.Printer) []Criterion {
	if !m.On {
		return nil
	}
	uniques := p.T("Nothing is made that could tell one visitor from another.")
	if m.Uniques {
		uniques = p.T("Visitors are told apart in memory only, for {time} at most; what is stored are numbers.", "time", p.N("{n} hour", "{n} hours", int64(m.UniqueHours)))
	}
	return []Criterion{
		{"purpose", p.T("The only purpose is to measure the audience of this site."), p.T("Counts serve to see which data is used and how much the portal must bear. There is no measure of campaigns and none of single visitors."), true},
		{"publisher", p.T("Only for the publisher of the site."), p.T("The counts stay in the portal's own database; no other company takes part."), true},
		{"anonymous", p.T("Only anonymous statistics come of it."), uniques, true},
		{"matching", p.T("No matching with other processing."), p.T("Each kind of count stands in a table of its own; none holds an account, an address or an identifier by which it could be joined to anything."), true},
		{"transfer", p.T("No transfer of data that is not anonymous."), p.T("What is published hides every count below {threshold}; nothing else leaves the portal.", "threshold", m.Threshold), true},
		{"following", p.T("Nobody can be followed across sites."), p.T("No cookie or other tracker is used, on this site or with any other."), true},
		{"information", p.T("Visitors are informed."), p.T("This page and the cookie policy say what is counted, in the words of the software's own constants."), false},
		{"objection", p.T("Visitors can object simply."), p.T("A switch on the page “Manage cookies”, or a browser's signal; nothing is then counted of the visit."), false},
		{"tracker", p.T("A tracker lives {time} at most.", "time", months(p, 13)), p.T("There is none."), false},
		{"retention", p.T("What is collected is kept {time} at most.", "time", months(p, longestCounts)), p.T("Counts are deleted after {time}; the portal refuses to start with a longer time.", "time", months(p, m.RetentionMonths)), false},
	}
}

func months(p *locale.Printer, n int) string { return p.N("{n} month", "{n} months", int64(n)) }
