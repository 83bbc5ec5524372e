package ingest

import (
	"slices"
	"strings"
)

// saysCode tells whether a technical name is that of a code: figures that nobody adds up, and of which some may have
// a zero before them, as the postal code 01000 has. Such a column is text even where all its values look like numbers:
// 78361 is the commune 78361 everywhere, and not 78,361 in one place and "01004" in another.
//
// A word for a code makes the name one of a code wherever it stands in it, as in "code_postal" or "siret_du_siege"; a
// word for a quantity ("nb_codes") unmakes it. The word for a place that has an official number must be the whole
// name: "departement" holds codes, "population_du_departement" does not.
func saysCode(name string) bool {
	words := strings.Split(name, "_")
	if len(words) == 1 && slices.Contains([]string{"departement", "dep", "dept", "commune", "region", "epci", "canton"}, name) {
		return true
	}
	code := false
	for _, word := range words {
		switch word {
		case "nb", "nbr", "nbre", "nombre", "count", "counts", "total", "sum", "somme", "effectif", "effectifs", "taux", "part",
			"population", "pct", "percent", "moyenne", "average", "montant", "amount":
			return false
		case "insee", "postal", "postaux", "cp", "zip", "zipcode", "postcode", "postleitzahl", "plz", "cap",
			"siren", "siret", "epci", "cog", "rna", "finess", "uai", "iris", "naf", "nuts", "fips", "geoid",
			"ean", "gtin", "isbn", "issn", "isin", "iban",
			"tel", "telephone", "phone", "telefon", "fax", "mobile":
			code = true
		default:
			code = code || strings.HasPrefix(word, "code")
		}
	}
	return code
}
