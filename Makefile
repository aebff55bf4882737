# The two commands: `make demo` and `make test`. Each does all its own set-up.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test test-fast test-folder install init check bench format clean

demo: $(STAMP)
	$(BIN)/broadsheet demo

# What is new after `git pull`.
install: $(STAMP)

# Going live: a few questions, and a working config.toml and .env.
init: $(STAMP)
	@$(BIN)/broadsheet init

# A container may see many more cores than it may use; more than four processes would wait for the longest test.
test: $(STAMP)
	$(BIN)/pytest -n auto --maxprocesses 4

# The inner loop: unit and architecture tests that start no process.
test-fast: $(STAMP)
	$(BIN)/pytest -q -n auto --maxprocesses 4 -m "not slow and not shared" --durations 20 tests/unit tests/architecture

# The tests of one folder: make test-folder F=digest/pdf
test-folder: $(STAMP)
	@test -n "$(F)" || { echo "name a folder: make test-folder F=digest/pdf"; exit 2; }
	@test -d tests/unit/$(F) || { echo "there is no folder tests/unit/$(F)"; exit 2; }
	$(BIN)/pytest -q --durations 20 tests/unit/$(F)

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -q tests/architecture

bench: $(STAMP)
	$(BIN)/python -m benchmarks

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "Broadsheet needs Python 3.11 or newer; name yours with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis out
