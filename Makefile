# Citydesk. `make demo` needs Python 3.11 or newer and make; everything else it fetches itself.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
PYTEST := $(BIN)/python -m pytest
export PYTHONPATH := src:.
# Where it is set, each of the many processes of a test run or a demo would compile the whole house anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo production run work test check drill bench profile lock sbom assets

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/.base assets ## Start a demo city (CITY=houston for another one): database, a year of work, web server
	@$(BIN)/citydesk demo $(if $(CITY),--city $(CITY))

run: .venv/.base assets ## Start Citydesk as it is: web server, worker and event process, without demo data
	@$(BIN)/citydesk serve --all

work: .venv/.base ## Run the background worker alone
	@$(BIN)/citydesk work

test: .venv/.dev assets ## Run everything a user relies on (database and browser are found or fetched)
	@$(BIN)/python -m tools.browser
	@$(PYTEST) -n 2 --dist loadfile $(TESTS)

check: .venv/.dev ## Check style, types, import contracts and house rules; no database, about a minute
	@$(BIN)/python -m tools.check

drill: .venv/.dev assets ## Kill, fuzz and soak at full size
	@DRILL_SIZE=full HYPOTHESIS_PROFILE=drill $(PYTEST) tests/drills -m drill --timeout 3600
	@DRILL_SIZE=full $(PYTEST) tests/journeys/test_keyboard_floor.py tests/journeys/test_keyboard_office.py

bench: .venv/.dev assets ## Measure speed and memory; writes build/bench.json
	@$(BIN)/python -m tests.bench $(ARGS)

profile: .venv/.base ## Check every city profile and its worked examples
	@for folder in profiles/*/; do $(BIN)/citydesk profile check "$$folder" || exit 1; done

lock: .venv/.dev ## Refresh the locks of Python and npm packages
	@$(BIN)/python tools/locks.py
	@npm install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved --no-audit --no-fund

sbom: .venv/.base ## Write what a release is made of, as CycloneDX (build/citydesk.cdx.json)
	@$(BIN)/python tools/sbom.py

production: .venv/.base assets ## Make this folder ready for `citydesk install` and `citydesk upgrade`
	@$(BIN)/python -m compileall -q src >/dev/null || true

assets: .venv/.base
	@command -v npm >/dev/null || $(PIP) --require-hashes -r requirements/node.lock
	@$(BIN)/python tools/assets.py
	@$(BIN)/python tools/texts.py compile >/dev/null

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Citydesk needs Python 3.11 or newer; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	@echo "Making the environment in .venv ..."
	@$(PYTHON) -m venv .venv || { echo "On Debian: apt-get install python3-venv"; rm -rf .venv; exit 2; }

.venv/.base: requirements/base.lock pyproject.toml | .venv/bin/python
	@echo "Installing the locked packages ..."
	@$(PIP) --require-hashes -r requirements/base.lock
	@$(PIP) --no-deps --no-build-isolation --no-index --editable .
	@touch $@

.venv/.dev: requirements/dev.lock .venv/.base
	@echo "Installing the locked packages for checks and tests ..."
	@$(PIP) --require-hashes -r requirements/dev.lock
	@touch $@
