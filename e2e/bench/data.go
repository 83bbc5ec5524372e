package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
)

// The columns of the made data, in the order of the CSV file.
const csvHeader = "id,title,body,region,status,category,kind,owner,day,amount,qty,position"

// sizes of the five facets
var facets = []struct {
	name   string
	values int
}{{"region", 13}, {"status", 5}, {"category", 60}, {"kind", 4}, {"owner", 200}}

// vocabulary makes n words, some with accents, each different.
func vocabulary(n int) []string {
	syllables := strings.Fields("ba ce di fo gu lé mâ né po ru sa tè vi zo char don mer tou gris pont ville nord route é")
	words := make([]string, n)
	for i := range words {
		var b strings.Builder
		for k := i + 23; k > 0; k /= len(syllables) {
			b.WriteString(syllables[k%len(syllables)])
		}
		words[i] = b.String()
	}
	return words
}

// writeCSV makes a file of rows rows, the same for the same number, and gives its size in bytes.
func writeCSV(path string, rows int) (int64, error) {
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprintln(w, csvHeader)
	r := rand.New(rand.NewPCG(7, 11))
	words := vocabulary(18_700)
	zipf := rand.NewZipf(r, 1.1, 3, uint64(len(words)-1))
	sentence := func(n int) {
		for i := range n {
			if i > 0 {
				w.WriteByte(' ')
			}
			w.WriteString(words[zipf.Uint64()])
		}
	}
	for i := range rows {
		fmt.Fprintf(w, "row-%d,", i)
		sentence(5)
		w.WriteByte(',')
		sentence(14 + r.IntN(12))
		for _, f := range facets {
			fmt.Fprintf(w, ",%s %d", f.name, r.IntN(f.values))
		}
		fmt.Fprintf(w, ",20%02d-%02d-%02d,%.2f,%d,\"%.5f, %.5f\"\n",
			r.IntN(25), 1+r.IntN(12), 1+r.IntN(28), r.Float64()*1000, r.IntN(500), 42+r.Float64()*9, -4+r.Float64()*12)
	}
	if err := w.Flush(); err != nil {
		return 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
