# carrierbox: `make demo` shows it, `make run` starts it, `make test` proves it.
# GNU make and a POSIX shell. PYTHON chooses the interpreter: make test PYTHON=python3.12

PYTHON ?= python3
ARGS ?=
comma := ,

# A virtual environment knows the folder it was made in, so its stamp does, too: a copied clone makes its own.
HERE := $(shell pwd | cksum | cut -d ' ' -f 1)
DEV := .venv/.ready-$(HERE)
DEMO := .venv-demo/.ready-$(HERE)
PY := .venv/bin/python

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

.PHONY: help setup demo run test test-fast test-compiled interop-deps check fix fuzz simulate simulate-faults tables library mutations conformance dissect smoke bench-waiting clean

help:
	@echo 'make demo           texts travel from an SMPP client to phones, receipts come back'
	@echo 'make run            start the carrier and stay (ARGS="--smpp 127.0.0.1:2776")'
	@echo 'make setup          a virtual environment with the tools to work on carrierbox, in .venv'
	@echo 'make check          format, lint, types, imports, architecture'
	@echo 'make fix            format, and correct what lint can correct'
	@echo 'make test-fast      the tests that need no service and little time'
	@echo 'make test           every test'
	@echo 'make test-compiled  build the wheel and test what it installs'
	@echo 'make interop-deps   node-smpp and mqtt.js, clients of some tests (needs npm)'
	@echo 'make simulate       seeds in which everything goes wrong (SEEDS=10000 FIRST=0)'
	@echo 'make simulate-faults  plant faults in the centre and show that a seed catches each'
	@echo 'make tables         generate the tables of numbering and of grapheme clusters anew'
	@echo 'make library        write the tables of scenarios and of carriers in docs/ anew'
	@echo 'make mutations      plant a fault for every rule of SMPP and show that a test catches each'
	@echo 'make conformance    the same, and write docs/conformance.md (ARGS=--check compares it)'
	@echo 'make dissect        let tshark read what a test run captured (TRAFFIC=build/traffic)'
	@echo 'make fuzz           random octets for every decoder, a minute each (SECONDS_EACH=600)'
	@echo 'make smoke          200,000 messages: processor time per message, memory'
	@echo 'make bench-waiting  100,000 messages for phones that are off: memory, restart (WAITING=...)'
	@echo 'make clean          remove what was made, the virtual environments too'

