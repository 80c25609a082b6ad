# The verbs of this project. `make V=1 …` shows every command.

SHELL := /bin/bash
.DEFAULT_GOAL := help
Q := $(if $(V),,@)
BIN := node_modules/.bin
NODE_PREFIX = $(shell node -p "require('path').resolve(process.execPath, '../..')")
# node-gyp downloads Node's headers unless told where they are.
export npm_config_nodedir := $(if $(wildcard $(NODE_PREFIX)/include/node/node_api.h),$(NODE_PREFIX),)

help: ## print this list
	$(Q)awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: help
