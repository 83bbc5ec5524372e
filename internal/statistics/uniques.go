package statistics

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"net/netip"
	"sync"
)

// uniques reckons how many different visitors a day had, in memory alone. A visitor is known for the day by a tag: a
// keyed hash of the network of their address and the family of their browser, under a salt that is made when the day or
// the process begins, is written nowhere, and is overwritten when the day is over. Nothing but numbers leaves it.
type uniques struct {
	mu      sync.Mutex
	day     Day
	late    bool // it began after its day had: the number is no more than near
	salt    [32]byte
	scratch [sha256.BlockSize + 64]byte // of the hash, here so that it can be overwritten too
	sets    map[string]*sketch          // by dataset, "" is the whole portal
}

// uniqueKey is one number of one day.
type uniqueKey struct {
	day     Day
	dataset string
}

// uniqueCount is what becomes of a day's tags.
type uniqueCount struct {
	n    int64
	late bool
}

// newUniques begins in the middle of a day.
func newUniques(day Day) *uniques {
	u := &uniques{}
	u.begin(day, true)
	return u
}

// begin forgets all tags and makes a new salt over the old one.
func (u *uniques) begin(day Day, late bool) {
	u.day, u.late = day, late
	rand.Read(u.salt[:])
	clear(u.scratch[:])
	u.sets = map[string]*sketch{}
}

// note takes in a visit to the portal, and to a dataset where it is not "". It gives the numbers of the day before
// where this visit is the first of a new day.
func (u *uniques) note(day Day, from netip.Addr, family, dataset string) (over map[uniqueKey]uniqueCount) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if day > u.day {
		over = u.close()
		u.begin(day, day > u.day+1)
	}
	network := truncated(from)
	if !network.IsValid() {
		return over
	}
	tag := u.tag(network, family)
	u.add("", tag)
	if dataset != "" {
		u.add(dataset, tag)
	}
	return over
}

// turn ends the day where it is over and nobody came since.
func (u *uniques) turn(day Day) (over map[uniqueKey]uniqueCount) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if day <= u.day {
		return nil
	}
	over = u.close()
	u.begin(day, false)
	return over
}

// end gives the numbers so far, and forgets all else: the process ends.
func (u *uniques) end() map[uniqueKey]uniqueCount {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.late = true
	over := u.close()
	u.begin(u.day, true)
	return over
}

func (u *uniques) close() map[uniqueKey]uniqueCount {
	over := map[uniqueKey]uniqueCount{}
	for dataset, set := range u.sets {
		over[uniqueKey{u.day, dataset}] = uniqueCount{set.count(), u.late}
	}
	return over
}

func (u *uniques) add(dataset string, tag uint64) {
	set := u.sets[dataset]
	if set == nil {
		set = newSketch()
		u.sets[dataset] = set
	}
	set.add(tag)
}

// tag is the first 64 bits of HMAC-SHA-256 of a network and a family under the day's salt. It is written out here,
// since the standard library's keeps copies of its key that nobody can overwrite.
func (u *uniques) tag(network netip.Prefix, family string) uint64 {
	message := u.scratch[sha256.BlockSize:sha256.BlockSize]
	address := network.Addr().As16()
	message = append(message, address[:]...)
	message = append(message, byte(network.Bits()))
	message = append(message, family[:min(len(family), 40)]...)
	u.pad(0x36)
	inner := sha256.Sum256(u.scratch[:sha256.BlockSize+len(message)])
	u.pad(0x5c)
	copy(u.scratch[sha256.BlockSize:], inner[:])
	outer := sha256.Sum256(u.scratch[:sha256.BlockSize+len(inner)])
	clear(u.scratch[:])
	return binary.BigEndian.Uint64(outer[:])
}

// pad writes the salt in the form of the inner or the outer hash.
func (u *uniques) pad(with byte) {
	for i := range sha256.BlockSize {
		u.scratch[i] = with
	}
	for i, b := range u.salt {
		u.scratch[i] ^= b
	}
}
