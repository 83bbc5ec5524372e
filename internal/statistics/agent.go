package statistics

import (
	"hash/maphash"
	"slices"
	"strings"
	"sync/atomic"
)

// class is what kind of client asks: a person with a browser, a program that works for somebody, or a crawler.
type class byte

const (
	human   class = 'h'
	program class = 'p'
	bot     class = 'b'
)

// client is all that is ever kept of the name by which a client calls itself: its class and a name of our own.
type client struct {
	class  class
	family string
}

// agents tells clients apart by their User-Agent. It remembers answers under a hash that is good for this process
// alone, in memory: the names themselves are not kept anywhere.
type agents struct {
	crawlers *crawlers
	seed     maphash.Seed
	known    []client
	recent   [1024]atomic.Uint64 // hash without its last byte, and the index of a client there
}

func newAgents() (*agents, error) {
	c, err := readCrawlers()
	if err != nil {
		return nil, err
	}
	return &agents{crawlers: c, seed: maphash.MakeSeed(), known: clients()}, nil
}

// clients lists every client that can be told apart, at most 255.
func clients() []client {
	out := []client{{bot, "unnamed"}, {bot, "crawler"}, {program, "other"}, {human, "other"}}
	for _, b := range browsers() {
		out = append(out, client{human, b.family}, client{human, b.family + " mobile"})
	}
	for _, p := range programs() {
		out = append(out, client{program, p.family})
	}
	return out
}

// find tells what client calls itself so, as a place in known.
func (a *agents) find(name string) byte {
	if name == "" {
		return 0
	}
	hash := maphash.String(a.seed, name)
	slot := &a.recent[hash>>54] // the index and the 56 bits below tell the whole hash but for a byte
	if held := slot.Load(); held != 0 && held>>8 == hash&(1<<56-1) {
		return byte(held)
	}
	c := a.judge(name)
	i := slices.Index(a.known, c)
	slot.Store(hash<<8 | uint64(i))
	return byte(i)
}

// mark is a piece of a User-Agent, and what it stands for.
type mark struct{ piece, family string }

// browsers lists the families in the order in which they must be looked for: many call themselves Chrome or Safari too.
func browsers() []mark {
	return []mark{{"Firefox/", "firefox"}, {"FxiOS/", "firefox"}, {"Edg", "edge"}, {"OPR/", "opera"}, {"SamsungBrowser/", "samsung"},
		{"Chrome/", "chrome"}, {"CriOS/", "chrome"}, {"Safari/", "safari"}}
}

// programs lists what people use to ask for open data, beside what the list of crawlers names.
func programs() []mark {
	return []mark{{"QGIS", "qgis"}, {"python-requests", "python"}, {"Python-urllib", "python"}, {"aiohttp", "python"}, {"httpx", "python"}, {"Python/", "python"},
		{"curl", "curl"}, {"Wget", "wget"}, {"wget", "wget"}, {"libcurl r-curl", "r"}, {"httr", "r"}, {"RStudio", "r"}, {"R (", "r"},
		{"Microsoft.Data.Mashup", "excel"}, {"Microsoft Office", "excel"}, {"Excel", "excel"}, {"LibreOffice", "libreoffice"}, {"GDAL", "gdal"}, {"ArcGIS", "arcgis"},
		{"Tableau", "tableau"}, {"duckdb", "duckdb"}, {"Go-http-client", "go"}, {"okhttp", "java"}, {"Java/", "java"}, {"Apache-HttpClient", "java"},
		{"node", "javascript"}, {"axios", "javascript"}, {"undici", "javascript"}, {"Deno/", "javascript"}, {"Bun/", "javascript"},
		{"PostmanRuntime", "postman"}, {"insomnia", "postman"}}
}

// judge reads a name: a crawler where the list or the name says so, else a program we know, else a browser, which
// all begin alike; what is left is a program.
func (a *agents) judge(name string) client {
	if len(name) > 1024 {
		name = name[:1024]
	}
	listed := a.crawlers.find(name)
	if listed == bot || crawls(name) {
		return client{bot, "crawler"}
	}
	for _, m := range programs() {
		if strings.Contains(name, m.piece) {
			return client{program, m.family}
		}
	}
	if listed == program || !strings.HasPrefix(name, "Mozilla/") && !strings.HasPrefix(name, "Opera/") {
		return client{program, "other"}
	}
	for _, m := range browsers() {
		if strings.Contains(name, m.piece) {
			if strings.Contains(name, "Mobi") || strings.Contains(name, "Android") {
				return client{human, m.family + " mobile"}
			}
			return client{human, m.family}
		}
	}
	return client{human, "other"}
}

// crawls tells whether a name has one of the words by which crawlers call themselves. Cubot makes telephones.
func crawls(name string) bool {
	low := strings.ReplaceAll(strings.ToLower(name), "cubot", "")
	return strings.Contains(low, "bot") || strings.Contains(low, "crawl") || strings.Contains(low, "spider")
}
