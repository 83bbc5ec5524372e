package odsql

// Walk visits e and, where visit answers true, all that stands in it, in the order of the text. A nil e is no
// node.
func Walk(e Expr, visit func(Expr) bool) {
	if e == nil || !visit(e) {
		return
	}
	switch e := e.(type) {
	case *Negative:
		Walk(e.X, visit)
	case *Arithmetic:
		Walk(e.L, visit)
		Walk(e.R, visit)
	case *Call:
		for _, a := range e.Args {
			Walk(a.Value, visit)
		}
	case *Attr:
		Walk(e.Field, visit)
	case *Range:
		Walk(e.Low, visit)
		Walk(e.High, visit)
	case *Logic:
		for _, t := range e.Terms {
			Walk(t, visit)
		}
	case *Not:
		Walk(e.X, visit)
	case *Compare:
		Walk(e.L, visit)
		Walk(e.R, visit)
	case *In:
		Walk(e.X, visit)
		for _, v := range e.List {
			Walk(v, visit)
		}
		if e.Range != nil {
			Walk(e.Range, visit)
		}
		if e.Field != nil {
			Walk(e.Field, visit)
		}
	case *Like:
		Walk(e.X, visit)
		Walk(&e.Pattern, visit)
	case *Is:
		Walk(e.X, visit)
		Walk(e.Value, visit)
	}
}
