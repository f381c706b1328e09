# The front desk. `make demo` and `make test` set up whatever they need first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Tests of the Python classes on the engine, which the SDK of their environment carries.
CLASSES := $(addprefix tests/engine/test_engine,.py _classes.py)
# Tests side by side, as many as there are processors: one more, and the engine's crowd each other out.
TESTS := bin/python -m pytest -n auto --dist loadgroup
# As installed packages have it, and whatever the shell says: our own code is compiled once, not in each of the thousand
# processes that tests, bench and demo begin.
export PYTHONDONTWRITEBYTECODE :=
PIP := bin/python -m pip install --quiet --disable-pip-version-check

# A virtual environment, made by a Python: what the lock names, the vendors' own clients, and this package.
environment = "$(1)" -m venv --clear $(2) \
	&& $(2)/$(PIP) --require-hashes --no-deps -r requirements.lock \
	&& $(2)/$(PIP) --require-hashes --no-deps -r tests/peers.lock \
	&& $(2)/$(PIP) --no-deps --no-build-isolation --editable .

.PHONY: help setup engine demo demo-console picture test test-oldest test-newest fast hunt mutants check bench schema catalogue docs docs-site dashboard states dist lock clean
help:            ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*##/  make \1\t/'

setup: $(READY)  ## the virtual environment .venv/
$(READY): pyproject.toml requirements.lock tests/peers.lock tools/build_stubs.py
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 10) else "Python 3.10 or later is needed: make PYTHON=python3.12 …")'
	@$(call environment,$(PYTHON),$(VENV))
	@touch $@

engine:          ## the Pulumi engine: found, or built once
	@tools/engine

demo: setup      ## the main job, told step by step
	@engine="$$(tools/engine)" && PATH="$$engine:$$PATH" $(BIN)/python tools/demo.py

demo-console: setup ## the same, and then the platform's console stays open: click there, check for drift here
	@engine="$$(tools/engine)" && PATH="$$engine:$$PATH" $(BIN)/python tools/demo.py --open

picture: setup   ## the console's pictures in both languages anew
	@$(BIN)/python tools/picture.py

test: setup      ## all tests, on the real engine too
	@engine="$$(tools/engine)" && PATH="$$engine:$$PATH" $(VENV)/$(TESTS)

test-oldest: .venv-oldest/.ready ## the tests on the oldest Python and Pulumi SDK, with those of the Python classes on the engine
	@.venv-oldest/bin/python -m pip list --disable-pip-version-check | grep '^pulumi ' && .venv-oldest/bin/python --version
	@engine="$$(tools/engine)" && PATH="$$engine:$$PATH" .venv-oldest/$(TESTS) -p no:cacheprovider -m 'not engine and not browser'
	@engine="$$(tools/engine)" && PATH="$$engine:$$PATH" .venv-oldest/$(TESTS) -p no:cacheprovider $(CLASSES)

test-newest: .venv-newest/.ready ## the tests that need neither engine nor browser, on the newest Python
	@.venv-newest/bin/python --version
	@.venv-newest/$(TESTS) -p no:cacheprovider -m 'not engine and not browser'

# The bound of pyproject.toml is a promise, so what it names is tested.
.venv-oldest/.ready .venv-newest/.ready: .venv-%/.ready: pyproject.toml requirements.lock tests/peers.lock tools/build_stubs.py tools/python
	@python="$$(tools/python $*)" && $(call environment,$$python,.venv-$*)
	@[ $* = newest ] || .venv-$*/$(PIP) "$$(sed -n 's/^ *"\(pulumi\)>=\([0-9.]*\),.*/\1==\2/p' pyproject.toml)"
	@touch $@

fast: setup      ## the tests that need neither engine nor browser, and are not slow
	@$(VENV)/$(TESTS) -m 'not engine and not browser and not slow'

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
	$(BIN)/python tools/catalogue.py --check
	$(BIN)/python tools/docs.py --check
	$(BIN)/python tools/pictures.py --check

bench: setup     ## calls and times as a table, and as bench.json; `make bench calls` for a part, `make bench fleet` for 10,000 channels
	@engine="$$(tools/engine)" && PATH="$$engine:$$PATH" $(BIN)/python tools/bench $(PARTS)

# What follows `bench` names parts of it, and is nothing to make.
PARTS := $(if $(filter bench,$(firstword $(MAKECMDGOALS))),$(filter-out bench,$(MAKECMDGOALS)))
ifneq ($(PARTS),)
.PHONY: $(PARTS)
$(PARTS):
	@:
endif

schema: setup    ## schema.json anew from the models
	$(BIN)/python -m pulumi_livechannels.schema schema.json

dashboard: setup ## the picture of the Grafana dashboard, from a day of an emulated account
	$(BIN)/python tools/dashboard.py docs/images/dashboard.svg

docs: setup      ## the pages of docs/ that are made from the models, and the pictures that are made of runs
	$(BIN)/python tools/docs.py
	$(BIN)/python tools/pictures.py

catalogue: setup ## what people are told, collected for the translation into Chinese, and compiled
	$(BIN)/python tools/catalogue.py

docs-site: setup ## the documentation as a site in both languages, searchable, in build/site
	$(BIN)/python tools/site build/site

states: setup    ## what this version writes into states, recorded for later versions to be held to
	@engine="$$(tools/engine)" && PATH="$$engine:$$PATH" PYTHONPATH=tests/engine $(BIN)/python tests/states/record.py

dist: setup      ## what a release consists of, in dist/; PARTS="python plugin sdks sums" for some of it
	@$(BIN)/python tools/dist $(PARTS)

lock:            ## requirements.lock anew from pyproject.toml
	$(PYTHON) -m pip install --quiet uv
	uv pip compile --quiet --universal --python-version 3.10 --generate-hashes --no-header --no-emit-index-url \
		--extra dev --upgrade pyproject.toml --output-file requirements.lock

clean:           ## everything that can be made again, the engine aside
	rm -rf $(VENV) .venv-oldest .venv-newest .mypy_cache .ruff_cache .pytest_cache .hypothesis .mutants dist build bench.json provider/pulumi_livechannels/*.pyi
