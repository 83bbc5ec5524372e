package statistics

import (
	"time"

	"parvis/internal/fault"
)

// Level is how much is counted.
type Level int

// The levels.
const (
	Counts  Level = iota // uses, without any notion of a visitor
	Uniques              // and how many different visitors a day, reckoned in memory alone
	Off                  // nothing
)

// ParseLevel reads the setting of that name: counts, uniques or off. Kind Invalid: it is none of them.
func ParseLevel(text string) (Level, error) {
	for _, l := range [...]Level{Counts, Uniques, Off} {
		if text == l.String() {
			return l, nil
		}
	}
	return Counts, fault.New(fault.Invalid, "%.40q is none of counts, uniques, off", text)
}

// String gives the setting's word.
func (l Level) String() string {
	return [...]string{"counts", "uniques", "off"}[l]
}

// What the pages on privacy say is what the code does, because both take it from here.
const (
	Retention  = 25             // months that counts are kept; a setting may only shorten it
	HourlyFor  = 90             // days that the traffic of each hour is kept
	Threshold  = 5              // counts below are not shown to the public
	TermTimes  = 10             // times that a term must have been searched for in a month to be written down
	TermDays   = 3              // on so many different days
	SaltLife   = 24 * time.Hour // at most, of what tells visitors of a day apart; it is never written
	KeptOfIPv4 = 24             // bits of an address that the daily uniques look at
	KeptOfIPv6 = 48
	BatchEvery = time.Second // counts are written in batches, so far apart
	AppLongest = 64          // characters of a program's name in ODS-API-Analytics-App
)

// folded is the name under which hosts and programs are put together that came up fewer than Threshold times in a week.
const folded = "other"
