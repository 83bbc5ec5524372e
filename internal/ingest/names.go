package ingest

import (
	"strconv"
	"strings"

	"parvis/internal/text"
)

// maxName is how many characters a technical name may have.
const maxName = 100

// technical makes a technical name of a header: "N° de téléphone" becomes "n_de_telephone". It is "" where no letter
// or figure of the header has one in a-z and 0-9.
func technical(header string) string {
	var out strings.Builder
	gap := false
	for _, c := range []byte(text.Fold(header)) {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			gap = true
			continue
		}
		if gap && out.Len() > 0 {
			out.WriteByte('_')
		}
		gap = false
		if out.Len() >= maxName {
			break
		}
		out.WriteByte(c)
	}
	return strings.TrimSuffix(out.String(), "_")
}

// names gives out technical names, each once.
type names map[string]bool

// name gives the technical name of the header of column n, counted from 0.
func (taken names) name(header string, n int) string {
	base := technical(header)
	if base == "" {
		base = "column_" + strconv.Itoa(n+1)
	}
	name := base
	for i := 2; taken[name]; i++ {
		name = base + "_" + strconv.Itoa(i)
	}
	taken[name] = true
	return name
}

// IDFrom makes a dataset's identifier of the name of a file or of a title: "Prénoms 2024.csv.gz" becomes
// "prenoms-2024".
func IDFrom(name string) string {
	id := strings.ReplaceAll(technical(stem(name)), "_", "-")
	if id == "" {
		return "dataset"
	}
	return id
}

// stem gives the name of a file without what tells its format.
func stem(name string) string {
	for {
		dot := strings.LastIndexByte(name, '.')
		if dot <= 0 {
			return name
		}
		switch strings.ToLower(name[dot:]) {
		case ".csv", ".tsv", ".txt", ".dat", ".tab", ".json", ".jsonl", ".ndjson", ".geojson", ".xlsx", ".parquet", ".gz", ".gzip", ".zip":
			name = name[:dot]
		default:
			return name
		}
	}
}
