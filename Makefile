# Every target works on a fresh Debian 12 with only git, make and python3-venv.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCAL := SPOTCOFFEE_DATA=./var SPOTCOFFEE_WEB_BIND=127.0.0.1:8443 \
	SPOTCOFFEE_RADIUS_AUTH_BIND=127.0.0.1:1812 SPOTCOFFEE_RADIUS_ACCT_BIND=127.0.0.1:1813

# Tests that start the product's own processes.
PROGRAMS := tests/e2e tests/cli tests/fuzz

.PHONY: test-programs test-code test-browser test-postgresql gateway-demo setup run test check format bench soak pictures lock dev packages fast

setup: $(VENV)/.run

$(VENV)/.run: requirements/run.txt pyproject.toml tools/compile_messages.py $(shell find src -name '*.po')
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

dev: $(VENV)/.dev

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

run: setup
	$(LOCAL) $(BIN)/spotcoffee run --demo

# A phone, a box and an Internet in network namespaces (root).
gateway-demo: dev packages
	PYTHONPATH=. $(BIN)/python tools/gateway_demo.py

packages:
	tools/debian-packages

check: dev
	$(BIN)/ruff format --check --quiet src tests bench tools
	$(BIN)/ruff check --quiet src tests bench tools
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy
	$(BIN)/python tools/check_languages.py

format: dev
	$(BIN)/ruff format --quiet src tests bench tools
	$(BIN)/ruff check --quiet --fix src tests bench tools

# Two at a time, for two processors; what measures rates is alone.
test: dev packages check
	$(MAKE) --no-print-directory --jobs=2 --output-sync=line test-programs test-code
	$(MAKE) --no-print-directory --jobs=2 --output-sync=line test-browser test-postgresql
	$(BIN)/pytest -q tests/lab

test-programs:
	$(BIN)/pytest -q $(PROGRAMS)

test-code:
	$(BIN)/pytest -q tests --ignore=tests/browser --ignore=tests/lab $(PROGRAMS:%=--ignore=%)

test-browser:
	$(BIN)/pytest -q tests/browser

test-postgresql:
	SPOTCOFFEE_TEST_DATABASE=postgresql $(BIN)/pytest -q tests/storage tests/services tests/servers tests/twins

fast: dev
	$(BIN)/pytest -q tests/domain tests/protocols

bench: dev
	$(BIN)/python -m bench

pictures: dev packages
	$(BIN)/python tools/pictures.py

soak: dev
	$(BIN)/python -m bench.soak

# The locks are made anew with uv, which is needed for nothing else.
lock:
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
		--no-header --group build pyproject.toml -o requirements/run.txt
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
		--no-header --constraint requirements/run.txt --group build --group dev pyproject.toml -o requirements/dev.txt
