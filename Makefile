# Two commands to begin with: `make demo` and `make test`. The rest: `make help`.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help demo install dev test check rows format messages lock sbom access-page data-page pictures

help: ## Say what there is
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

DEMO := var/this-is-demo-data
demo: export MUSLING_MODE = demo
demo: export MUSLING_BASE_URL = http://localhost:$(PORT)
demo: export EMAIL_URL = file:$(CURDIR)/var/mail
demo: install ## Serve the demo on PORT (8000); keeps its data, RESET=1 begins anew
	@$(if $(RESET),test ! -e var -o -e $(DEMO) || { echo "var/ holds no demo; it stays." >&2; exit 1; })
	@$(if $(RESET),rm -rf var)
	@test -e var || { mkdir var && echo "The demo's data: make demo RESET=1 removes it." > $(DEMO); }
	@$(BIN)/musling migrate
	@$(BIN)/musling demo
	@echo "What the demo sends as mail lies in var/mail. Ctrl+C ends it."
	@exec $(BIN)/musling serve --port $(PORT)

install: ## What it takes to run Musling: .venv, front-end files, compiled translations
	@$(PYTHON) -m setup.environment runtime
	@$(PYTHON) -m setup.frontend
	@$(BIN)/python -m setup.translations compile

dev: ## The same, with what developers need
	@$(PYTHON) -m setup.environment dev
	@$(PYTHON) -m setup.frontend
	@$(BIN)/python -m setup.translations compile

# One run, three processes that each have a database of their own; pytest's closing line adds them
# up. All that drives a browser is a part of its own; what reads documents and asks for no database
# runs once, beside the suite on SQLite, and the long walks through every page once, on PostgreSQL.
# The commands that tests start read compiled modules, even where the variable is set otherwise.
test: export PYTHONDONTWRITEBYTECODE =
test: dev ## The whole suite on SQLite and PostgreSQL, and the journeys in Chromium
	@$(PYTHON) -m setup.system
	$(BIN)/python -m pytest --dist=each \
		--tx popen//id=sqlite//env:MUSLING_TEST_DATABASE=sqlite//env:MUSLING_TEST_PART=suite \
		--tx popen//id=postgresql//env:MUSLING_TEST_DATABASE=postgresql//env:MUSLING_TEST_PART=database \
		--tx popen//id=journeys//env:MUSLING_TEST_DATABASE=postgresql//env:MUSLING_TEST_PART=journeys

check: export MUSLING_MODE = test
check: export DATABASE_URL = sqlite:///:memory:
check: export DJANGO_SETTINGS_MODULE = musling.config.settings
check: dev ## Format, lint, types, imports, migrations, translations, licences, system check
	@$(PYTHON) -m setup.system
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/djlint --quiet --lint musling
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m django makemigrations --check --dry-run
	$(BIN)/python -m setup.translations check
	$(BIN)/reuse lint --quiet
	$(BIN)/python -m django check --fail-level WARNING

rows: dev ## Which rows of the product a journey in the browser proves, and which none does
	@$(BIN)/python -m tests.rows

format: dev ## Format the code, and mend what the linter can
	$(BIN)/ruff check --quiet --fix-only .
	$(BIN)/ruff format --quiet .

messages: dev ## Bring the Danish catalogue in step with the code
	@$(BIN)/python -m setup.translations refresh

LOCK := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options
lock: export CUSTOM_COMPILE_COMMAND = make lock
lock: dev ## Write the locks anew; UPGRADE=1 takes the newest versions that pyproject.toml allows
	$(LOCK) $(if $(UPGRADE),--upgrade) --build-deps-for editable \
		--output-file requirements/runtime.txt pyproject.toml
	$(LOCK) $(if $(UPGRADE),--upgrade) --build-deps-for editable --extra dev \
		--constraint requirements/runtime.txt --output-file requirements/dev.txt pyproject.toml
	$(LOCK) $(if $(UPGRADE),--upgrade) --output-file requirements/node.txt requirements/node.in
	npm install --package-lock-only --ignore-scripts

sbom: dev ## Write sbom.cdx.json, what an installation is made of, with licences and hashes
	@$(BIN)/python -m setup.sbom

access-page: export MUSLING_MODE = test
access-page: export DJANGO_SETTINGS_MODULE = musling.config.settings
access-page: dev ## Write docs/access.md anew from the rows of access
	@$(BIN)/python -m setup.access_page

data-page: export MUSLING_MODE = test
data-page: export DJANGO_SETTINGS_MODULE = musling.config.settings
data-page: dev ## Write docs/privacy/data.md anew: every table, and how long it is kept
	@$(BIN)/python -m setup.data_page

pictures: dev ## Take the guide's pictures from a running demo (ADDRESS=http://localhost:8000)
	$(BIN)/python -m setup.pictures $(or $(ADDRESS),http://localhost:8000)
