# Six verbs; `make help` lists them. Everything is installed into .venv and nowhere else.
PYTHON ?= python3
VENV := .venv
# Windows keeps a virtual environment's programs in Scripts.
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)

# One more than the processors: tests of browsers and kernels spend much of their time waiting.
WORKERS = $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')

# What Python translates it keeps, whatever it is told elsewhere: else every kernel and every worker of the tests translates
# its packages anew, which takes seconds each time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test check bench lock clean

help:
	@echo "make demo    install into .venv and make all milestones of the demo study"
	@echo "make test    install what tests need and run them all"
	@echo "make check   lint, format and types"
	@echo "make bench   measure speed and memory; writes docs/benchmarks.md"
	@echo "make lock    resolve the versions anew (locks/, environment.yml)"
	@echo "make clean   remove .venv and everything that can be made again"

demo: $(VENV)/.run
	$(BIN)/foran run --all
	$(BIN)/foran status --html
	@echo
	@echo "The reports, to be opened in any browser:"
	@for m in M1 M2 M3; do echo "  $(CURDIR)/outputs/$$m/report.html"; done
	@echo "  $(CURDIR)/outputs/status.html leads to all eighteen"

test: $(VENV)/.test
	$(BIN)/python tools/bring_browser.py
	$(BIN)/python -m pytest -p no:nbval --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder
	$(BIN)/python -m pytest --nbval-lax notebooks --numprocesses auto --dist loadfile -p no:cacheprovider -o addopts= -q

check: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.test
	$(BIN)/python benchmarks/run_all.py

$(VENV)/.tools: locks/tools.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
		|| { echo "Python 3.11, 3.12 or 3.13 is needed; $(PYTHON) is another. Try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null \
		|| { echo "Python's venv module is missing. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/tools.txt
	@touch $@

$(VENV)/.run: $(VENV)/.tools locks/run.txt pyproject.toml
	$(BIN)/python -m uv pip install --quiet --python $(VENV) --require-hashes -r locks/run.txt
	$(BIN)/python -m uv pip install --quiet --python $(VENV) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.run locks/test.txt
	$(BIN)/python -m uv pip install --quiet --python $(VENV) --require-hashes -r locks/test.txt
	@touch $@

UV_LOCK := $(BIN)/python -m uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11
lock: $(VENV)/.tools
	printf 'setuptools>=77\nuv\n' | $(UV_LOCK) - -o locks/tools.txt
	$(UV_LOCK) pyproject.toml --group pyproject.toml:test --group pyproject.toml:dev -o locks/test.txt
	$(UV_LOCK) pyproject.toml -c locks/test.txt -o locks/run.txt
	$(BIN)/python tools/write_environment.py

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find outputs -mindepth 1 ! -name README.md -delete
