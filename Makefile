# Guiju: what a person types. Everything lands in .venv/ and var/; nothing else on the machine is touched.
# Needs Python 3.11 or newer (with its venv module) and the network once, for `make install`.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
HOST ?= 127.0.0.1
PORT ?= 8080

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --no-deps
RUNTIME := .venv/.installed-runtime
DEVELOPMENT := .venv/.installed-dev

.PHONY: help
help:  ## list what can be done
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## ?/  make \1\t/' | expand -t 24

.PHONY: install
install: $(RUNTIME)  ## make .venv with the locked dependencies and Guiju itself

.PHONY: install-dev
install-dev: $(DEVELOPMENT)  ## the same with what the tests need

.PHONY: run
run: install  ## set up on the first run, then start gateway and console (HOST=, PORT=)
	@exec $(BIN)/guiju up --host $(HOST) --port $(PORT)

.PHONY: test
test: install-dev  ## every test; PostgreSQL and browser tests where those are installed
	@exec $(BIN)/python -m tests

.PHONY: lint
lint: install-dev  ## ruff and mypy
	$(BIN)/ruff check src tests tools bench
	$(BIN)/mypy

.PHONY: bench
bench: install-dev  ## figures beside the peer's, measured in the same run
	@exec $(BIN)/python -m bench

.PHONY: docs
docs: install-dev  ## write the reference pages (errors, settings, commands, checks) from the source
	@exec $(BIN)/python -m tools.reference

.PHONY: messages
messages: install-dev  ## collect the console's strings and compile the translation
	@exec $(BIN)/python tools/messages

.PHONY: screenshots
screenshots: install-dev  ## a picture of every screen in both languages, into docs/screenshots/
	@exec $(BIN)/python -m tools.screenshots

.PHONY: lock
lock:  ## resolve the dependencies again and write the lock files
	@tools/lock

.PHONY: clean
clean:  ## remove the environment and caches; var/ with its database and keys stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis artifacts
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@[ -n "$(PYTHON)" ] || { echo "Guiju needs Python 3.11 or newer on the PATH (or: make PYTHON=/path/to/python3)." >&2; exit 1; }
	@$(PYTHON) -m venv --clear .venv || { rm -rf .venv; \
		echo "$(PYTHON) cannot make an environment. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }

$(RUNTIME): requirements.lock pyproject.toml hatch_build.py $(wildcard src/guiju/native/*.[ch]) | .venv/bin/python
	@echo "Installing Guiju into .venv (once; about half a minute) ..."
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-build-isolation --editable .
	@touch $@

$(DEVELOPMENT): requirements-dev.lock $(RUNTIME)
	@echo "Installing what the tests need ..."
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@
