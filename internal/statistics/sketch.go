package statistics

import (
	"math"
	"math/bits"
)

// The shape of a sketch: exact up to exactly so many tags, then 4,096 registers, 4 kB, whose error is 1.6 %.
const (
	exactUpTo    = 1000
	registerBits = 12
	registers    = 1 << registerBits
)

// sketch is a set of tags of which only the number can be asked: exact while it is small, then HyperLogLog.
type sketch struct {
	exact map[uint64]struct{} // nil once there are too many
	ranks []uint8
}

func newSketch() *sketch { return &sketch{exact: map[uint64]struct{}{}} }

// add puts a tag, whose bits are as good as random, into the set.
func (s *sketch) add(tag uint64) {
	if s.exact != nil {
		s.exact[tag] = struct{}{}
		if len(s.exact) <= exactUpTo {
			return
		}
		s.ranks = make([]uint8, registers)
		for old := range s.exact {
			s.rank(old)
		}
		s.exact = nil
		return
	}
	s.rank(tag)
}

func (s *sketch) rank(tag uint64) {
	at := tag >> (64 - registerBits)
	zeros := uint8(bits.LeadingZeros64(tag<<registerBits|1<<(registerBits-1))) + 1
	s.ranks[at] = max(s.ranks[at], zeros)
}

// count gives the number of different tags.
func (s *sketch) count() int64 {
	if s.exact != nil {
		return int64(len(s.exact))
	}
	const m = float64(registers)
	sum, none := 0.0, 0
	for _, r := range s.ranks {
		sum += math.Ldexp(1, -int(r))
		if r == 0 {
			none++
		}
	}
	n := 0.7213 / (1 + 1.079/m) * m * m / sum
	if n <= 2.5*m && none > 0 {
		n = m * math.Log(m/float64(none))
	}
	return int64(math.Round(n))
}
