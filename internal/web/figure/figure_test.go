package figure

import (
	"encoding/xml"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
)

// TestEveryKindDrawsEverything draws each kind with one series and with many, of hostile names and missing values: the
// drawing is well-formed, no name is markup, and every value is told by its mark.
func TestEveryKindDrawsEverything(t *testing.T) {
	evil := `</title><script>alert(1)</script>"&`
	for _, kind := range Kinds {
		for _, n := range []int{0, 1, 8} {
			f := Figure{Kind: kind, Title: evil, Number: func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }}
			if n > 0 {
				f.Labels = []string{evil, "b", "c", "d"}
			}
			for k := range n {
				v := float64(k*10 + 1)
				f.Series = append(f.Series, Series{Name: evil + strconv.Itoa(k), Values: []float64{v, v + 1, math.NaN(), v + 2.5}, Low: []float64{0, 1, 2, math.NaN()},
					Boxes: [][5]float64{{1, 2, 3, 4, 5}, {1, 1, 1, 1, 1}, {math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN()}, {-5, 0, 1, 2, 9}}})
			}
			if n == 8 {
				f.Points = []Point{{1, 2, evil}, {3, 4, "b"}}
			}
			for what, text := range map[string]string{"wide": string(f.Wide()), "narrow": string(f.Narrow()), "file": f.File()} {
				if strings.Contains(text, "<script") || strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
					t.Errorf("%s %s of %d series: %.300s", kind, what, n, text)
				}
				d := xml.NewDecoder(strings.NewReader(text))
				for {
					if _, err := d.Token(); err == io.EOF {
						break
					} else if err != nil {
						t.Fatalf("%s %s of %d series: %v", kind, what, n, err)
					}
				}
				if n == 1 && kind != Scatter && kind != Range && kind != Box && !strings.Contains(text, ": 3.5") {
					t.Errorf("%s %s does not tell its last value", kind, what)
				}
			}
		}
	}
}

func TestTicksAreRound(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		n         int
	}{{0, 44_000, 5}, {-3, 7, 5}, {0.001, 0.0042, 5}, {5, 5, 4}, {-1e9, 1e12, 6}} {
		got := ticks(c.low, c.high, c.n)
		if len(got) < 2 || len(got) > c.n+3 || got[0] > c.low || got[len(got)-1] < c.high {
			t.Errorf("from %v to %v: %v", c.low, c.high, got)
		}
	}
}
