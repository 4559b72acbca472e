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

verify: ## generated pages are up to date, and one pin
	./tools/verify

bench: ## measured figures of docs/benchmarks.md
	./tools/bench

replan: ## 100,000 open tickets planned again after a policy change, and the clocks of one (LOOPDESK_REPLAN=2000 for a smoke)
	LOOPDESK_REPLAN=$${LOOPDESK_REPLAN:-100000} go test ./internal/desk/sla -run '^$$' -bench . -benchtime=3x -count=1 -timeout 30m

bench-search: ## search over a synthetic desk, by its size: make bench-search N=1000000
	LOOPDESK_SEARCH_TICKETS=$${N:-100000} nice -n 19 go test ./internal/desk/search -run '^$$' -bench Search -benchtime 200x -count=1 -timeout 240m -v

found: ## every word of two characters of two corpora asked for by itself, on both engines: all that hold it are found, the total is right
	LOOPDESK_FOUND=all nice -n 5 go test ./internal/desk/search -run ByAnyTwoCharacters -count=1 -timeout 60m -v

wording: ## how often the rules of replies speak on real text, and how often wrongly
	go test -v -run TestN10_N41_MarksOnRealText -count=1 ./internal/desk/wording

bench-triage: ## what the model of suggestions guesses right, against naive Bayes, on public sets
	LOOPDESK_BENCH_TRIAGE=1 go test ./internal/desk/triage/model -run '^$$' -bench "Triage|Duplicates" -benchtime 1000x -count=1 -timeout 30m -v

radar: ## what the recurrence radar finds on public sets, against plain baselines, and 100,000 tickets at once
	LOOPDESK_RADAR=full nice -n 15 go test ./internal/desk/problem/radar -run TestN7 -count=1 -timeout 30m -v

bench-ui: ## pages in Chromium: bytes of a first load, shift of the layout, until a page is ready, latency of a command; of a desk that make big kept: LOOPDESK_BIG_KEEP=folder
	LOOPDESK_BENCH_UI=$${N:-40} nice -n 5 go test ./test/browser -run TestPagesAreLightAndStandStill -count=1 -timeout 30m -v

big: ## queue, ticket of 200 messages and search where many tickets are, and 2,000 live pages: make big N=1000000 PAGES=2000 ON=postgres
	LOOPDESK_BIG=$${N:-100000} LOOPDESK_BIG_PAGES=$${PAGES:-2000} go test ./test/load -run "TestABigDesk/$${ON:-.}" -count=1 -timeout 240m -v

storm: ## 10,000 clocks due in one minute: the delay of the last, and the queue page meanwhile (LOOPDESK_STORM=300 for a smoke)
	LOOPDESK_STORM=$${LOOPDESK_STORM:-10000} go test ./test/load -run P8_Storm -count=1 -timeout 60m -v

tally: ## the report over 100,000 tickets on page, by API and as files, on both engines (LOOPDESK_TALLY=2000 for a smoke)
	LOOPDESK_TALLY=$${LOOPDESK_TALLY:-100000} go test ./test/load -run ReportOfMany -count=1 -timeout 60m -v

rehearsal: ## 100,000 closed tickets judged again by a changed norm pack, how far it is while it runs, and stopped midway (LOOPDESK_REHEARSAL=2000 for a smoke)
	LOOPDESK_REHEARSAL=$${LOOPDESK_REHEARSAL:-100000} nice -n 15 go test ./test/load -run ARehearsalOfMany -count=1 -timeout 60m -v

timers: ## two nodes on one PostgreSQL with due timers, one killed 100 times
	LOOPDESK_TIMER_KILLS=100 go test ./test/fault -run F21 -count=1 -timeout 60m -v

screenshots: ## docs/screenshots by Chromium from a demo desk
	go test ./test/browser -run TestScreenshots -count=1 -args -write

looks: ## every page in both languages, both widths and both themes, each asked of axe (the tests divide the themes between the languages)
	LOOPDESK_LOOKS=all go test ./test/browser -run 'TestPages_A34_A40|TestEveryOtherPage' -count=1 -timeout 60m -v

fuzz: ## ten minutes for each parser of foreign bytes
	./tools/fuzz 10m

crash: ## kill -9 under load, 200 times on each engine
	LOOPDESK_KILLS=200 go test ./test/fault -run 'TestF0[12]' -count=1 -timeout 60m -v

faults: ## broken connections, full mailboxes and poison, in the numbers of F30–F39
	LOOPDESK_TEST_CUTS=500 LOOPDESK_TEST_MAILS=1000 LOOPDESK_TEST_POISON=2000 go test ./internal/channel/email ./internal/desk/notify ./test/fault -run TestF3 -count=1 -timeout 120m -v

directory: ## 10,000 people on a real slapd: synchronised, changed, disabled, renamed, ten rounds, both engines
	LOOPDESK_DIRECTORY=$${LOOPDESK_DIRECTORY:-10000} LOOPDESK_DIRECTORY_ROUNDS=10 go test ./internal/channel/ldap -run ALoopOfAServer -count=1 -timeout 120m -v

hostile: ## 5,629 payloads in every field, each looked at in Chromium in every view (about an hour; LOOPDESK_HOSTILE=500 for fewer)
	LOOPDESK_HOSTILE=$${LOOPDESK_HOSTILE:-all} go test ./test/browser -run TestS60_EveryFieldInEveryView -count=1 -timeout 8h -v

simulate: ## 10,000 seeds of the simulated desk
	LOOPDESK_SEEDS=10000 go test ./test/simulation -run TestF52 -count=1 -timeout 90m -v

incidents: ## 10,325 real incidents replayed and counted
	LOOPDESK_INCIDENTS=all go test ./test/incident -count=1 -timeout 60m -v

.PHONY: help run build test quick lint generate assets verify bench replan bench-search found wording bench-triage radar bench-ui big storm tally rehearsal timers screenshots looks fuzz crash faults directory hostile simulate incidents
