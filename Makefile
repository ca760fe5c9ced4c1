# Each target installs what it needs (.config/install) and is quick the second time.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

python := .venv/bin/python
bin := .venv/bin
# Much of a test is waiting: three at a time fill two cores. The long proofs judge times as well, and get a core each.
workers ?= 3
args ?=

# Checks and tests never touch the data folder of a running server, nor its settings.
scratch := DATA_DIR=.scratch SECRET_KEY= DATABASE_URL= REDIS_URL= PUBLIC_URL=

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-10s %s\n", $$1, $$2}'

.PHONY: run
run: ## Install, prepare the data folder, and serve; prints the address and, once, the login
	@.config/install run
	@$(python) manage.py bootstrap
	@exec $(python) manage.py serve

.PHONY: install
install: ## Only install what `run` needs
	@.config/install run

.PHONY: test
test: ## All tests; the long proofs at reduced size (under 15 minutes on two cores)
	@.config/install dev node services browser
	$(bin)/pytest -n $(workers) $(args)
	TEST_STORAGE=sqlite $(bin)/pytest -n $(workers) -m storage $(args)
	npm run --silent test:js

.PHONY: proof
proof: ## The long proofs at full size (under 45 minutes)
	@.config/install dev services browser
	PROOF=full $(bin)/pytest -m proof -n 2 --timeout 1500 $(args)

.PHONY: bench
bench: ## Speed beside Socket.IO, ws and the Channels tutorial (15 minutes; ALL=1: an hour; ONLY=fanout: a part)
	@.config/install run services compiler $(if $(ALL)$(ONLY),dev browser)
	@$(python) -m tests.bench $(if $(ALL),--all) $(if $(ONLY),--only "$(ONLY)") $(args)

checks := ruff format types floors migrations deploy settings-doc protocol-doc templates page
.PHONY: check $(addprefix check-,$(checks))
check: ## Linters, types, floors, migrations, deployment settings; all run, then the failed ones are named
	@.config/install dev node
	@failed=; for name in $(checks); do \
		printf '\033[1m==> %s\033[0m\n' "$$name"; \
		$(MAKE) check-$$name || failed="$$failed $$name"; \
	done; \
	if [ -n "$$failed" ]; then echo "Failed:$$failed" >&2; exit 1; fi; echo "All checks passed."

check-ruff:
	@$(bin)/ruff check
check-format:
	@$(bin)/ruff format --check
check-types:
	@$(scratch) $(bin)/mypy
check-floors:
	@$(bin)/lint-imports
check-migrations:
	@$(scratch) $(python) manage.py makemigrations --check --dry-run
check-deploy:
	@$(scratch) PUBLIC_URL=https://chat.example.com $(python) -W error manage.py check --deploy --fail-level WARNING
check-settings-doc:
	@$(scratch) $(python) manage.py document_configuration --check
check-protocol-doc:
	@$(scratch) $(python) manage.py document_protocol --check
check-templates:
	@$(bin)/djlint --quiet --lint templates
check-page:
	@npm run --silent lint
	@npm run --silent types
	@node static/js/vendor/vendor.mjs --check
	@node static/assets.mjs --check

.PHONY: format
format: ## Format and fix what can be fixed
	@.config/install dev node
	$(bin)/ruff check --fix
	$(bin)/ruff format
	npm run --silent format

.PHONY: screenshots
screenshots: ## Take the documentation's pictures anew
	@.config/install dev node browser
	$(python) -m tests.browser.screenshots

.PHONY: messages
messages: ## Gather what templates, Python and scripts say, and write the catalogs of all languages anew
	@.config/install dev
	$(scratch) $(python) manage.py catalogs

.PHONY: docs
docs: ## Write the generated documents anew
	@.config/install dev
	$(scratch) $(python) manage.py document_configuration
	$(scratch) $(python) manage.py document_protocol

lock := $(bin)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-header --no-annotate --quiet --native-tls

.PHONY: lock
lock: ## Resolve the dependencies anew within pyproject.toml and package.json (args=--upgrade for newer ones)
	@.config/install dev node
	$(lock) $(args) pyproject.toml -o requirements.lock
	$(lock) $(args) --group dev pyproject.toml -c requirements.lock -o requirements-dev.lock
	@# In a folder of its own: from an installed node_modules npm would take packages over without their hashes.
	folder=$$(mktemp -d); cp package.json package-lock.json .npmrc "$$folder"; \
		(cd "$$folder" && npm $(if $(filter --upgrade,$(args)),update,install) --package-lock-only); \
		cp "$$folder/package-lock.json" .; rm -r "$$folder"
