# Every target sets up .venv by itself; a second run finds it ready. `make PYTHON=python3.13 …` chooses the
# interpreter that a new .venv is made with (after `make clean`).

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test lint check lock docs wheel clean

# Certificates come from the system, so that a company's own proxy works. Nothing but the locks decides what
# is installed: no interpreter is downloaded, and packages without a wheel are built with the locked tools.
export UV_SYSTEM_CERTS := 1
export UV_PYTHON_DOWNLOADS := never
export UV_NO_PROGRESS := 1

# Bytecode is kept wherever the environment says otherwise: without it every start takes seconds longer.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?=
CANDIDATES := $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11)
BIN := .venv/bin
INSTALL = $(NO_CACHE) $(BIN)/uv pip install --quiet --python $(BIN)/python --no-build-isolation
NO_CACHE = test -w "$$HOME" || export UV_NO_CACHE=1;
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
	$(if $(UPGRADE),--upgrade)

help:  ## say what can be made
	@sed -n 's/^\([a-z]*\):.*  ## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

# At a terminal the demo is a process group of its own (set -m), so that Ctrl-C ends it alone and make says nothing.
demo: .venv/run  ## start the sample newsroom: an issue goes out on schedule, into a local mailbox
	@test ! -t 0 || set -m; $(BIN)/python -m publisher demo; exit $$?

test: .venv/dev  ## run all tests; ARGS="tests/content -k heading" narrows them down
	@$(BIN)/python -m pytest -n auto --maxprocesses 8 --dist worksteal $(ARGS)

lint: .venv/dev  ## ruff, mypy and the rules of the architecture
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

check: lint test  ## all that must hold before a commit

docs: .venv/dev  ## write the generated pages of docs/reference anew
	@$(BIN)/python docs/generate.py

wheel: .venv/dev  ## build the wheel into dist/
	@$(BIN)/hatchling build --target wheel

lock: .venv/uv  ## resolve the locked requirements anew; UPGRADE=1 takes the newest releases
	@$(LOCK) --group bootstrap --output-file requirements/uv.txt
	@$(LOCK) --all-extras --group dev pyproject.toml --output-file requirements/dev.txt
	@$(LOCK) --constraint requirements/dev.txt pyproject.toml --output-file requirements/run.txt
	@$(LOCK) --constraint requirements/dev.txt --group build --output-file requirements/build.txt

clean:  ## remove .venv, caches and what was built; a newsroom's var/ stays
	@rm -rf .venv dist site .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage
	@find . -type d -name __pycache__ -prune -exec rm -rf {} +

.venv/uv: requirements/uv.txt
	@rm -f .venv/run .venv/dev
	@for python in $(CANDIDATES); do \
		"$$python" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' \
			2>/dev/null && break; \
		python=; \
	done; \
	test -n "$$python" || { \
		echo "Publisher needs Python 3.11 to 3.14 with its venv module (Debian: apt-get install python3-venv);" \
			"tried: $(CANDIDATES). Name another with: make PYTHON=/path/to/python3" >&2; \
		exit 1; \
	}; \
	echo "Setting up .venv with $$("$$python" -V); the first time this takes a minute."; \
	"$$python" -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
		--requirement requirements/uv.txt
	@touch $@

.venv/run: .venv/uv requirements/build.txt requirements/run.txt pyproject.toml
	@$(INSTALL) --require-hashes --requirement requirements/build.txt
	@$(INSTALL) --require-hashes --requirement requirements/run.txt --compile-bytecode
	@$(INSTALL) --no-deps --editable .
	@touch $@

.venv/dev: .venv/run requirements/dev.txt
	@$(INSTALL) --require-hashes --requirement requirements/dev.txt --compile-bytecode
	@touch $@
