# Everything here works from a fresh clone: it needs Python 3.11 or newer and, on Debian, python3-venv.
.DEFAULT_GOAL := help
.PHONY: help run test proofs bench check fix migrations lock stop

python := .venv/bin/python
# Anything configured for production sets this to 0.
export MESOINFO_DEVELOPMENT ?= 1

# The hash seed is fixed so that both processes list the same tests in the same order.
# Bytecode is written, also where the environment asks for none: a run starts dozens of processes, and each would
# compile all of ours anew.
define run-pytest
	@bin/venv requirements.txt requirements-dev.txt
	@$(python) -m tests.browser.chromium
	@$(python) -m tests.browser.vnu
	@PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE= $(1) $(python) -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder -m $(2) $(ONLY)
endef

help: ## list what there is
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 20

run: ## start everything: database, site, worker (PORT=8000, DEBUG=1 for debug pages)
	@python=$$(bin/venv --python) && "$$python" -m mesoinfo.dev_run probe
	@bin/venv requirements.txt
	@exec $(python) -m mesoinfo.dev_run

test: ## run the tests, those in a real browser too (ONLY=tests/path for some)
	$(call run-pytest,,"not whole")

proofs: ## run what is too heavy for make test (SIZE=20 for twenty times as many examples, ONLY=tests/path)
	$(call run-pytest,SIZE=$${SIZE:-1},"proof or whole")

bench: ## measure everything and write docs/quality.md (ONLY=pages shows one part)
	@bin/venv requirements.txt requirements-dev.txt
	@$(python) -m tests.browser.chromium
	@$(python) -m bench $(ONLY)

check: ## style, types, templates, imports, migrations, production settings
	@bin/venv requirements.txt requirements-dev.txt
	@bin/check

fix: ## rewrite what check can correct by itself
	@bin/venv requirements.txt requirements-dev.txt
	-@$(python) -m ruff check --fix --quiet .
	@$(python) -m ruff format --quiet .
	-@$(python) -m djlint --reformat --quiet templates

migrations: ## write a migration for changed models (NAME=what_is_taken_out, said as a sentence)
	@test -n "$(NAME)" || { echo "Say what is true after it: make migrations NAME=what_is_taken_out" >&2; exit 2; }
	@bin/venv requirements.txt
	@$(python) manage.py makemigrations --name "$(NAME)"

lock: ## renew the locked requirements from requirements.in and requirements-dev.in
	@bin/venv requirements.txt requirements-dev.txt
	@$(python) -m uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-header --quiet \
		requirements.in --output-file requirements.txt
	@$(python) -m uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-header --quiet \
		requirements-dev.in --output-file requirements-dev.txt
	@bin/venv requirements.txt requirements-dev.txt

stop: ## stop the development database
	@python=$$(bin/venv --python) && "$$python" -m mesoinfo.dev_postgres stop
