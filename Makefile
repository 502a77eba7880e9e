# Each target installs what it needs, can be repeated, and prints how long it takes.

.DEFAULT_GOAL := help
.PHONY: help run build web test check dev bench bench-quick torture prove

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## build the program quickly and start it here (first time 15 to 20 minutes on two cores, then seconds)
	@scripts/build quick
	@exec target/quick/latchkey serve

build: ## build the release: one file, target/release/latchkey
	@scripts/build

web: ## build the browser code into target/site (QUICK=1: faster to build, larger)
	@scripts/web

test: ## run every test: rules, both databases, HTTP, a real browser (first time about 20 minutes)
	@scripts/test

check: ## check formatting, lints, documentation and repository rules (first time about 10 minutes)
	@scripts/check

dev: ## run a debug build, and rebuild it whenever a file changes
	@scripts/dev

bench: ## measure both databases beside pgbench, a bare signer and another provider (ten minutes, after the build)
	@scripts/bench

bench-quick: ## the same in two minutes, for its ratios only
	@scripts/bench quick

torture: ## kill a busy server repeatedly, on both databases, and check that nothing acknowledged was lost (more than ten minutes)
	@scripts/torture

prove: ## run 100,000 random operations against a model, and a fuzzer against the API, on both databases (more than an hour)
	@scripts/prove
