# The verbs of this project. `make V=1 …` shows every command.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SECONDEXPANSION:
MAKEFLAGS += --jobs=$(shell nproc)
Q := $(if $(V),,@)

BIN := node_modules/.bin
ENTER := test/lab/enter
NODE_PREFIX := $(shell node -p "require('node:path').resolve(process.execPath, '../..')" 2>/dev/null)
# node-gyp downloads Node's headers unless it is told where they are.
export npm_config_nodedir := $(if $(wildcard $(NODE_PREFIX)/include/node/node_api.h),$(NODE_PREFIX),)

PREREQUISITES := build/.prerequisites
MODULES := node_modules/.package-lock.json
ADDON := build/Release/subflowd.node
COMPILED := dist/.tsbuildinfo
TAP_PLUGINS := .tap/plugins/package.json
KERNEL_TOOLS := build/.kernel-tools
TRAFFIC := $(addprefix build/test/,client peer relay sniff)
NATIVE_TESTS := build/test/native-codecs

NATIVE_SOURCES := $(shell find native -name '*.cc' -o -name '*.h')
CODECS := $(filter-out native/netlink/receiver.cc,$(shell find native/netlink native/mptcp native/diag -name '*.cc'))
TS_SOURCES := $(shell find src test docs -name '*.ts')
CXX_FILES = $(NATIVE_SOURCES) $(shell find test -name '*.cc' -o -name '*.h')

CXXFLAGS := -std=c++20 -Wall -Wextra -Wpedantic -Werror
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all
NATIVE_OBJECTS := $(patsubst %.cc,build/test/obj/%.o,$(CODECS) $(wildcard test/native/*.cc))

# The two commands

.PHONY: demo
demo: build $(TRAFFIC) ## show subflowd at work on real connections, in namespaces of its own
	$(Q)$(ENTER) node dist/test/demo/main.js

.PHONY: test
test: build $(TRAFFIC) $(NATIVE_TESTS) $(TAP_PLUGINS) ## prove it: codecs, units, scenarios, contract and lab tests
	$(Q)$(ENTER) test/run-tests

# Parts

.PHONY: build
build: $(ADDON) $(COMPILED) ## compile the addon and the TypeScript

.PHONY: check
check: $(COMPILED) ## types, lint, format, unused code, package
	$(Q)$(BIN)/biome check
	$(Q)$(BIN)/clang-format --dry-run --Werror $(CXX_FILES)
	$(Q)$(BIN)/knip
	$(Q)$(BIN)/publint --strict --pack=false

.PHONY: bench
bench: build $(TRAFFIC) ## latency, storm, failover, memory, beside the in-kernel path manager
	$(Q)$(ENTER) node dist/test/bench/main.js

.PHONY: kernels
kernels: build $(TRAFFIC) $(KERNEL_TOOLS) ## lab tests in Debian's kernels, emulated: see CONTRIBUTING.md
	$(Q)node dist/test/kernels/main.js

.PHONY: format
format: $(MODULES) ## rewrite the sources in the project's format
	$(Q)$(BIN)/biome check --write
	$(Q)$(BIN)/clang-format -i $(CXX_FILES)

.PHONY: clean
clean: ## remove everything that was built or fetched
	$(Q)rm -rf build dist .tap node_modules

.PHONY: help
help: ## print this list
	$(Q)awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# What they need

$(PREREQUISITES): packaging/system-packages
	$(Q)packaging/system-packages
	$(Q)mkdir -p $(@D) && touch $@

$(KERNEL_TOOLS): packaging/system-packages | $(PREREQUISITES)
	$(Q)packaging/system-packages kernels
	$(Q)touch $@

$(MODULES): package.json package-lock.json .npmrc | $(PREREQUISITES)
	$(Q)npm ci --ignore-scripts --no-progress --loglevel=error
	$(Q)touch $@

$(ADDON): $(NATIVE_SOURCES) binding.gyp | $(MODULES)
	$(Q)MAKEFLAGS= $(BIN)/node-gyp configure build --jobs=max --loglevel=error --silent > /dev/null
	$(Q)touch $@

$(COMPILED): $(TS_SOURCES) tsconfig.json $(MODULES)
	$(Q)$(BIN)/tsc -p .
	$(Q)chmod +x dist/src/daemon/main.js dist/src/cli/main.js
	$(Q)touch $@

# Made by the first run otherwise, which then begins without it.
$(TAP_PLUGINS): .taprc $(MODULES)
	$(Q)$(BIN)/tap build
	$(Q)touch $@

$(TRAFFIC): build/test/%: $$(wildcard test/lab/traffic/%/* test/lab/traffic/common/*) | $(PREREQUISITES)
	$(Q)mkdir -p $(@D)
	$(Q)$(CXX) $(CXXFLAGS) -O2 -o $@ $(filter %.cc,$^)

# Codecs are tested without Node, under the address and undefined-behaviour sanitizers.
$(NATIVE_TESTS): $(NATIVE_OBJECTS)
	$(Q)$(CXX) $(SANITIZE) -o $@ $^

build/test/obj/%.o: %.cc | $(PREREQUISITES)
	$(Q)mkdir -p $(@D)
	$(Q)$(CXX) $(CXXFLAGS) -g -O1 $(SANITIZE) -MMD -Inative -Itest/native -c -o $@ $<

-include $(NATIVE_OBJECTS:.o=.d)
