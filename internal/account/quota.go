package account

import (
	"slices"

	"parvis/internal/fault"
)

// Quota is how many API calls may be made in each unit of time. Its zero value is no limit.
type Quota struct {
	Limit int64  `json:"limit"`
	Unit  string `json:"unit"` // "second", "minute", "hour", "day", "month" or "year"; "" for no limit
}

// QuotaUnits gives the units of time of quotas, the shortest first.
func QuotaUnits() []string { return []string{"second", "minute", "hour", "day", "month", "year"} }

// Limited tells whether there is a limit at all.
func (q Quota) Limited() bool { return q.Unit != "" }

// seconds gives the length of the quota's unit; months and years are those of an average year.
func (q Quota) seconds() float64 {
	return [...]float64{1, 60, 3600, 86400, 2629746, 31556952}[slices.Index(QuotaUnits(), q.Unit)]
}

// wider tells whether q lets more through than other.
func (q Quota) wider(other Quota) bool {
	return !other.Limited() || float64(q.Limit)/q.seconds() > float64(other.Limit)/other.seconds()
}

// Check tells what is wrong with a quota. Kind Invalid.
func (q Quota) Check() error {
	switch {
	case q.Unit == "" && q.Limit == 0:
		return nil
	case !slices.Contains(QuotaUnits(), q.Unit):
		return fault.New(fault.Invalid, "A quota counts calls in each second, minute, hour, day, month or year, not in each %.20q.", q.Unit)
	case q.Limit < 0:
		return fault.New(fault.Invalid, "A quota is a number of calls from 0 on, not %d.", q.Limit)
	}
	return nil
}
