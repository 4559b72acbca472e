# Loopdesk. `make help` lists the targets.
.DEFAULT_GOAL := help
TOOL := go tool -modfile=tools/go.mod

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## a desk with sample data at http://127.0.0.1:8080
	go run ./cmd/loopdesk demo

build: ## bin/loopdesk, static
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o bin/loopdesk ./cmd/loopdesk

test: ## everything: installs what the tests need, both engines, browser
	./tools/test

quick: ## tests without lint and browser
	./tools/test --quick

lint: ## walls and habits
	$(TOOL) golangci-lint run

generate: ## pages and the OpenAPI document from their sources
	$(TOOL) templ generate
	go generate ./...

assets: ## styles and scripts (needs Node; the result is committed)
	./internal/web/assets/build.sh

verify: ## generated files are up to date
	./tools/verify

bench: ## measured figures of docs/benchmarks.md
	./tools/bench

screenshots: ## docs/screenshots by Chromium from a demo desk
	go test ./test/browser -run TestScreenshots -count=1 -args -write

fuzz: ## ten minutes for each parser of foreign bytes
	./tools/fuzz 10m

crash: ## kill -9 under load, 200 times on each engine
	LOOPDESK_KILLS=200 go test ./test/fault -run 'TestF0[12]' -count=1 -timeout 60m -v

.PHONY: help run build test quick lint generate assets verify bench screenshots fuzz crash
