# The only commands there are. Linux with Python 3.11 or later and make is all that must be there before.
PYTHON ?= python3
BIN := .venv/bin
# What is installed: for running (the demo and the desk), or for testing, which contains it.
RUNNING := .venv/.running
TESTING := .venv/.synced
.PHONY: demo test check bench lock

demo: $(RUNNING)
	@$(BIN)/traboule demo

test: $(TESTING)
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(TESTING)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(TESTING)
	$(BIN)/python -m bench

# Two locks: what running needs, and what testing needs as well. They name versions and hashes, never an address, so any
# mirror serves them.
COMPILE = $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url
lock:
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv
	$(COMPILE) --upgrade --extra develop --extra research pyproject.toml -o requirements-develop.lock
	$(COMPILE) --upgrade --constraints requirements-develop.lock pyproject.toml -o requirements.lock

$(RUNNING): requirements.lock pyproject.toml
	@PYTHON="$(PYTHON)" .ci/install $(if $(wildcard $(TESTING)),testing,running)
	@touch $@

$(TESTING): requirements-develop.lock pyproject.toml
	@PYTHON="$(PYTHON)" .ci/install testing
	@touch $(RUNNING) $@
