# The project's chores. `make demo` and `make test` need only Python 3.11+ and a package index.
.DEFAULT_GOAL := help
PYTHON = $(shell scripts/venv)

.PHONY: help demo test test-unit check format lint types docs record test-peers test-heavy test-pythons fuzz bench bench-quick peers clean

help: ## list the chores
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 14

demo: ## run the main job for real, on the embedded registry and an OCI layout
	@scripts/demo

test: ## the tests that need nothing but Python
	@scripts/test

test-unit: ## the unit tests alone, on two cores (under ten seconds)
	@scripts/test-unit -q

check: lint types test ## lint, types and tests: what a commit must pass

format: ## format the code
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m ruff check --fix .

lint: ## formatting and lint rules
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m ruff check .

types: ## the types, strictly
	@$(PYTHON) -m mypy

docs: ## write docs/reference from the code
	@$(PYTHON) scripts/make-docs

peers: ## install the peers that the peer tests talk to (Debian packages and Go programs at pinned versions)
	@scripts/install-peers

test-peers: ## tests against other programs; what is missing is skipped, with the reason
	@$(PYTHON) -m pytest -m 'peer and not heavy' -rs -n auto tests

test-heavy: ## tests that need gigabytes or minutes
	@$(PYTHON) -m pytest -m heavy -rs tests/heavy

test-pythons: ## the tests on every other Python from 3.11 on that this machine has
	@scripts/test-pythons

fuzz: ## the property tests with new examples and the tests in a new order, for as long as it pays
	@$(PYTHON) -m pytest -n auto --order=new -m 'not peer and not heavy' tests/property tests/unit tests/programs

record: ## record the Go programs again, from their pinned versions (needs Go)
	@scripts/record

bench: bench/.venv ## measure ours beside its peers, everything (28 minutes): writes bench/results/full.md
	@PYTHONPATH=src:. $(PYTHON) -m bench

bench-quick: bench/.venv ## the same with small images (under two minutes)
	@PYTHONPATH=src:. $(PYTHON) -m bench --quick

bench/.venv: # oras-py, in an environment of its own
	@$(PYTHON) -m venv bench/.venv && bench/.venv/bin/python -m pip install --quiet --disable-pip-version-check oras==0.2.43 \
		|| echo "oras-py cannot be installed: it will be listed as missing"

clean: ## remove what the chores made
	rm -rf .venv bench/.venv .pytest_cache .mypy_cache .ruff_cache .hypothesis dist build
