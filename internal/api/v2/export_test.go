package v2

// Paths gives the paths of all routes, for the test of the OpenAPI document.
func Paths() []string {
	var out []string
	for _, r := range (&API{}).routes() {
		out = append(out, r.path)
	}
	return out
}
