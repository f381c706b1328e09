# The front desk. `make demo` and `make test` set up whatever they need first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help setup engine demo test fast hunt mutants check bench schema docs lock clean
help:            ## what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*##/  make \1\t/'

setup: $(READY)  ## the virtual environment .venv/
$(READY): pyproject.toml requirements.lock tests/peers.lock tools/build_stubs.py
	@$(PYTHON) -c 'import sys; sys.exit(None if (3, 10) <= sys.version_info < (3, 14) else "Python 3.10 to 3.13 is needed: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r tests/peers.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

engine:          ## the Pulumi engine: found, or built once
	@tools/engine

demo: setup      ## the main job, told step by step
	@engine="$$(tools/engine)" && PATH="$$engine:$$PATH" $(BIN)/python tools/demo.py

test: setup      ## all tests, on the real engine too
	@engine="$$(tools/engine)" && PATH="$$engine:$$PATH" $(BIN)/python -m pytest

fast: setup      ## the tests that need no engine
	@$(BIN)/python -m pytest -m 'not engine'

hunt: setup      ## random programs against the emulator until Ctrl-C, or HUNT_PROGRAMS=n; a violation is saved as a replay
	@PYTHONPATH=tests $(BIN)/python -m machine.hunt

mutants: setup   ## mutation testing of what keeps objects from being lost; MUTANTS_WORKERS=n at once, goes on where it stopped
	@$(BIN)/python tools/mutants.py --max-children $(or $(MUTANTS_WORKERS),2)

check: setup     ## format, lint, types, floors, the table of rules, and the pages that are made
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/rules.py --check
	$(BIN)/python tools/docs.py --check

bench: setup     ## calls and times as a table, and as bench.json
	@engine="$$(tools/engine)" && PATH="$$engine:$$PATH" $(BIN)/python tools/bench

schema: setup    ## schema.json anew from the models
	$(BIN)/python -m pulumi_livechannels.schema schema.json

docs: setup      ## the pages of docs/ that are made from the models
	$(BIN)/python tools/docs.py

lock:            ## requirements.lock anew from pyproject.toml
	$(PYTHON) -m pip install --quiet uv
	uv pip compile --quiet --universal --python-version 3.10 --generate-hashes --no-header --no-emit-index-url \
		--extra dev --upgrade pyproject.toml --output-file requirements.lock

clean:           ## everything that can be made again, the engine aside
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .mutants dist build bench.json provider/pulumi_livechannels/*.pyi
