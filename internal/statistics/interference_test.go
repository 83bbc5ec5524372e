package statistics

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"
)

// request is one of a recorded workload.
type request struct {
	after   time.Duration
	hit     Hit
	status  int
	visitor int // who asked: an address, a browser, cookies
	headers http.Header
}

// dice are thrown the same way each time.
type dice struct{ state uint64 }

func (d *dice) throw(n int) int {
	d.state += 0x9e3779b97f4a7c15
	z := (d.state ^ d.state>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return int((z ^ z>>31) % uint64(n))
}

// workload records mixed requests of many visitors over four days.
func workload(seed uint64, n int) []request {
	random := &dice{seed}
	var out []request
	for range n {
		q := request{after: time.Duration(random.throw(int(96*time.Hour) / n)), status: 200, visitor: random.throw(60), headers: http.Header{}}
		uid := fmt.Sprintf("da_%06d", random.throw(30))
		switch random.throw(7) {
		case 0:
			q.hit = Hit{Kind: View, Page: "catalogue", Searched: true, Terms: [...]string{"budget", "cantine", "jean dupont"}[random.throw(3)], Found: random.throw(2) == 0}
		case 1:
			q.hit = Hit{Kind: Download, Format: [...]string{"csv", "json", "parquet"}[random.throw(3)], Dataset: uid, Endpoint: "exports"}
		case 2:
			q.hit, q.status = Hit{Kind: Call, Endpoint: "records", Dataset: uid}, [...]int{200, 304, 400, 404}[random.throw(4)]
		case 3:
			q.hit = Hit{}
		case 4:
			q.hit = Hit{Kind: Attachment, Dataset: uid, Endpoint: "attachment"}
		default:
			q.hit = Hit{Kind: View, Page: "dataset", Dataset: uid}
		}
		if random.throw(4) == 0 {
			q.headers.Set("Referer", fmt.Sprintf("https://site%d.example.org/path", random.throw(5)))
		}
		if random.throw(9) == 0 {
			q.headers.Set("Sec-GPC", "1")
		}
		out = append(out, q)
	}
	return out
}

// identity is how a visitor may look: their place in this list is that of their class and family.
type identity func(visitor int) (address netip.Addr, agent, cookies string)

func plainly(visitor int) (netip.Addr, string, string) {
	agents := [...]string{firefox, "curl/8.5.0", google, "Mozilla/5.0 (X11) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"}
	return netip.AddrFrom4([4]byte{203, 0, byte(visitor), 7}), agents[visitor%4], fmt.Sprintf("sessionid=%d", visitor)
}

// disguised gives every visitor another address and name of the same class and family: networks are permuted, of another kind even.
func disguised(visitor int) (netip.Addr, string, string) {
	agents := [...]string{"Mozilla/5.0 (Windows NT 10.0; rv:99.0) Gecko/20100101 Firefox/99.0", "curl/7.1 (other)", "Mozilla/5.0 (compatible; bingbot/2.0)",
		"Mozilla/5.0 (Macintosh) AppleWebKit/1.0 Chrome/1.2.3.4 Safari/5"}
	return netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, 0, byte(255 - visitor), 15: 9}), agents[visitor%4], fmt.Sprintf("csrftoken=x%d", visitor*7)
}

// replay runs a workload and gives the database that it leaves.
func replay(t *testing.T, level Level, all []request, who identity) string {
	t.Helper()
	b := open(t, level)
	for i, q := range all {
		b.clock.now = b.clock.now.Add(q.after)
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header = q.headers.Clone()
		address, agent, cookies := who(q.visitor)
		r.Header.Set("User-Agent", agent)
		r.Header.Set("Cookie", cookies)
		r.RemoteAddr = netip.AddrPortFrom(address, uint16(1000+i%1000)).String()
		h := q.hit
		h.Address = address
		b.Note(r, q.status, &h)
		if i%97 == 0 {
			b.flush()
		}
	}
	b.clock.now = b.clock.now.AddDate(0, 0, 8)
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := b.Clean(t.Context()); err != nil {
		t.Fatal(err)
	}
	return dump(t, b.pool)
}

