package statistics

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

func TestTruncation(t *testing.T) {
	for address, want := range map[string]string{
		"203.0.113.77": "203.0.113.0/24", "2001:db8:1:2:3::4": "2001:db8:1::/48", "::ffff:203.0.113.77": "203.0.113.0/24", "fe80::1%eth0": "fe80::/48",
	} {
		if got := truncated(netip.MustParseAddr(address)).String(); got != want {
			t.Errorf("%s is %s, want %s", address, got, want)
		}
	}
	if truncated(netip.Addr{}).IsValid() {
		t.Error("no address has a network")
	}
}

func TestTagIsHMAC(t *testing.T) {
	u := newUniques(1)
	for _, address := range []string{"203.0.113.77", "2001:db8::1"} {
		network := truncated(netip.MustParseAddr(address))
		bytes16 := network.Addr().As16()
		mac := hmac.New(sha256.New, u.salt[:])
		mac.Write(bytes16[:])
		mac.Write([]byte{byte(network.Bits())})
		mac.Write([]byte("firefox"))
		if got, want := u.tag(network, "firefox"), binary.BigEndian.Uint64(mac.Sum(nil)); got != want {
			t.Errorf("%x, want %x", got, want)
		}
	}
}

// TestSaltDiesWithItsDay: it is another one after midnight and after a restart, the old one is in no corner of the memory,
// and none is ever on disk.
func TestSaltDiesWithItsDay(t *testing.T) {
	dir := t.TempDir()
	b := openAt(t, filepath.Join(dir, "parvis.db"), Uniques, time.Date(2026, 11, 18, 23, 59, 0, 0, time.UTC))
	view := func() {
		b.ask(Hit{Kind: View, Page: "home", Address: netip.MustParseAddr("203.0.113.77")}, 200)
	}
	view()
	// What is looked for is kept as hexadecimal text, so that looking for it is not what puts it into the memory.
	old := hex.EncodeToString(b.uniques.salt[:])
	inner, outer := padded(old, 0x36), padded(old, 0x5c)
	if !inMemory(t, old) {
		t.Fatal("the salt of the day is not found in memory: the search cannot find anything")
	}
	b.clock.now = b.clock.now.Add(2 * time.Minute)
	view()
	now := hex.EncodeToString(b.uniques.salt[:])
	if now == old {
		t.Fatal("the salt outlives its day")
	}
	for name, text := range map[string]string{"the old salt": old, "its inner form": inner, "its outer form": outer} {
		if inMemory(t, text) {
			t.Errorf("%s is still in memory", name)
		}
	}
	other, err := Open(t.Context(), Options{DB: b.pool, Log: b.Counter.log, Level: Uniques, Clock: b.clock.time})
	if err != nil || hex.EncodeToString(other.uniques.salt[:]) == now {
		t.Errorf("the salt outlives its process (%v)", err)
	}
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{old, now} {
		if onDisk(t, dir, text) {
			t.Error("a salt is on the disk")
		}
	}
}

func padded(salt string, with byte) string {
	raw, _ := hex.DecodeString(salt)
	for i := range raw {
		raw[i] ^= with
	}
	defer clear(raw)
	return hex.EncodeToString(raw)
}

// inMemory looks for bytes in everything that the process holds.
func inMemory(t *testing.T, text string) bool {
	t.Helper()
	runtime.GC()
	f, err := os.Create(filepath.Join(t.TempDir(), "heap"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	debug.WriteHeapDump(f.Fd())
	content, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Contains([]byte(hex.EncodeToString(content)), []byte(text))
}

func onDisk(t *testing.T, dir, text string) bool {
	t.Helper()
	raw, _ := hex.DecodeString(text)
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(content, raw) || bytes.Contains(content, []byte(text)) {
			return true
		}
	}
	return false
}

// TestDatabaseConfirmsNoVisit: whoever has the whole data directory and the program, and knows a visitor's browser, cannot
// tell from which network they came: a database left by one visitor is that left by any other.
func TestDatabaseConfirmsNoVisit(t *testing.T) {
	leave := func(address string) string {
		b := open(t, Uniques)
		for range 9 {
			b.ask(Hit{Kind: View, Page: "dataset", Dataset: "da_aaaaaa", Address: netip.MustParseAddr(address)}, 200)
		}
		if err := b.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		return dump(t, b.pool)
	}
	one := leave("203.0.113.77")
	for _, other := range []string{"203.0.113.78", "198.51.100.1", "2001:db8::1"} {
		if leave(other) != one {
			t.Errorf("%s leaves another database", other)
		}
	}
}

// TestEndWritesNoTags: what is on disk after a shutdown is numbers.
func TestEndWritesNoTags(t *testing.T) {
	dir := t.TempDir()
	b := openAt(t, filepath.Join(dir, "parvis.db"), Uniques, time.Now())
	for i := range 50 {
		b.ask(Hit{Kind: View, Page: "home", Address: netip.AddrFrom4([4]byte{203, 0, byte(i), 7})}, 200)
	}
	var tags []uint64
	for tag := range b.uniques.sets[""].exact {
		tags = append(tags, tag)
	}
	if len(tags) != 50 {
		t.Fatalf("%d tags", len(tags))
	}
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(b.uniques.sets) != 0 {
		t.Error("tags outlive the end")
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, tag := range tags {
			for _, form := range [][]byte{binary.BigEndian.AppendUint64(nil, tag), binary.LittleEndian.AppendUint64(nil, tag)} {
				if bytes.Contains(content, form) {
					t.Fatalf("%s holds a tag", filepath.Base(name))
				}
			}
		}
	}
	if rows := query(t, b.pool, `SELECT n, approximate FROM usage_uniques`); len(rows) != 1 || rows[0][0] != int64(50) || rows[0][1] != int64(1) {
		t.Errorf("%v", rows)
	}
}
