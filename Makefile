# Lamplighter. `make` alone lists the targets.
SHELL := /bin/sh
.DEFAULT_GOAL := help
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed
CI ?=
# Under so many percent `make coverage` fails; it may only rise. Measured on 30 November 2026: 95.2, without the browser tests
# and the longest walks of the wall.
FLOOR ?= 95
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
	@$(PY) tools/ensure_spark.py
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
	@LAMPLIGHTER_PICTURES=1 $(PY) -m pytest tests/browser/shows tests/browser/insight tests/browser/messages tests/browser/studies -q $(ARGS)

SHOWS := risk/test_show.py shows/test_meeting.py closing shows/test_breach_on_a_friday.py \
	shows/test_court_papers.py messages/test_sixty_messages.py

.PHONY: shows
shows: $(STAMP) ## What a hub does, walked on its pages: pictures, papers, a calendar file (docs/one-case.md), into build/shows
	@$(PY) tools/ensure_chromium.py
	@LAMPLIGHTER_SHOW_FOLDER=$(CURDIR)/build/shows $(PY) -m pytest $(addprefix tests/browser/,$(SHOWS)) -q -n 0 $(ARGS)

.PHONY: check
check: lint types contracts dead dependencies advisories stale docs ## Style, types, contracts, dead code, dependencies, docs

.PHONY: lint
lint: $(STAMP) ## Ruff, style and formatting
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .

.PHONY: format
format: $(STAMP) ## Put the formatting right
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

.PHONY: types
types: $(STAMP) ## Strict types of the whole package, with Django’s plugin; no database is asked
	@LAMPLIGHTER_HOME=$(CURDIR)/.mypy_cache/home $(VENV)/bin/mypy

.PHONY: contracts
contracts: $(STAMP) ## Which room may know which
	@$(VENV)/bin/lint-imports

.PHONY: dead
dead: $(STAMP) ## What nothing uses any more
	@$(PY) -m tools.dead_code

.PHONY: dependencies
dependencies: $(STAMP) ## What is imported and not declared, or declared and not used: the package alone, then with its tests
	@$(VENV)/bin/deptry src --optional-dependencies-dev-groups dev,spark --no-ansi
	@$(VENV)/bin/deptry src tests benchmarks tools --no-ansi

.PHONY: advisories
advisories: $(STAMP) ## Locked packages that an advisory in tools/advisories.json names; no network
	@$(PY) -m tools.advisories $(ARGS)

.PHONY: sbom
sbom: $(STAMP) ## What the product is made of, as CycloneDX JSON, from requirements/base.txt
	@$(PY) -m tools.sbom $(ARGS)

.PHONY: coverage
coverage: export COVERAGE_FILE = $(CURDIR)/build/coverage/data
coverage: $(STAMP) ## Branches that the tests of `make test` reach, in percent (some: ARGS=tests/unit FLOOR=0)
	@$(PY) tools/ensure_chromium.py
	@$(PY) tools/ensure_server.py
	@$(PY) tools/ensure_spark.py
	@rm -rf build/coverage && mkdir -p build/coverage
	@# A run for each folder, so that one that is stopped loses nothing of the others.
	@for part in $(if $(ARGS),"$(ARGS)",tests/unit tests/integration tests/browser); do \
	  $(VENV)/bin/coverage run -m pytest -n $(WORKERS) --dist loadgroup $$part || exit 1; done
	@$(VENV)/bin/coverage combine -q
	@$(VENV)/bin/coverage html -q -d build/coverage/html --skip-covered
	@echo "Branch coverage in percent (build/coverage/html says where):"
	@$(VENV)/bin/coverage report --format=total --fail-under=$(FLOOR)

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
