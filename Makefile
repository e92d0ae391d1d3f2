# The only commands there are. Linux with Python 3.11 or later and make is all that must be there before.
PYTHON ?= python3
BIN := .venv/bin
# What is installed: for running (the demo and the desk), or for testing, which contains it. Spark's tests stand apart,
# for Spark needs older packages.
RUNNING := .venv/.running
TESTING := .venv/.synced
SPARK := .venv-spark/.synced
.PHONY: demo test test-long test-spark mutation check frontend pictures bench bars lock messages changelog

demo: $(RUNNING)
	@$(BIN)/traboule demo

test: $(TESTING)
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# Ten times the examples of every randomised test. Takes an hour or more; CI does not run it.
test-long: $(TESTING)
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --hypothesis-profile=long

# What `make test` skips: the tests that every engine must pass, on Spark.
test-spark: $(SPARK)
	@.ci/java
	.venv-spark/bin/python -m pytest -n 0 tests/contract -k spark

# Small changes to the rules of access, ledger and disclosure, each against the tests that should notice. It takes long;
# CI does not run it.
mutation: $(TESTING)
	$(BIN)/python -m tests.mutation.run

check: $(TESTING)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@.ci/frontend check

# The script, atlas, licences and fonts that the room's pages load; needs npm.
frontend: $(TESTING)
	@.ci/frontend

# Every screen, wide and narrow, light and dark, in English and Arabic: out/pictures, with a contact sheet a language.
pictures: $(TESTING)
	$(BIN)/python -m tests.browser.pictures

bench: $(TESTING)
	$(BIN)/python -m bench

bars: $(TESTING)
	$(BIN)/python bench/bars.py

# Extract what the rooms say in English, bring every language up to date, and list what a translator has to look at.
messages: $(TESTING)
	$(BIN)/python -m translate

changelog: $(TESTING)
	$(BIN)/python -m changes.gather $(VERSION)

# Three locks: what running needs, what testing needs as well, and what testing on Spark needs. They name versions and
# hashes, never an address, so any mirror serves them.
COMPILE = $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url
lock:
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv
	$(COMPILE) --upgrade --extra develop --extra research pyproject.toml -o requirements-develop.lock
	$(COMPILE) --upgrade --constraints requirements-develop.lock pyproject.toml -o requirements.lock
	cp requirements-develop.lock requirements-spark.lock
	$(COMPILE) --extra develop --extra research --extra spark pyproject.toml -o requirements-spark.lock

$(RUNNING): requirements.lock pyproject.toml
	@PYTHON="$(PYTHON)" .ci/install $(if $(wildcard $(TESTING)),testing,running)
	@touch $@

$(TESTING): requirements-develop.lock pyproject.toml
	@PYTHON="$(PYTHON)" .ci/install testing
	@touch $(RUNNING) $@

$(SPARK): requirements-spark.lock pyproject.toml
	@.ci/java
	@PYTHON="$(PYTHON)" .ci/install spark
	@touch $@
