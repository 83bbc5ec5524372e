package account

// Actor is who asks. It is always an argument, never hidden in a context.
type Actor struct {
	Key        int64 // the API key used; 0 for none
	Everything bool  // may see every dataset and every row
}

// Anonymous is who asks without saying who they are.
var Anonymous = Actor{}
