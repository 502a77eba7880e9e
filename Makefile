# What one does with Latchkey. Each of these does its own set-up first, may be repeated, and says how long it takes.

.DEFAULT_GOAL := help
.PHONY: help run build web test check dev bench torture prove

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## build what ships, and start it here (first time about 15 minutes on two cores, then seconds)
	@.ci/build
	@exec target/release/latchkey serve

build: ## build what ships: one file, target/release/latchkey
	@.ci/build

web: ## build the browser's half into target/site (QUICK=1: faster to build, larger)
	@.ci/web

test: ## run every test: rules, both databases, HTTP, a real browser (first time about 20 minutes)
	@.ci/test

check: ## format, lints, documentation, rules of the house (first time about 10 minutes)
	@.ci/check

dev: ## run a debug build, and build it again whenever a file changes
	@.ci/dev

bench: ## measure activations per second on this machine's disk (a minute, after the build)
	@.ci/bench

torture: ## kill a busy server again and again, on both databases, and look whether it kept its word (two minutes)
	@.ci/torture

prove: ## play 100,000 random operations against a plain model, on both databases (ten minutes, after the build)
	@.ci/prove
