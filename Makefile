# The two commands of the README. Both set everything up from nothing, in .venv.
PYTHON ?= python3
DIR ?=
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test test-thorough check test-engines judges bench screenshots clean

run: $(VENV)/installed
	@BIN="$(BIN)" DIR="$(DIR)" sh tools/run.sh

test: $(VENV)/dev-installed
	BIN=$(BIN) sh tools/test.sh

# Every example of every rule, of which `test` shows a few (tests/thorough.py): more than twice the work.
test-thorough: $(VENV)/dev-installed
	SEAWALL_THOROUGH=1 BIN=$(BIN) sh tools/test.sh

check: $(VENV)/dev-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# Laws 5 and 8 again on the newest engine that can be had beside this one (tests/harness).
test-engines: $(VENV)/dev-installed
	BIN=$(BIN) sh tools/test-engines.sh

# trivy and checkov in an environment of their own (half a gigabyte); the tests use them where they are.
judges: $(VENV)/dev-installed
	BIN=$(BIN) sh tools/judges.sh

bench: $(VENV)/dev-installed
	$(BIN)/python -m tests.bench

# What the app shows, as pictures and as text: tests/tui/test_screens.py fails while they are not those of the present screens.
screenshots: $(VENV)/dev-installed
	$(BIN)/python tools/screenshots.py

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "seawall needs Python 3.11 or newer: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "This Python has no venv module. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/dev-installed: $(VENV)/bin/python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/installed

clean:
	rm -rf $(VENV) .venv-judges build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
