# The commands of the project. Each needs only Python 3.11 or newer and make: `setup` brings the rest into .venv.

PYTHON := $(or $(shell command -v python3.11),$(shell command -v python3))
BIN := .venv/bin
READY := .venv/.ready
PACKAGES := bots load_tests protocol server worlds

.PHONY: setup serve bots test check load peers

setup: $(READY)

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Madang needs Python 3.11 or newer" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Bringing what Madang needs into .venv ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

serve: setup
	@$(BIN)/madang serve

bots: setup
	@$(BIN)/madang bots --count 200

test: setup
	$(BIN)/python -m pytest

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(PACKAGES)
	$(BIN)/lint-imports

load: setup
	$(BIN)/python -m load_tests

peers: setup
	$(BIN)/python -m load_tests.peers
