// Package terms holds the pages on privacy: the cookie policy and its twin for programs, the page of choices, how
// visits are counted; and it takes what a visitor chooses to have kept, a language too.
//
// What these pages say comes from the registry of internal/privacy. Start at routes.go, then policy.go. The banner
// stands in web/page, since every page may show it.
package terms
