# One command for each thing that one does with the portal; `make` alone lists them.

SHELL := bash
VENV ?= .venv
PYTHON ?= python3.11
PORT ?= 8000
# 127.0.0.1 keeps a demo on the machine; HOST=0.0.0.0 shows it to the network.
HOST ?= 127.0.0.1
BIN := $(VENV)/bin
MANAGE = $(BIN)/python manage.py
STAMP := $(VENV)/.installed
TEST_PROCESSES ?= 2
TESTS ?=
PYTEST_ARGUMENTS ?=

# The demo and the tests use the embedded database and broker unless the command line says otherwise; an
# operator's .env (which the settings read) is out of their reach, because an empty variable counts as set.
DATABASE_URL ?=
REDIS_URL ?=
FENIX_CLIENT_ID ?=
FENIX_CLIENT_SECRET ?=
FENIX_URL ?=
DEMO_DIR := $(CURDIR)/var/demo
DEMO = DATABASE_URL="$(DATABASE_URL)" REDIS_URL="$(REDIS_URL)" EMAIL_URL= VAR_DIR="$(DEMO_DIR)" \
  SECRET_KEY="$$(cat '$(DEMO_DIR)/secret-key')" SITE_URL="http://$(HOST):$(PORT)" ALLOWED_HOSTS="*" DEBUG=false DEMO=true \
  FENIX_CLIENT_ID="$(FENIX_CLIENT_ID)" FENIX_CLIENT_SECRET="$(FENIX_CLIENT_SECRET)" FENIX_URL="$(FENIX_URL)"
# For commands that read the settings and keep no secret.
QUIET = SECRET_KEY=not-a-secret DATABASE_URL= REDIS_URL= EMAIL_URL= VAR_DIR="$(CURDIR)/var"

.DEFAULT_GOAL := help
.PHONY: help venv demo test lint fmt bench messages catalogues lock system clauses workflows

help:  ## list the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

system:
	@PYTHON=$(PYTHON) tools/system-packages python pango

venv: $(STAMP) catalogues  ## make or refresh the virtual environment (VENV=.venv)

$(STAMP): requirements-dev.lock | system
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
	  || { echo "$(VENV) has another Python than 3.11: remove it, or say VENV=another-folder."; exit 1; }
	@echo "Installing the locked dependencies into $(VENV)"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $(STAMP)

catalogues: $(STAMP)
	@$(QUIET) $(MANAGE) compile_catalogues

demo: venv  ## start the portal with demo data (PORT=8000; FRESH=1 makes the data anew)
	@if [ -n "$(FRESH)" ]; then \
	  if [ -n "$(DATABASE_URL)" ]; then echo "FRESH=1 empties the embedded demo only; empty $(DATABASE_URL) yourself."; exit 1; fi; \
	  rm -rf "$(DEMO_DIR)"; fi
	@mkdir -p "$(DEMO_DIR)"
	@test -s "$(DEMO_DIR)/secret-key" \
	  || (umask 077; $(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))' > "$(DEMO_DIR)/secret-key")
	@$(DEMO) $(MANAGE) migrate --verbosity 0
	@$(DEMO) $(MANAGE) collectstatic --no-input --verbosity 0
	@$(DEMO) $(MANAGE) demo
	@exec env $(DEMO) $(MANAGE) serve --host $(HOST) --port $(PORT)

test: venv  ## run every test (TESTS=tests/regulation narrows it; TEST_PROCESSES=2)
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null \
	  || echo "Chromium isn't installed: the browser tests will be reported as skipped (apt-get install chromium)."
	@DATABASE_URL="$(DATABASE_URL)" REDIS_URL="$(REDIS_URL)" \
	  $(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadfile -r s $(PYTEST_ARGUMENTS) $(TESTS)

lint: venv  ## style, layers, types, security, templates
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-cache
	@$(QUIET) $(BIN)/mypy .
	@$(BIN)/djlint --quiet --lint templates
	@$(BIN)/bandit --quiet --configfile pyproject.toml --recursive mobility applications scholarships recognition

fmt: venv  ## format code and templates
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .
	@$(BIN)/djlint --quiet --reformat templates || true

bench: venv  ## measure the engine and the closing of a call
	@DATABASE_URL="$(DATABASE_URL)" REDIS_URL="$(REDIS_URL)" $(BIN)/python -m benchmarks

messages: venv  ## collect the strings to translate into locale/ (needs gettext)
	@tools/system-packages gettext
	@$(QUIET) $(MANAGE) makemessages --locale pt --locale en --no-obsolete --no-location --no-wrap \
	  --ignore '$(VENV)/*' --ignore 'var/*' --ignore 'tests/*'
	@$(QUIET) $(MANAGE) compile_catalogues

clauses: venv  ## compare docs/regulation.md with the code's and the tests' citations
	@$(BIN)/python -m tests.architecture.clauses $(if $(WRITE),--write)

workflows: venv  ## draw docs/workflows.md from the transition tables
	@$(QUIET) $(MANAGE) draw_workflows

lock:  ## refresh both lock files from pyproject.toml (needs uv)
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header pyproject.toml -o requirements.lock
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header pyproject.toml --group dev -o requirements-dev.lock
