# The commands of the project. Each needs only Python 3.11 or newer and make: `setup` brings the rest into .venv.

PYTHON := $(or $(shell command -v python3.11),$(shell command -v python3))
BIN := .venv/bin
READY := .venv/.ready
PACKAGES := bots load_tests protocol server worlds

.PHONY: setup serve bots debian test check load peers

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

# What the tests need beside Python: a PostgreSQL server's programs, of any version. They start one of their own.
debian:
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { \
		echo "Bringing PostgreSQL, which the tests need ..."; \
		as_root=$$(test "$$(id -u)" = 0 || echo sudo); \
		$$as_root apt-get update -qq && \
		$$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends postgresql >/dev/null; \
	}

test: setup debian
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
