# Everything a newcomer needs is `make run` and `make test`; `make check` is all that CI does.
export GOFLAGS := -tags=duckdb_arrow -buildvcs=false $(EXTRA_GOFLAGS)
LDFLAGS := -s -w -X main.version=$(shell git describe --tags --always --dirty 2>/dev/null || echo dev) -extldflags "-static-libstdc++ -static-libgcc"
DATA ?= data
ADDR ?= 127.0.0.1:8080
FUZZTIME ?= 5s
LINT := bin/golangci-lint

.PHONY: run test check build demo lint fuzz shots lighthouse bench bench-large sizes conformance clean scripts libraries types

## run: build Parvis, load the demo portal and serve it at http://127.0.0.1:8080
run: build demo
	bin/parvis serve --data $(DATA) --addr $(ADDR) --language fr --title "Données ouvertes — Grand Paris Seine & Oise"

## test: every test that needs nothing but Go and a C compiler
test: scripts
	go test ./internal/... ./cmd/...
	go test -count=1 -p 1 -timeout 20m ./e2e/... # one after the other: some measure time. They build the binary themselves, which the test cache does not see

## check: all of CI
check: lint test fuzz conformance

## build: the binary, in bin/parvis
build: scripts
	go build -trimpath -ldflags '$(LDFLAGS)' -o bin/parvis ./cmd/parvis

## scripts: the scripts of the pages, bundled from their TypeScript sources
SOURCES := $(shell find internal/web/assets/src tools/bundle -type f)
scripts: internal/web/assets/dist/.made
internal/web/assets/dist/.made: $(SOURCES)
	cd tools/bundle && GOFLAGS=-buildvcs=false go run .
	@touch $@

## libraries: the libraries that pages use, from npm and at the versions of tools/libraries/package-lock.json
libraries:
	cd tools/libraries && npm ci --no-audit --no-fund
	cd tools/bundle && GOFLAGS=-buildvcs=false go run . -libraries

## types: the types of the scripts; needs npm
types:
	cd tools/libraries && npm ci --no-audit --no-fund
	tools/libraries/node_modules/.bin/tsc --noEmit -p internal/web/assets/src

# The demo portal is imported once; `make clean` forgets it.
demo: $(DATA)/.demo
$(DATA)/.demo: build $(shell find demo -type f 2>/dev/null)
	bin/parvis import --data $(DATA) demo
	@touch $@

## lint: go vet and the linters of .golangci.yml, pinned in tools/go.mod
lint: $(LINT) scripts
	go vet ./...
	$(LINT) run ./...
$(LINT): tools/go.mod
	cd tools && GOFLAGS=-buildvcs=false go build -o ../$(LINT) github.com/golangci/golangci-lint/v2/cmd/golangci-lint

## fuzz: every fuzz target for FUZZTIME
fuzz:
	./e2e/fuzz.sh $(FUZZTIME)

## lighthouse: Lighthouse over the demo portal; needs node and chromium, and asks npm for Lighthouse
lighthouse: build
	e2e/lighthouse.sh bin/parvis

## shots: pictures of every page, wide and at 360 px, by day and by night, in three languages, each combined with each, in SHOTS; needs Chromium
SHOTS ?= shots
shots: scripts
	mkdir -p $(SHOTS)
	PARVIS_EVERY_LOOK=1 PARVIS_SHOTS=$(abspath $(SHOTS)) go test -count=1 -timeout 30m -run 'TestPages|TestPeople|TestBackOffice|TestOptionalServices' ./e2e/browser

## bench: the figures of the product as ratios against baselines in the same run
bench: build
	go run ./e2e/bench -binary bin/parvis

## bench-large: 100 million rows; needs about 30 GB of disk and an hour
bench-large: build
	go run ./e2e/bench -binary bin/parvis -large

## conformance: the conformance cases, where they stand beside the project
conformance: build
	./e2e/conformance.sh

## sizes: lines of code a room, largest first
sizes:
	@git ls-files '*.go' | grep -v _test.go | xargs wc -l | awk '$$2!="total"{n=$$1; sub(/\/[^\/]*$$/,"",$$2); s[$$2]+=n} END{for(k in s) print s[k], k}' | sort -rn

clean:
	rm -rf bin $(DATA) internal/web/assets/dist/*.js* internal/web/assets/dist/.made
