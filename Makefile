# Lamplighter. `make` alone lists the targets.
SHELL := /bin/sh
.DEFAULT_GOAL := help
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed
CI ?=
# Two workers by default: the suite shares one PostgreSQL server and each worker has its own database.
WORKERS ?= 2
# Many tests start processes of their own; each would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / {printf "  \033[1m%-16s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml requirements/dev.txt requirements/bootstrap.txt tools/install.sh
	@tools/install.sh $(VENV)
	@touch $@

.PHONY: install
install: $(STAMP) ## Make .venv with every locked dependency

.PHONY: demo
demo: $(STAMP) ## A fictional force area, imported, linked and on screen; prints where to sign in
	@$(PY) -m lamplighter.hub.demo $(ARGS)

.PHONY: test
test: $(STAMP) ## Every test, browser tests included
	@$(PY) tools/ensure_chromium.py
	@$(PY) tools/ensure_server.py
	@$(PY) -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

.PHONY: test-server
test-server: $(STAMP) ## What touches the database, on a PostgreSQL server of its own (ALL=1: the whole suite)
	@$(PY) tools/ensure_server.py
	@$(PY) -m tests.servers $(PY) -m pytest -n $(WORKERS) --dist loadgroup $(if $(ALL),,-m own_server tests/integration) $(ARGS)

.PHONY: test-fast
test-fast: $(STAMP) ## Unit tests only, no database and no browser
	@$(PY) -m pytest tests/unit -n $(WORKERS) -m "not slow" $(ARGS)

.PHONY: leak-test
leak-test: $(STAMP) ## Plant marked words in every table, ask every address as everybody, print who found what
	@$(PY) -m pytest tests/integration/wall/test_leak.py -q -p no:xdist --timeout 3600 $(ARGS)

.PHONY: pictures
pictures: $(STAMP) ## Take the pictures of the README and the docs anew, into docs/images
	@$(PY) tools/ensure_chromium.py
	@LAMPLIGHTER_PICTURES=1 $(PY) -m pytest tests/browser/shows tests/browser/insight -q $(ARGS)

.PHONY: check
check: lint types contracts stale docs ## Style, types, import contracts, stale generated files, docs

.PHONY: lint
lint: $(STAMP) ## Ruff, style and formatting
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .

.PHONY: format
format: $(STAMP) ## Put the formatting right
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

.PHONY: types
types: $(STAMP) ## Strict types on the library rooms
	@$(VENV)/bin/mypy

.PHONY: contracts
contracts: $(STAMP) ## Which room may know which
	@$(VENV)/bin/lint-imports

.PHONY: stale
stale: $(STAMP) ## Fail when a generated document is out of date
	@$(PY) tools/generated_docs.py --check

.PHONY: generate
generate: $(STAMP) ## Write the generated documents anew (data dictionary, rules, the wall)
	@$(PY) tools/generated_docs.py

.PHONY: docs
docs: $(STAMP) ## Build the docs site into site/
	@$(VENV)/bin/mkdocs build --strict --quiet

.PHONY: bench
bench: $(STAMP) ## What each benchmark answers; NAME=... runs one
	@$(PY) -m benchmarks $(NAME) $(ARGS)

.PHONY: ablate
ablate: $(STAMP) ## Link without each mechanism in turn, and write what each is worth (ARGS="--public FOLDER")
	@$(PY) -m benchmarks.ablation $(ARGS)

.PHONY: verify
verify: $(STAMP) ## The long programmes: R beside ours, coverage, 10,000 releases, 5,000 broken bundles (hours)
	@$(PY) -m tools.verify.everything --install-r $(ARGS)

.PHONY: lock
lock: $(STAMP) ## Lock the dependencies anew, with hashes
	@UV=$(VENV)/bin/uv requirements/compile.sh

.PHONY: clean
clean: ## Remove what was built here (the demo's database too)
	@rm -rf $(VENV) site var build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache test-results
