# Two commands on a fresh machine: `make demo` and `make test`. Needs Python 3.11 or later, nothing else.
SHELL := /bin/sh
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.locked
SPARK := .venv-spark

.PHONY: setup demo test test-all coverage lint bench bench-day bench-jobs bench-history bench-starts bench-memory day graphs crash soak faults spark lock lock-spark docs clean

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Loadstone needs Python 3.11 or later, and none is on the PATH."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing the locked packages into $(VENV) ..."
	@if command -v uv >/dev/null 2>&1; then \
	  uv pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock && \
	  uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e . ; \
	else \
	  $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock && \
	  $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi
	@touch $(STAMP)

demo: $(STAMP)
	@sh examples/demo.sh $(BIN)/loadstone

test: $(STAMP)
	$(BIN)/python -m pytest -n 3 --dist worksteal -m "not slow"

test-all: $(STAMP)
	$(BIN)/python -m pytest -n 3 -m "slow or not slow"

coverage: $(STAMP)
	$(BIN)/python tools/cover.py

lint: $(STAMP)
	$(BIN)/ruff check src tests tools benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports --config pyproject.toml
	$(BIN)/python tools/shape.py

bench: $(STAMP)
	$(BIN)/python benchmarks/load.py

bench-memory: $(STAMP)
	$(BIN)/python benchmarks/memory.py

bench-peers: $(STAMP)
	$(BIN)/python benchmarks/peers.py

bench-jobs: $(STAMP)
	$(BIN)/python benchmarks/jobs.py

bench-history: $(STAMP)
	$(BIN)/python benchmarks/history.py

bench-starts: $(STAMP)
	$(BIN)/python benchmarks/starts.py

bench-output: $(STAMP)
	$(BIN)/python benchmarks/output.py

bench-day: $(STAMP)
	$(BIN)/python benchmarks/day.py

bench-staging: $(STAMP)
	$(BIN)/python benchmarks/staging.py

bench-overhead: $(STAMP)
	$(BIN)/python benchmarks/overhead.py

crash: $(STAMP)
	$(BIN)/python -m pytest tests/crash tests/integration/arrivals/test_kills.py -n 2 -m "slow or not slow" --kills 200

day: $(STAMP)
	$(BIN)/python -m pytest tests/integration/arrivals -n 2 -m slow

graphs: $(STAMP)
	$(BIN)/python -m pytest tests/property/test_type_graphs.py -m "slow or not slow"

MINUTES ?= 10

soak: $(STAMP)
	$(BIN)/python -m tests.crash.soak --minutes $(MINUTES)

faults: $(STAMP)
	$(BIN)/python -m pytest -s tests/faults --fault-runs 2000 --fault-clock 1

$(SPARK)/.locked: requirements.lock requirements-spark.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Loadstone needs Python 3.11 or later, and none is on the PATH."; exit 1; }
	@test -x $(SPARK)/bin/python || $(PYTHON) -m venv $(SPARK)
	@echo "installing the locked packages and Spark (some 450 MB) into $(SPARK) ..."
	@$(SPARK)/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(SPARK)/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-spark.lock
	@$(SPARK)/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(SPARK)/.locked

spark: $(SPARK)/.locked
	$(SPARK)/bin/python -m pytest -v tests/spark -m "slow or not slow"

lock-spark: $(STAMP)
	echo "pyspark>=4.0,<5" | $(BIN)/uv pip compile - --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -o requirements-spark.lock

lock:
	$(BIN)/uv pip compile --no-strip-extras pyproject.toml --extra dev --extra oracle --extra s3 --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -o requirements.lock

docs: $(STAMP)
	$(BIN)/python tools/docs.py

clean:
	rm -rf $(VENV) $(SPARK) .demo build dist