// TestNonInterference: two replays whose visitors have other addresses, browsers of another version and other cookies leave
// the same database, byte for byte.
func TestNonInterference(t *testing.T) {
	for _, level := range []Level{Counts, Uniques} {
		for seed := range uint64(3) {
			all := workload(seed, 3000)
			one, other := replay(t, level, all, plainly), replay(t, level, all, disguised)
			if one != other {
				t.Fatalf("%s: who asked can be seen\n%s\n%s", level, one, other)
			}
			if len(one) < 5000 {
				t.Fatalf("the replay leaves next to nothing:\n%s", one)
			}
			// The test can fail: without the uniques, who asked how often is not in the database; with another workload it changes.
			if different := replay(t, level, all[1:], plainly); different == one {
				t.Error("another workload leaves the same database")
			}
		}
	}
}

func TestUniquesSeeVisitors(t *testing.T) {
	b := open(t, Uniques)
	view := func(address, agent string) {
		b.ask(Hit{Kind: View, Page: "dataset", Dataset: "da_aaaaaa", Address: netip.MustParseAddr(address)}, 200, "User-Agent", agent)
	}
	b.clock.now = b.Today().Start().AddDate(0, 0, 1) // a whole day
	for range 3 {
		view("203.0.113.77", firefox)
		view("203.0.113.78", firefox)                         // the same network
		view("::ffff:203.0.113.79", firefox)                  // written in another way
		view("203.0.114.77", firefox)                         // another
		view("2001:db8:1:2:3::4", firefox)                    //
		view("2001:db8:1:9::1", firefox)                      // the same network
		view("203.0.113.77", "Mozilla/5.0 Chrome/1 Safari/1") // another browser
		view("203.0.113.77", google)                          // no visitor
	}
	yesterday := b.Today()
	b.clock.now = b.clock.now.AddDate(0, 0, 1)
	view("203.0.113.77", firefox)
	b.flush()
	got, err := b.UniquesOf(t.Context(), "", Period{yesterday, yesterday})
	if err != nil || fmt.Sprint(got) != fmt.Sprint([]Unique{{yesterday, 4, false}}) {
		t.Errorf("%v, %v", got, err)
	}
	if got, _ := b.UniquesOf(t.Context(), "da_aaaaaa", Period{yesterday, yesterday}); len(got) != 1 || got[0].N != 4 {
		t.Errorf("of the dataset: %v", got)
	}
	if got, _ := b.UniquesOf(t.Context(), "", Period{yesterday + 1, yesterday + 1}); len(got) != 0 {
		t.Errorf("a day that is not over is written: %v", got)
	}
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, _ := b.UniquesOf(t.Context(), "", Period{yesterday + 1, yesterday + 1}); fmt.Sprint(got) != fmt.Sprint([]Unique{{yesterday + 1, 1, true}}) {
		t.Errorf("after the end: %v", got)
	}
}

// TestUniquesWithinTheirError: beyond a thousand the number is within 3 %, and a restart makes it an upper bound and says so.
func TestUniquesWithinTheirError(t *testing.T) {
	for _, n := range []int{1, 999, 1000, 1001, 5000, 100_000} {
		u := newUniques(20000)
		for i := range n {
			for range 2 {
				u.note(20000, netip.AddrFrom4([4]byte{byte(i >> 16), byte(i >> 8), byte(i), 1}), "firefox", "")
			}
		}
		got := u.end()[uniqueKey{20000, ""}].n
		if n <= exactUpTo && got != int64(n) || float64(got) < 0.95*float64(n) || float64(got) > 1.05*float64(n) {
			t.Errorf("%d visitors are %d", n, got)
		}
	}
}
