package back

import (
	"strings"

	"parvis/internal/locale"
)

// unit is a unit of time of quotas in words.
type unit struct{ Name, Label string }

func units(p *locale.Printer) []unit {
	return []unit{{"second", p.T("a second")}, {"minute", p.T("a minute")}, {"hour", p.T("an hour")}, {"day", p.T("a day")},
		{"month", p.T("a month")}, {"year", p.T("a year")}}
}

// verb says what an event of the log did to its object; what is not known here stays in the log's own word.
func verb(p *locale.Printer, word string) string {
	switch word {
	case "create":
		return p.T("made")
	case "update":
		return p.T("changed")
	case "set_email":
		return p.T("given another address")
	case "describe":
		return p.T("described by the identity provider")
	case "enable":
		return p.T("let in again")
	case "disable":
		return p.T("shut out")
	case "remove":
		return p.T("removed")
	case "set_members":
		return p.T("given other members")
	case "resend":
		return p.T("sent again")
	case "revoke":
		return p.T("ended")
	case "approved":
		return p.T("approved")
	case "rejected":
		return p.T("refused")
	case "withdraw":
		return p.T("withdrawn")
	case "publish":
		return p.T("published")
	case "accept_invitation":
		return p.T("came by invitation")
	case "sign_up":
		return p.T("signed up")
	case "set_security":
		return p.T("given other rights")
	case "set_password":
		return p.T("given a password")
	case "set_second_step":
		return p.T("given a second step")
	case "remove_second_step":
		return p.T("freed of the second step")
	case "add_passkey":
		return p.T("given a passkey")
	case "remove_passkey":
		return p.T("a passkey taken away")
	case "link_identity":
		return p.T("linked to an identity")
	case "unlink_identity":
		return p.T("unlinked from an identity")
	case "renew_secret":
		return p.T("given a new secret")
	case "allow":
		return p.T("allowed to act")
	}
	return strings.ReplaceAll(word, "_", " ")
}
