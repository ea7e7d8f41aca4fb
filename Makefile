# Everything that is done with this repository. Needs make and python3 (3.11 or newer) with venv.

PYTHON := .venv/bin/python
TESTS ?= tests
# Compiled once and kept beside the rest, whatever the shell around says: tests are compiled anew otherwise, every time.
export PYTHONPYCACHEPREFIX := $(CURDIR)/var/compiled
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test lint types browser environment lock format load-data

help: ## This list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

run: ## Start the service with its demo on 127.0.0.1:8000 (PORT=8001 make run: another port)
	@python3 bootstrap.py run

test: lint ## Every check, and every test that is quick; .ci/run has all
	$(PYTHON) -m pytest -q -n auto --dist worksteal -m "not slow and not thorough" $(TESTS)

lint: environment ## Style, layers, templates, migrations, the image
	.venv/bin/ruff check .
	.venv/bin/lint-imports --no-cache > var/lint-imports.txt || { cat var/lint-imports.txt; exit 1; }
	.venv/bin/djlint templates --lint --quiet
	.venv/bin/hadolint Dockerfile
	$(PYTHON) manage.py makemigrations --check --dry-run

types: environment ## Types, by mypy
	.venv/bin/mypy

browser: environment ## Stories in Chromium (Debian: apt-get install chromium fonts-liberation)
	$(PYTHON) -m pytest -q -n 2 --dist worksteal tests/browser

environment:
	@mkdir -p var
	@python3 bootstrap.py environment --dev

load-data: environment ## Fill an empty database (DATABASE_URL=postgres://…) with 200,000 invented referrals
	$(PYTHON) manage.py migrate --verbosity 0
	$(PYTHON) manage.py load_data --referrals 200000 --appointments 1000000

lock: environment ## Write the newest versions that fit requirements*.in into requirements*.txt
	.venv/bin/uv pip compile --universal --generate-hashes --no-header --upgrade --python-version 3.11 requirements.in -o requirements.txt
	.venv/bin/uv pip compile --universal --generate-hashes --no-header --upgrade --python-version 3.11 requirements-dev.in -o requirements-dev.txt

format: environment ## Lay out the Python code
	.venv/bin/ruff format .
