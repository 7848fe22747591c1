# Bitácora. `make help` lists the targets.
SHELL := /bin/sh
.DEFAULT_GOAL := help

BIN     := bin/bitacora
LINT_VERSION := 2.15.0
TOOLS   := $(CURDIR)/.tools
LINT    := $(TOOLS)/golangci-lint-v$(LINT_VERSION)
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
GOFILES := $(shell git ls-files '*.go' 2>/dev/null)

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

.PHONY: build
build: ## build bin/bitacora
	go build -trimpath -ldflags '-X genia.ai/bitacora/internal/cli.version=$(VERSION)' -o $(BIN) ./cmd/bitacora

.PHONY: demo
demo: build ## walk the shipped runbook against a practice service (automatic without a terminal)
	@export XDG_STATE_HOME="$(CURDIR)/.demo/state"; mkdir -p "$$XDG_STATE_HOME"; \
	if [ -t 0 ] && [ -t 1 ]; then \
		$(BIN) run rollback-conectores --sandbox --param connector=facebook --param version=v1.4.2; code=$$?; \
		echo "The runs of the demo lie apart: XDG_STATE_HOME='$$XDG_STATE_HOME' $(BIN) export last"; exit $$code; \
	else \
		exec $(BIN) run rollback-conectores --sandbox --auto --scenario connector \
			--param connector=facebook --param version=v1.4.2 --answer rollback=yes </dev/null; \
	fi

.PHONY: test
test: ## run all tests; TESTFLAGS are passed on
	go test $(TESTFLAGS) ./...

.PHONY: check
check: ## everything that must hold on main
	@bad=$$(gofmt -l $(GOFILES)); [ -z "$$bad" ] || { echo "gofmt: $$bad"; exit 1; }
	go vet ./...
	$(MAKE) lint
	$(MAKE) generated
	$(MAKE) tour-check
	$(MAKE) test TESTFLAGS='-race $(TESTFLAGS)'
	go test ./tui -run TestAHundredThousandEvents -count=1

.PHONY: lint
lint: $(LINT) ## run the linters, import arrows included
	$(LINT) run ./...

$(LINT):
	GOFLAGS= GOBIN=$(TOOLS) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v$(LINT_VERSION)
	mv $(TOOLS)/golangci-lint $@

.PHONY: generated
generated: ## generated files are fresh, and go.mod is tidy
	go generate ./...
	go mod tidy -diff
	@git diff --exit-code --stat -- README.md docs go.mod go.sum || { echo "generated files are stale: commit what make generated wrote"; exit 1; }

.PHONY: tour
tour: build ## walk an example in the built program and record its screens in docs/screens
	go run ./internal/tour -bin $(BIN) -out docs/screens

.PHONY: tour-check
tour-check: build ## the recorded screens are what the built program draws
	go run ./internal/tour -bin $(BIN) -out docs/screens -check

.PHONY: bench
bench: ## benchmarks, as ratios against a floor in the same run
	go test ./internal/transcript ./internal/e2e -run '^$$' -bench . -benchtime 3x
	go test ./internal/sanitize ./internal/redact ./tui -run '^$$' -bench . -benchmem

.PHONY: bench-screen
bench-screen: build ## measure the full screen from outside; needs ../shared/bench or BITACORA_SHARED
	internal/screenbench/bench-screen $(BENCHFLAGS)

.PHONY: fuzz
fuzz: ## fuzz everything that reads outside bytes, FUZZTIME each (30s)
	@for pkg in $$(grep -l 'func Fuzz' $$(git ls-files '*_test.go') | xargs -n1 dirname | sort -u); do \
		for f in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9]*\).*/\1/p' $$pkg/*_test.go); do \
			go test ./$$pkg -run '^$$' -fuzz "^$$f\$$" -fuzztime $${FUZZTIME:-30s} || exit 1; \
		done; \
	done

.PHONY: clean
clean: ## remove what was built
	rm -rf bin .demo
