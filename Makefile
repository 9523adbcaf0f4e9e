# The same names here and in CI. Each sets up what it needs: Python 3.11 or later, and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# Bytecode is kept, whatever the shell says: to compile it anew takes seconds of every process.
export PYTHONDONTWRITEBYTECODE :=
export CHECKPOINT_DATA_FOLDER ?= $(CURDIR)/.data

# Decisions and deeds: a line of these that no test runs is a rule that nobody checked.
WHOLE := */actions.py,*/loading.py,*/identifying.py,*/states.py,*/rules.py,*/facts.py,*/terms.py,*/clock.py,*/clocks.py,*/replays.py,*/references.py,*/identifiers.py,*/names.py,*/matching.py,*/ranking.py,*/stages.py,*/papers.py,*/pages.py,*/week.py,*/term.py,*/fates.py,*/lives.py,*/board.py,*/funnel.py,*/balance.py,*/caseload.py,*/questions.py,*/scoring.py,*/sequence.py,*/sealing.py,*/proving.py,*/differences.py,*/permissions.py,*/operations.py,*/tokens.py,*/imports/dialects.py,*/imports/mending.py,*/imports/filling.py,*/imports/linking.py,*/imports/repairs.py,*/imports/splitting.py,*/imports/addresses.py,*/imports/reports.py,*/imports/shapes.py,*/imports/tabular.py,*/evaluation/estimates.py,*/evaluation/means.py,*/evaluation/survival.py,*/evaluation/hazards.py,*/evaluation/covariates.py,*/evaluation/interaction.py,*/evaluation/windows.py,*/evaluation/differences.py,*/extracts/columns.py,*/hierarchies.py,*/extracts/risk.py,*/classing.py,*/coarsening.py,*/extracts/control.py,*/datedfiles.py,*/differencing.py,*/pseudonyms.py,*/describing.py,*/extracts/reports.py,*/extracts/beside.py

.DEFAULT_GOAL := help
.PHONY: help run demo test long check cover bench docs lock clean

help: ## What can be made
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "  make %-6s %s\n", $$1, $$2}' Makefile

run: $(VENV)/run ## Start everything here: database, migrations, starter data, the service
	@CHECKPOINT_ENVIRONMENT=development CHECKPOINT_LOCAL_ISSUER=true exec $(BIN)/checkpoint run

demo: $(VENV)/run ## Play four made-up months through the real API; ends with the evaluation of its trial and extracts
	@exec $(BIN)/checkpoint demo

test: $(VENV)/dev ## Run the quick tests; no server of any kind has to be running
	@$(BIN)/python -m pytest

long: $(VENV)/dev ## Run the proofs that take minutes: kills, slow clients, timing
	@$(BIN)/python -m pytest -m long -o faulthandler_timeout=0

check: $(VENV)/dev ## Format, lint, types and the corridor
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache --no-logo

# These start whole processes, or walk through every door: they run once, untraced.
ACROSS := tests/house $(addprefix tests/journeys/,test_demo.py test_run.py test_shell_mistakes.py)

cover: $(VENV)/dev ## Run all but the long ones, and see that pure files and deeds are covered whole by their rooms
	@$(BIN)/python -m pytest -m "not long" $(ACROSS:%=--ignore=%) --cov --cov-report=
	@$(BIN)/python -m coverage report --fail-under=100 --show-missing --skip-covered --include="$(WHOLE)"
	@$(BIN)/python -m pytest -m "slow and not long" $(ACROSS)

bench: $(VENV)/bench ## Measure this service beside its limit and Django; worklist, directory, open mount
	@$(BIN)/python bench/run.py
	@$(BIN)/python bench/worklist.py
	@$(BIN)/python bench/directory.py import
	@$(BIN)/python bench/lookups.py
	@$(BIN)/python bench/mount.py
	@$(BIN)/python bench/evaluation.py
	@$(BIN)/python bench/extracts.py

docs: $(VENV)/dev ## Write the generated documents anew
	@$(BIN)/python -m checkpoint.documents docs

lock: $(VENV)/dev ## Lock the newest versions that fit, with their hashes
	@$(foreach set,run:install dev:install,dev bench:install,dev,bench, $(call lock,$(firstword $(subst :, ,$(set))),$(lastword $(subst :, ,$(set))));)

clean: ## Remove what was installed and what was kept in .data
	rm -rf $(VENV) .data .pytest_cache .mypy_cache .ruff_cache .hypothesis

comma := ,
lock = $(BIN)/uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate \
	$(foreach extra,$(subst $(comma), ,$(2)),--extra $(extra)) -o requirements/$(1).txt

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; name it: make PYTHON=python3.12")'
	@echo "Setting up .venv (once; a minute or two) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/%: requirements/%.txt pyproject.toml | $(BIN)/python
	@$(PIP) install --require-hashes --requirement $<
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
