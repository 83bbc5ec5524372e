// Package picture reads what pictures tell of themselves and makes small ones of them.
//
// Foreign bytes are opened here and nowhere else: what a picture would take is known before it is opened, and only so much is open
// at once. Start at shrink.go.
package picture
