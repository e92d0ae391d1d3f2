# The only commands there are. Linux with Python 3.11 or later and make is all that must be there before.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.synced
.PHONY: demo test check bench lock

demo: $(STAMP)
	@$(BIN)/traboule demo

test: $(STAMP)
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(STAMP)
	$(BIN)/python -m bench

# requirements.lock names versions and hashes, never an address, so any mirror serves it.
lock:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
	  --extra develop --extra research --upgrade pyproject.toml -o requirements.lock

# Where Python may not write what it compiles, every process would compile all that it imports: two seconds for linkage.
$(STAMP): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode requirements.lock
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q src
	@$(BIN)/python -c "from traboule.linkage.precompile import precompile; precompile(lambda done, of: None)"
	@$(BIN)/python -c "from traboule.figures.ranges.walk import ready; ready()"
	@touch $(STAMP)
