# make run    the whole platform in one command, with the demonstration district
# make test   everything that is checked: lint, types, import rules, Python, front end, browser
#
# Both install what they need first (make setup). What is done is marked in .setup/ and not done again.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
# What `make run` hands on; see `jiceng serve --help`.
ARGS ?= --demo
# Three processes on two processors: the tests start servers of their own and wait for them a part of their time.
# Long files come first (tests/conftest.py), so that none is begun last.
PYTEST_ARGS ?= -n 3 --dist loadfile --no-loadscope-reorder

FRONTEND_SOURCES := $(shell find frontend -type f -not -path '*/node_modules/*' -not -path '*/tests/*' -not -path '*/test-results/*' 2>/dev/null)
# Debian's names of what only the tests need: a browser with Chinese letters, the office program and the PDF tools that
# open what was exported, and servers that are not our own to run against.
TEST_PACKAGES := chromium-headless-shell fonts-noto-cjk libreoffice-calc poppler-utils postgresql redis-server

.PHONY: run test setup test-setup lint types imports test-python test-frontend test-e2e lock bundle pictures clean

run: setup
	exec $(BIN)/jiceng serve $(ARGS)

# What is short runs side by side; the two long ones take both processors each, one after the other.
test: test-setup
	$(MAKE) -j2 -O lint types imports test-frontend
	$(MAKE) test-python
	$(MAKE) test-e2e

setup: .setup/python .setup/frontend

# ---------------------------------------------------------------------------------------------------------- Python

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Python 3.11 or newer is needed; $(PYTHON) is older. Set PYTHON=/path/to/python3.11." >&2; exit 1; }
	@if ! $(PYTHON) -c 'import ensurepip' 2>/dev/null; then \
	    if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	        apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends python3-venv; \
	    else \
	        echo "Python can't make virtual environments here. Run: sudo apt-get install python3-venv" >&2; exit 1; \
	    fi; \
	fi
	$(PYTHON) -m venv .venv

# No index is named: pip uses the machine's own configuration. The lock's hashes decide what may be installed.
.setup/python: requirements.lock pyproject.toml | $(BIN)/python .setup
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

.setup:
	@mkdir -p $@

# ------------------------------------------------------------------------------------------------------- front end

.setup/frontend-packages: frontend/package.json frontend/package-lock.json | .setup
	@command -v npm >/dev/null || { echo "npm is needed, with Node 20 or newer." >&2; exit 1; }
	cd frontend && npm ci --no-audit --no-fund
	@touch $@

# The build lands in platform/web/static, where the web serves it from.
.setup/frontend: .setup/frontend-packages $(FRONTEND_SOURCES)
	cd frontend && npm run build
	@touch $@

# ----------------------------------------------------------------------------------------------------------- tests

# Only what is missing, and without starting any service: a policy that forbids it stands while they are installed.
test-setup: setup
	@missing=""; for package in $(TEST_PACKAGES); do \
	    dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
	    if [ "$$(id -u)" != 0 ]; then echo "The tests need packages. Run: sudo apt-get install$$missing" >&2; exit 1; fi; \
	    policy=/usr/sbin/policy-rc.d; \
	    if [ ! -e $$policy ]; then printf '#!/bin/sh\nexit 101\n' > $$policy; chmod 755 $$policy; trap "rm -f $$policy" EXIT; fi; \
	    apt-get update -q; \
	    DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends$$missing; \
	fi

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	cd frontend && npm run --silent lint

types: setup
	$(BIN)/mypy
	cd frontend && npm run --silent typecheck

imports: setup
	PYTHONPATH=platform $(BIN)/lint-imports

test-python: test-setup
	$(BIN)/pytest $(PYTEST_ARGS)

test-frontend: setup
	cd frontend && npm run --silent test

test-e2e: test-setup
	cd frontend && npm run --if-present test:e2e

# ------------------------------------------------------------------------------------------------------ housekeeping

# For every kind of machine at once: markers say which package is for which. The second one is the first without what
# only development needs, for installations. Needs the network.
UV_COMPILE := .setup/uv/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
    --no-header --quiet
lock: | .setup
	test -x .setup/uv/bin/uv || { $(PYTHON) -m venv .setup/uv && .setup/uv/bin/pip install --quiet uv; }
	$(UV_COMPILE) --extra dev --output-file requirements.lock
	$(UV_COMPILE) --constraints requirements.lock --no-annotate --output-file deploy/requirements.lock

# An archive that installs without a network, on machines like this one: dist/jiceng-VERSION-SYSTEM-MACHINE.tar.gz
bundle: setup
	PYTHON=$(BIN)/python deploy/bundle/make.sh

# The README's pictures, from a demonstration that is running.
pictures: test-setup
	cd frontend && node scripts/pictures.mjs

# Data in var/ stays.
clean:
	rm -rf .setup .venv frontend/node_modules platform/web/static .mypy_cache .ruff_cache .pytest_cache \
	    .import_linter_cache .hypothesis
