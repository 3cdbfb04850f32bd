# make help says what there is.

export GOFLAGS := -tags=nolibopusfile
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint
GOLANGCI_VERSION := v2.13.2
GOFUMPT := mvdan.cc/gofumpt
# gofumpt as it is inside golangci-lint, so that both agree
GOFUMPT_VERSION := v0.11.0

UI := web/ui/dist/index.html
UI_SOURCES := $(shell find web/ui -type f -not -path '*/node_modules/*' -not -path 'web/ui/dist/*' -not -name '*.go' -not -path 'web/ui/dev/*')

.DEFAULT_GOAL := help
.PHONY: help run build ui test check lint format unit race fuzz e2e bench model clean tools modules packages-run packages-test

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

run: packages-run build ## install what is missing, build, start the contact centre of examples/mediasrv.yml (data in ./data)
	@bin/mediasrv run examples/mediasrv.yml

build: $(UI) ## build the pages and bin/mediasrv
	@go build -o bin/mediasrv ./cmd/mediasrv

ui: $(UI)

$(UI): $(UI_SOURCES) scripts/ui.sh
	@scripts/ui.sh build

test: packages-test modules lint race fuzz e2e ## install what is missing, then lint, unit tests with the race detector, fuzz targets, end-to-end tests with real peers

check: lint unit ## format, vet, lint, unit tests: before each commit

lint: tools $(UI)
	@scripts/format.sh
	@go vet ./...
	@.tools/bin/golangci-lint run
	@go mod tidy -diff
	@if command -v shellcheck >/dev/null; then shellcheck scripts/*.sh .ci/run; fi
	@scripts/ui.sh check

unit: $(UI)
	@go test ./...

race: $(UI)
	@go test -race -shuffle=on -timeout 30m ./... # for a whole package, on a machine however slow
	@go test -run Alloc ./media/... # the race detector allocates by itself

fuzz: ## every fuzz target for a while; FUZZTIME=2m for longer
	@scripts/fuzz.sh

e2e: $(UI)
	@go test -tags nolibopusfile,e2e -count=1 -timeout 30m -parallel 4 ./internal/e2e/... # tests mostly wait: four beside each other keep two cores busy
	@go test -tags nolibopusfile,e2e -count=1 -timeout 10m -run '^Test(Sipp|Chromium)$$' ./sip ./media/webrtc

bench: $(UI) ## what a call costs: the engine in virtual time, and the whole server with a load generator (docs/performance.md)
	@scripts/bench.sh

model: ## the floor against a million random sequences of events, crashes among them: some ten minutes; SEQUENCES=10000 for fewer
	@go test ./routing/floor -run '^TestSequences$$' -v -timeout 0 -sequences $(or $(SEQUENCES),1000000)

format: tools
	@git ls-files -z '*.go' | xargs -0 .tools/bin/gofumpt -w

clean: ## remove what was built; ./data stays
	@rm -rf bin test-results web/ui/node_modules web/ui/dist
	@mkdir -p web/ui/dist && touch web/ui/dist/.keep

tools:
	@scripts/tool.sh $(GOLANGCI) $(GOLANGCI_VERSION)
	@scripts/tool.sh $(GOFUMPT) $(GOFUMPT_VERSION)

modules:
	@scripts/modules.sh

packages-run:
	@scripts/packages.sh run

packages-test:
	@scripts/packages.sh test