# Each makes one virtual environment, from nothing if it is not a finished one of this folder.
define make-venv
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "carrierbox needs Python 3.11 or newer: make PYTHON=python3.12")'
	@test -f $@ || rm -rf $(@D)
	@test -d $(@D) || $(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --editable '.[$(1)]'
	@touch $@
endef

$(DEV): pyproject.toml setup.py
	$(call make-venv,dev$(comma)test)

$(DEMO): pyproject.toml setup.py
	$(call make-venv,test)


setup: $(DEV)

demo: $(DEMO)
	@.venv-demo/bin/python -m carrierbox demo $(ARGS)

run: $(DEMO)
	@exec .venv-demo/bin/python -m carrierbox serve --hints $(ARGS)

check: $(DEV)
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	@echo 'Advisory, functions with more than ten branches:'
	@$(PY) -m ruff check --quiet --select C901 --exit-zero --output-format concise src
	$(PY) -m mypy
	.venv/bin/lint-imports --no-cache
	$(PY) -m pytest -q tests/test_architecture.py

fix: $(DEV)
	$(PY) -m ruff check --fix --exit-zero .
	$(PY) -m ruff format .

# Two processes collect all tests: from compiled files, that takes a third of the time.
test test-fast: export PYTHONDONTWRITEBYTECODE :=

test: $(DEV)
	$(PY) -m pytest -n 2 $(ARGS)

# Fewer examples of each property; and at the end, tests that should be `slow` by now.
test-fast: $(DEV)
	$(PY) -m pytest -n 2 -m 'not slow and not service and not interop' \
	    --hypothesis-profile fast --durations 10 --durations-min 1 $(ARGS)

# The wheel is built from a copy and installed into an environment of its own.
COMPILED := .venv-compiled
COMPILED_READY := $(COMPILED)/.ready-$(HERE)
COMPILED_TESTS := tests/unit tests/conformance tests/properties tests/integration tests/test_package.py
TABLES := src/carrierbox/data/numbering.tsv
SOURCES := $(shell find src/carrierbox -type f ! -name '*.pyc')

$(COMPILED_READY): pyproject.toml setup.py $(SOURCES)
	rm -rf $(COMPILED)
	$(PYTHON) -m venv $(COMPILED)
	mkdir $(COMPILED)/source
	cp -R pyproject.toml setup.py README.md LICENSE src $(COMPILED)/source
	CARRIERBOX_COMPILED=1 $(COMPILED)/bin/python -m pip wheel --quiet --no-deps --wheel-dir $(COMPILED)/dist $(COMPILED)/source
	rm -rf $(COMPILED)/source
	$(COMPILED)/bin/python -m pip install --quiet hypothesis pytest-xdist httpx \
	    smspdudecoder "bitstring<5" gsmcodecs regex \
	    "phonenumbers==$$(sed -n '1s/^# phonenumbers \([0-9.]*[0-9]\)\. .*/\1/p' $(TABLES))" \
	    "$$(echo $(COMPILED)/dist/*.whl)[test,tls,patterns,mqtt]"
	$(COMPILED)/bin/carrierbox --version | tee $(COMPILED)/version
	grep -qw compiled $(COMPILED)/version
	touch $@

# The tests run from a folder beside which there is no src/: only the installed wheel is imported.
test-compiled: $(COMPILED_READY) $(DEV)
	rm -rf $(COMPILED)/run
	mkdir $(COMPILED)/run
	cp -R pyproject.toml README.md docker docs tests tools $(wildcard examples) $(COMPILED)/run
	cd $(COMPILED)/run && env -u PYTHONPATH ../bin/python -m pytest -n 2 $(wildcard $(COMPILED_TESTS)) $(ARGS)
	cd $(COMPILED)/run && env -u PYTHONPATH PYTHONHASHSEED=1 ../bin/python -m tools.simulate \
	    --digests --seeds 50 >../digests-compiled
	env -u PYTHONPATH PYTHONHASHSEED=2 $(PY) -m tools.simulate --digests --seeds 50 >$(COMPILED)/digests-source
	cmp $(COMPILED)/digests-compiled $(COMPILED)/digests-source

smoke: $(COMPILED_READY)
	$(COMPILED)/bin/python bench/smoke.py $(ARGS)

# A hundredth of what the store is made for: 10 million messages, a million phones.
WAITING ?= --messages 100000 --phones 10000

bench-waiting: $(COMPILED_READY)
	$(COMPILED)/bin/python bench/waiting.py $(WAITING) $(ARGS)

NODE_MODULES := .node_modules-cache

interop-deps:
	mkdir -p $(NODE_MODULES)
	cp tests/interop/package.json tests/interop/package-lock.json $(NODE_MODULES)
	npm ci --prefix $(NODE_MODULES) --silent --no-audit --no-fund

# Random and mutated octets for every decoder; with atheris installed its coverage guides them.
SECONDS_EACH ?= 60

fuzz: $(DEV)
	for target in fuzz/fuzz_*.py; do $(PY) $$target --seconds $(SECONDS_EACH) || exit 1; done

# A seed decides everything that happens in a run: the same seed does the same, octet for octet.
SEEDS ?= 500
FIRST ?= 0

simulate: $(DEV)
	$(PY) -m tools.simulate --seeds $(SEEDS) --first $(FIRST) $(ARGS)

simulate-faults: $(DEV)
	$(PY) -m tools.simulate --faults $(ARGS)

tables: $(DEV)
	$(PY) tools/make_tables.py
	$(PY) tools/make_grapheme_table.py

library: $(DEV)
	$(PY) tools/make_document_tables.py $(ARGS)

mutations: $(DEV)
	$(PY) -m tools.mutations $(ARGS)

conformance: $(DEV)
	$(PY) -m tools.conformance $(ARGS)

# The captures are those of `make test ARGS=--carrierbox-capture=build/traffic`.
TRAFFIC ?= build/traffic

dissect: $(DEV)
	$(PY) -m tools.dissect $(TRAFFIC)

clean:
	rm -rf .venv .venv-demo .venv-compiled $(NODE_MODULES) build dist src/*.egg-info
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find src tests tools -name __pycache__ -prune -exec rm -rf {} +
