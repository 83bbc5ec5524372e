package account

// Actor is who asks. It is always an argument, never hidden in a context.
type Actor struct {
	Key         int64       // the API key used; 0 for none
	Everything  bool        // may see and do everything: the operator at the command line, and keys made there
	Person      *Person     // nil: nobody in particular
	Application bool        // of a third party, which the person lets act for them: it does not act for the person's own account
	Scope       Permissions // what the key or application used may do of what its person may; Every for a session
}

// Anonymous is who asks without saying who they are.
var Anonymous = Actor{}

// Operator is who works at the command line.
var Operator = Actor{Everything: true, Scope: Every}

// Person is somebody with an account as it stood at one moment: it never changes, and is shared.
type Person struct {
	ID          int64
	Email       string
	Name        string              // as they want to be called; "" where they gave none
	Groups      []int64             // sorted
	Permissions Permissions         // their own and those of their groups
	Attributes  map[string][]string // what an identity provider or an administrator says of them, for #attr(…)
	Language    string              // the code of the language they chose; "" where they chose none
	Quota       Quota               // of API calls: their own, else the widest of their groups, else none
}

// Known tells whether the actor said who they are.
func (a Actor) Known() bool { return a.Everything || a.Key != 0 || a.Person != nil }

// May tells whether the actor has a permission in the whole portal. Who may edit the domain may do everything,
// as far as the key or application that they use goes.
func (a Actor) May(p Permission) bool {
	switch {
	case a.Everything:
		return true
	case a.Person == nil || !a.Scope.Has(p):
		return false
	}
	return a.Person.Permissions.Has(p) || a.Person.Permissions.Has(EditDomain)
}
