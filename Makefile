# Every target installs what it needs. The CDK CLI and Node.js come from package.json, into node_modules; jsii and npx find
# that Node.js first on PATH.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

# The embedded database would otherwise need a C++ compiler and ICU's headers.
export GOFLAGS := $(strip $(shell go env GOFLAGS) -tags=gms_pure_go)

npm   := node_modules/.package-lock.json
tools := go tool -modfile=tools/go.mod

# What synthesizes in tests does so without CDK's own validation, which takes most of its time: `make synth` runs it, once.
unvalidated := CDK_VALIDATION=false

# ARGS are passed on: to cdk (make synth ARGS='-c zones=3'), to go test (make test ARGS='-run Network'), and so on.
ARGS ?=

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-10s %s\n", $$1, $$2}'

.PHONY: synth
synth: $(npm) .build/check ## Synthesize cdk.out with all validation, and sum it up
	npx cdk synth --quiet --output cdk.out $(ARGS)
	.build/check cdk.out

.PHONY: rehearse
rehearse: $(npm) .build/warmstandby ## Run both Regions on this machine, from the templates, and move the application
	.build/warmstandby rehearse $(ARGS)

.PHONY: test
# Most of the time of a scenario is waiting, so several are played at once.
test: $(npm) ## Run all tests
	$(unvalidated) go test -timeout 30m -parallel 6 $(ARGS) ./...

.PHONY: race
race: ## Run the tests of what runs outside CDK with the race detector
	go test -race $(ARGS) ./bin/warmstandby ./functions/... ./internal/...

.PHONY: simulate
simulate: ## Run 10,000 disasters through the failover engine, and as many recoveries through what reacts to them (ARGS='-seeds N -seed S')
	go test ./internal/failover ./internal/recovery/dns ./internal/recovery/simulation -run '^TestSimulation$$' -count 1 -timeout 30m -v -args -seeds 10000 $(ARGS) | grep -vE '^ *(=== |--- PASS)'

.PHONY: golden
golden: $(npm) ## Write the golden files anew, for a change of templates or of the report's schema that is meant
	$(unvalidated) go test ./test ./internal/failover/report -run Golden -update

.PHONY: lint
lint: ## Check format, vet, static analysis, scripts and go.mod
	@unformatted=$$($(tools) gofumpt -l $$(git ls-files '*.go')); \
		if [[ -n "$$unformatted" ]]; then echo "gofumpt would change:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	$(tools) staticcheck ./...
	go mod tidy -diff
	@if command -v shellcheck >/dev/null; then shellcheck --external-sources .ci/run scripts/deploy.sh scripts/destroy.sh; \
		else echo "shellcheck is not installed; .ci/run installs it and checks the scripts"; fi
	@if command -v cfn-lint >/dev/null; then cfn-lint; else echo "cfn-lint is not installed; the templates are not checked with it"; fi

.PHONY: bench
bench: $(npm) ## Measure synthesis, functions and templates; prints a table and writes out/bench.json
	$(unvalidated) go run ./bin/bench $(ARGS)

.PHONY: diff
diff: $(npm) ## Show what a deployment would change
	npx cdk diff $(ARGS)

.PHONY: deploy
deploy: $(npm) ## Deploy everything, in order, and create the table
	scripts/deploy.sh $(ARGS)

.PHONY: destroy
destroy: $(npm) ## Delete everything that deploy made, in order, after asking
	scripts/destroy.sh $(ARGS)

.PHONY: clean
clean: ## Remove what was built and synthesized
	rm -rf .build cdk.out out

$(npm): package.json package-lock.json
	npm ci --ignore-scripts --no-progress --loglevel=error

# Go decides itself whether anything has to be built again.
.PHONY: .build/check .build/warmstandby
.build/check .build/warmstandby:
	@go build -o $@ ./bin/$(@F)
