# The verbs of this project. `make V=1 …` shows every command.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
Q := $(if $(V),,@)

BIN := node_modules/.bin
TAP := $(BIN)/tap --disable-coverage --allow-empty-coverage --reporter=terse
ENTER := test/lab/enter
NODE_PREFIX := $(shell node -p "require('node:path').resolve(process.execPath, '../..')" 2>/dev/null)
# node-gyp downloads Node's headers unless it is told where they are.
export npm_config_nodedir := $(if $(wildcard $(NODE_PREFIX)/include/node/node_api.h),$(NODE_PREFIX),)

PREREQUISITES := build/.prerequisites
MODULES := node_modules/.package-lock.json
ADDON := build/Release/subflowd.node
COMPILED := dist/.tsbuildinfo

NATIVE_SOURCES := $(shell find native -name '*.cc' -o -name '*.h')
TS_SOURCES := $(shell find src test -name '*.ts')

## The two commands

.PHONY: demo
demo: build traffic ## show subflowd at work on real connections, in namespaces of its own
	$(Q)$(ENTER) node dist/test/demo/main.js

.PHONY: test
test: build traffic test-native ## prove it: unit, native, scenarios, contract and lab tests
	$(Q)$(ENTER) test/run-tests

## Parts

.PHONY: build
build: $(ADDON) $(COMPILED) ## compile the addon and the TypeScript

.PHONY: help
help: ## print this list
	$(Q)awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: check
check: $(COMPILED) ## types, lint, format, unused code, package
	$(Q)$(BIN)/biome check
	$(Q)$(BIN)/clang-format --dry-run --Werror $(NATIVE_SOURCES) $(shell find test -name '*.cc' -o -name '*.h')
	$(Q)$(BIN)/knip
	$(Q)$(BIN)/publint --strict

.PHONY: format
format: $(MODULES) ## rewrite sources in the project's format
	$(Q)$(BIN)/biome check --write
	$(Q)$(BIN)/clang-format -i $(NATIVE_SOURCES) $(shell find test -name '*.cc' -o -name '*.h')

.PHONY: bench
bench: build traffic ## join latency, storm, failover and memory, beside the in-kernel path manager
	$(Q)$(ENTER) node dist/test/bench/main.js

.PHONY: clean
clean: ## remove everything that was built
	$(Q)rm -rf build dist .tap node_modules

# What must be there

$(PREREQUISITES): packaging/system-packages
	$(Q)packaging/system-packages
	$(Q)mkdir -p $(@D) && touch $@

$(MODULES): package.json package-lock.json .npmrc | $(PREREQUISITES)
	$(Q)npm ci --ignore-scripts --no-progress
	$(Q)touch $@

$(ADDON): $(NATIVE_SOURCES) binding.gyp | $(MODULES)
	$(Q)$(BIN)/node-gyp rebuild --loglevel=error
	$(Q)touch $@

$(COMPILED): $(TS_SOURCES) tsconfig.json $(MODULES)
	$(Q)$(BIN)/tsc -p .
	$(Q)touch $@
