package page

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"parvis/internal/account"
	"parvis/internal/locale"
)

// Permission is a permission in words.
type Permission struct {
	Name  string // as the API knows it
	Label string // what it lets do, beginning with a capital
	Means string // a sentence more
}

// Permissions gives all permissions in words.
func Permissions(p *locale.Printer) []Permission {
	out := make([]Permission, 0, account.Every.Len())
	for _, one := range account.Every.List() {
		does, means := inWords(p, one)
		out = append(out, Permission{one.String(), Capital(does), means})
	}
	return out
}

// inWords gives what a permission lets do, so that it can stand after "may", and a sentence that says what it means.
func inWords(p *locale.Printer, one account.Permission) (does, means string) {
	switch one {
	case account.EditDomain:
		return p.T("administer the portal"), p.T("People, groups, rights and settings. It holds all other permissions.")
	case account.CreatePage:
		return p.T("make pages"), p.T("Their own pages; those of others stay closed to changes.")
	case account.EditPage:
		return p.T("change all pages"), p.T("The text and the look of every page.")
	case account.ManagePage:
		return p.T("manage all pages"), p.T("Also who may see and change each page.")
	case account.ExploreRestrictedPage:
		return p.T("see restricted pages"), p.T("Every page, also those that are not open to everybody.")
	case account.CreateDataset:
		return p.T("make datasets"), p.T("New datasets, of which they are then in charge.")
	case account.EditDataset:
		return p.T("change all datasets"), p.T("The description and the rows of every dataset.")
	case account.PublishDataset:
		return p.T("publish all datasets"), p.T("What is published is seen at once by all who may see the dataset.")
	case account.ManageDataset:
		return p.T("manage all datasets"), p.T("Also who may see and change each dataset.")
	case account.ExploreRestrictedDataset:
		return p.T("see restricted datasets"), p.T("Every dataset, also those that are not open to everybody.")
	case account.EditReuse:
		return p.T("look after reuses"), p.T("Accept and refuse what people have made of the data.")
	case account.ManageSubdomains:
		return p.T("manage subdomains"), p.T("Portals below this one.")
	case account.ExploreMonitoring:
		return p.T("see the statistics"), p.T("How much the portal and each dataset are used.")
	case account.EditTheme:
		return p.T("change the look"), p.T("Colours, typeface and logo of the portal.")
	case account.EditForm:
		return p.T("change forms"), p.T("The questions of forms, and who may answer them.")
	case account.SubmitPrivateForm:
		return p.T("answer private forms"), p.T("Forms that are not open to everybody.")
	}
	return one.String(), ""
}

// May says in a sentence what a set of permissions lets do.
func May(p *locale.Printer, held account.Permissions) string {
	switch {
	case held == 0:
		return p.T("Sees what is open to everybody")
	case held.Has(account.EditDomain):
		return p.T("May do everything: administers the portal")
	}
	var all []string
	for _, one := range held.List() {
		does, _ := inWords(p, one)
		all = append(all, does)
	}
	return p.T("May {list}", "list", strings.Join(all, p.C("list", ", ")))
}

// Capital begins a text with a capital.
func Capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + text[size:]
}
