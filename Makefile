# `make` lists the targets. Everything is made from the pins in requirements/ into .venv.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
DOCKER ?= docker
VENV := .venv
BIN := $(VENV)/bin
SERVICES := ingest enrich alerts

# Where a machine forbids Python to keep what it has compiled, every start of a service would
# compile all of it again: a third of its time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: install
install: $(VENV)/.installed ## make the environment in .venv (PYTHON=python3.12 for another Python)

# The stamps are touched last, so that an interrupted step is done again. A pipe asks for pipefail
# itself: macOS brings a make that does not know .SHELLFLAGS.
$(VENV)/.requirements: requirements/local.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Passaparola needs Python 3.11 or newer, and '$(PYTHON)' is none." \
	    "Name one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "No environment could be made in $(VENV); on Debian and Ubuntu:" \
	    "apt install python3-venv" >&2; exit 1; }
	@echo "Installing $$(grep -c '==' $<) pinned packages into $(VENV)..."
	@set -o pipefail; \
	  $(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r $< | awk \
	  -v total="$$(grep -c '==' $<)" -v tty="$$(test -t 1 && echo 1 || true)" \
	  '/^Collecting/ {n++; if (tty) printf "\r  fetched %d of %d", n, total} \
	   /^Installing/ {if (tty) print ""; print "  unpacking them..."} {fflush()}'
	@touch $@

$(VENV)/.installed: $(VENV)/.requirements pyproject.toml
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet \
	  --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: demo
demo: install ## play a museum's day on the real system and judge it (DAY=folder, SEED=number)
	@$(BIN)/python -m demo $(if $(DAY),--day "$(DAY)") $(if $(SEED),--seed "$(SEED)")

.PHONY: up
up: install ## run the system on this machine until Ctrl-C (DATA=folder keeps its state there)
	@$(BIN)/passaparola up $(if $(DATA),--data "$(DATA)")

.PHONY: test
test: install ## all tests: unit, contract, integration on real servers, end to end
	@$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

.PHONY: unit
unit: install ## the tests that need no server
	@$(BIN)/pytest tests/unit tests/contract

.PHONY: integration
integration: install ## the tests on a real Kafka and a real PostgreSQL
	@$(BIN)/pytest tests/integration

.PHONY: e2e
e2e: install ## the tests of the whole system from the outside
	@$(BIN)/pytest tests/e2e

.PHONY: soak
soak: install ## the long tests on real servers: more kills, rebalances, posts and days (an hour)
	@PASSAPAROLA_SOAK=1 $(BIN)/pytest -m "soak or not soak" --timeout 0 tests/integration/enrich tests/e2e

.PHONY: bench
bench: install ## measure what docs/ claims; results as JSON and as a table
	@for file in $$(grep -l __main__ benchmarks/*.py); do \
	  $(BIN)/python -m "benchmarks.$$(basename "$$file" .py)"; done

.PHONY: lint
lint: install ## ruff, mypy and the direction of imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

.PHONY: format
format: install ## put imports and lines into shape
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

.PHONY: schemas
schemas: install ## write schemas/json and schemas/asyncapi.json anew from the models
	@$(BIN)/python -m schemas.jsonschema
	@$(BIN)/python -m schemas.asyncapi

.PHONY: hints
hints: install ## learn what words hint at anew from the labelled posts
	@$(BIN)/python -m services.enrich.hints.training tests/data/museum_visits

# What a person has to do to raise a pin: edit pyproject.toml, then this. It needs uv.
COMPILE = uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 \
  --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --no-annotate

.PHONY: requirements
requirements: ## pin the newest fitting versions of all dependencies (needs uv)
	@for service in $(SERVICES); do \
	  echo "requirements/$$service.txt"; \
	  $(COMPILE) --extra "$$service" -o "requirements/$$service.txt"; done
	@echo "requirements/local.txt"
	@$(COMPILE) --extra local --group dev -o requirements/local.txt

.PHONY: images
images: ## build the three services' images (DOCKER=podman for another builder)
	@for service in $(SERVICES); do \
	  $(DOCKER) build --build-arg "SERVICE=$$service" -t "passaparola-$$service" .; done

.PHONY: clean
clean: ## remove the environment and all that was built; not the cache folder of Kafka's jars
	@rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	  .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
