# Two commands to learn: `make demo` and `make test`. Everything else is a part of them.
.DEFAULT_GOAL := help
.SUFFIXES:
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
# The Python that makes .venv: the first that is 3.11 or later, with or without pip.
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python3.14; do \
  $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$name; exit; }; \
  done; echo python3)
LOCAL = $(PYTHON) -m deploy.local
BIN := .venv/bin
unexport PYTHONPATH PYTHONHOME

.PHONY: help demo up down test scenarios lint fmt bench lock clean venv dev

help:  ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 8

demo: venv  ## everything at once, with a simulated fleet: watch it in a browser
	@$(BIN)/fleet demo $(ARGS)

up: venv  ## the two servers, and their addresses
	@$(LOCAL) up

down:  ## stop the two servers
	@$(LOCAL) down

test: dev  ## all tests, on real servers and a real browser; ARGS='-k word' for some
	@$(LOCAL) fetch >/dev/null
	@chromium="$$($(LOCAL) chromium)"; FLEET_CHROMIUM="$$chromium" $(BIN)/python -m pytest $(ARGS)

scenarios: dev  ## every scenario of the simulated sea and the whole days, drawn afresh; SEED=7 for one
	@$(BIN)/python -m tests.scenarios $(if $(SEED),--seed $(SEED)) $(ARGS)

lint: dev  ## style, types, architecture
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python hatch_build.py --types

fmt: dev  ## let ruff write
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: dev  ## the benchmarks, each beside its peer in the same run
	@$(LOCAL) fetch >/dev/null
	@$(BIN)/python -m benchmarks $(ARGS)

lock:  ## pin the newest versions anew (needs uv)
	@cd requirements && for name in runtime stack build node dev $$(ls peers/*.in | sed 's/\.in$$//'); do \
	  source=$$name.in; [ $$name = runtime ] && source=../pyproject.toml; \
	  $${UV:-uv} pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header --output-file $$name.txt $$source; done

venv:
	@$(LOCAL) venv >/dev/null

dev:
	@$(LOCAL) venv --dev >/dev/null

clean:  ## stop and forget everything made here
	@$(LOCAL) clean
