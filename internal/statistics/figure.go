package statistics

import "strconv"

// Figure is a number as the public may see it: hidden below Threshold, rounded above.
type Figure struct {
	N      int64 // rounded; 0 where Hidden
	Hidden bool  // there are some, fewer than Threshold
}

// Publish makes a figure of a count. From Threshold on it is rounded to a multiple of 5 and to two significant
// digits, so that what is hidden cannot be found by subtracting.
func Publish(n int64) Figure {
	if n > 0 && n < Threshold {
		return Figure{Hidden: true}
	}
	return Figure{N: rounded(n)}
}

func rounded(n int64) int64 {
	step := int64(5)
	for n/step >= 100 && step < 1<<40 {
		if step == 5 {
			step = 10
		} else {
			step *= 10
		}
	}
	return (n + step/2) / step * step
}

// Total makes a figure of a sum out of the published figures alone, never of the counts behind them: what is hidden
// counts as half of Threshold. It tells nothing that the figures do not tell, so nothing can be found by subtracting.
func Total(parts ...Figure) Figure {
	var sum, hidden int64
	for _, p := range parts {
		sum += p.N
		if p.Hidden {
			hidden++
		}
	}
	return Publish(sum + hidden*Threshold/2)
}

// String gives the figure as data files have it: "<5", or the number.
func (f Figure) String() string {
	if f.Hidden {
		return "<" + strconv.Itoa(Threshold)
	}
	return strconv.FormatInt(f.N, 10)
}

// MarshalJSON gives null where the figure is hidden.
func (f Figure) MarshalJSON() ([]byte, error) {
	if f.Hidden {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, f.N, 10), nil
}
