package main

import (
	"fmt"
	"runtime"
	"slices"
	"time"
)

// report collects figures and prints each as it comes.
type report struct{ missed int }

// figure prints a measured value beside its limit; less tells on which side the limit lies.
func (r *report) figure(name string, value, limit float64, unit string, atMost bool, detail string) {
	kept := value <= limit
	sign := "≤"
	if !atMost {
		kept = value >= limit
		sign = "≥"
	}
	mark := "ok  "
	if !kept {
		mark = "MISS"
		r.missed++
	}
	fmt.Printf("%s %-42s %10.2f %-6s (%s %g)  %s\n", mark, name, value, unit, sign, limit, detail)
}

// note prints a value that has no limit.
func (r *report) note(name, detail string) { fmt.Printf("     %-42s %s\n", name, detail) }

// median runs f n times after one warm-up and gives the median time.
func median(n int, f func() error) (time.Duration, error) {
	times, err := pairs(n, f)
	if err != nil {
		return 0, err
	}
	return times[0], nil
}

// pairs runs the functions in turn, n rounds after one warm-up, and gives the median time of each: machines drift, and turns share the drift.
func pairs(n int, fs ...func() error) ([]time.Duration, error) {
	all := make([][]time.Duration, len(fs))
	for round := range n + 1 {
		for i, f := range fs {
			runtime.GC()
			start := time.Now()
			if err := f(); err != nil {
				return nil, err
			}
			if round > 0 {
				all[i] = append(all[i], time.Since(start))
			}
		}
	}
	medians := make([]time.Duration, len(fs))
	for i, times := range all {
		slices.Sort(times)
		medians[i] = times[len(times)/2]
	}
	return medians, nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }
