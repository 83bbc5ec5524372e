// Package mail sends the portal's letters: by SMTP, or into a folder where no server is set.
//
// It knows no letter's meaning and writes no address, subject or text into any log. Start at mail.go.
package mail
