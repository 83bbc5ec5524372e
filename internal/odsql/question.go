package odsql

// Question is what an API request asks, as text: the parameters of the Explore API that speak this language.
type Question struct {
	Select, GroupBy, OrderBy string
	Where                    []string // all must hold
	Refine, Exclude, Facet   []string
	Limit                    *int // nil: not given
	Offset                   int
	Lang                     string // of names in date_format: "en", "fr" …; "" is English
	Timezone                 string // an IANA name; "" is UTC
}
