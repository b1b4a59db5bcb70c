# mlpviz, from a fresh clone: `make run` opens the window, `make test` runs the tests. Everything is put into .venv.
VENV := .venv
BIN := $(VENV)/bin
# make run PYTHON=python3.12 takes that Python; else the first of python3, python3.13, … that is new enough.
PYTHON ?=
# make run ARGS="train --help", make test ARGS="-k losses", make bench ARGS="engine peers",
# make fuzz ARGS="csv --seed 1" COUNT=100000
ARGS ?=
COUNT ?= 20000
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

# The stamps say for which Python the packages of pyproject.toml are in place.
STAMP := $(VENV)/installed-for-$(subst /,-,$(or $(PYTHON),python3))
.PHONY: help run test check bench fuzz clean libraries-run libraries-test

help:
	@echo 'make run     open the window'
	@echo 'make test    run the tests'
	@echo 'make check   style, types, import rules and tests: all that must hold before a commit'
	@echo 'make bench   measure speed, some fifteen minutes; also beside PyTorch and scikit-learn'
	@echo 'make fuzz    feed damaged files to the readers, COUNT=20000 to each'
	@echo 'make clean   remove everything that make made'

run: libraries-run $(STAMP)-run
	@$(BIN)/python -m mlpviz $(ARGS)

test: libraries-test $(STAMP)-test
	@$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal $(ARGS)

check: $(STAMP)-test
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --quiet --check
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo >$(VENV)/import-rules || { cat $(VENV)/import-rules; exit 1; }
	@$(MAKE) --no-print-directory test

bench: libraries-run $(STAMP)-bench
	@mkdir -p build
	@$(BIN)/python -m benchmarks --json build/bench.json --plot build/bench.png --plot build/bench.svg $(ARGS)

fuzz: $(STAMP)-test
	@$(BIN)/python tests/fuzzing.py --count $(COUNT) $(ARGS)

clean:
	rm -rf $(VENV) build dist .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache .coverage htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

libraries-run libraries-test: libraries-%:
	@.ci/system-libraries $*

$(STAMP)-run: pyproject.toml
	@.ci/environment $(VENV) $(PYTHON)
	@echo 'Installing what mlpviz needs into $(VENV) (once, some 500 MB; a minute or two)'
	@$(PIP) install --editable .
	@touch $@

$(STAMP)-test: pyproject.toml
	@.ci/environment $(VENV) $(PYTHON)
	@echo 'Installing what mlpviz and its tests need into $(VENV) (once, some 500 MB; a minute or two)'
	@$(PIP) install --editable '.[test]'
	@touch $(STAMP)-run $@

# On Linux pip brings PyTorch with its packages for graphics cards, unless a build without them is in $(VENV) already.
$(STAMP)-bench: pyproject.toml
	@.ci/environment $(VENV) $(PYTHON)
	@echo 'Installing mlpviz, PyTorch and scikit-learn into $(VENV) (once, some 1.5 GB, on Linux up to 5; a few minutes)'
	@$(PIP) install --editable '.[test,bench]'
	@touch $(STAMP)-run $(STAMP)-test $@
