# The steps of this project, the same for people and pipelines. They need make and Python 3.10 or
# newer, and install the rest into .venv. To choose the Python: make templates PYTHON=python3.13

PY := .venv/bin/python
# A lock records no index and no paths, which differ from machine to machine. --system-certs: like
# pip, uv has to reach the index through a proxy with a company's own certificate.
COMPILE = $(PY) -m uv --no-config --system-certs pip compile --quiet \
	--universal --python-version 3.10 \
	--generate-hashes --no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

# make inserts the values, and the shell takes them as they are.
quoted = '$(subst ','\'',$(1))'
RELEASE = --bucket $(call quoted,$(BUCKET)) $(if $(FOLDER),--folder $(call quoted,$(FOLDER))) \
	$(if $(REGIONS),--regions $(call quoted,$(REGIONS))) $(OPTIONS)
# Nobody who meant a dry run may publish: any other word is refused, and DRY_RUN= with nothing after
# it, which is what DRY_RUN=$X is if X is not set.
dry = $(strip $(DRY_RUN))
DRY = $(if $(dry)$(filter command,$(origin DRY_RUN)),$(if $(filter 1 yes true,$(dry)),--dry-run,\
	$(if $(filter-out 0,$(or $(dry),nothing)),$(error DRY_RUN is '$(DRY_RUN)':\
	write 1 to print what would be written and where; leave it out, or write 0, to publish))))
NO_BUCKET = make $@: BUCKET is missing: name the bucket of the release: make $@ BUCKET=...

# make ignores a variable that it does not know: `make publish OPTION=--dry-run` would publish. Only
# what was typed for this make is looked at, not what a make above it hands down (MAKELEVEL).
VARIABLES = BUCKET DRY_RUN FOLDER OPTIONS PREVIOUS PYTHON REGIONS SECONDS SEED UPGRADE
ifeq ($(MAKELEVEL),0)
typed := $(filter-out $(VARIABLES),$(foreach name,$(.VARIABLES),\
	$(if $(filter command,$(origin $(name))),$(name))))
slip := $(if $(typed),$(shell awk -f tools/slip.awk "$(VARIABLES)" \
	$(foreach name,$(typed),$(call quoted,$(name)))))
$(if $(slip),$(error $(slip)))
endif

TARGETS = help templates lint publish verify test audit format lock release-check bench fuzz clean
.PHONY: $(TARGETS)
# make would first do the others: `make publish BUCKET=... DRY_RUN` would publish, and then fail.
# Shells complete targets with the help of names with a dot.
$(foreach word,$(filter-out $(TARGETS) .%,$(MAKECMDGOALS)),\
	$(error '$(word)' is neither a target nor VARIABLE=value: make alone lists the targets))

unexport PYTHONPATH PYTHONHOME # they lead to packages that are not the locked ones
unexport PYTHONSAFEPATH # it hides the project from python -m
# The packages in .venv are compiled when they first run: without a cache, in every run.
unexport PYTHONDONTWRITEBYTECODE

.NOTPARALLEL: # several targets build the same .venv

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

templates: ## generate, lint and write templates/; does nothing if nothing has changed
	@sh tools/venv.sh users
	@if sh tools/unchanged.sh; then echo "templates/ is up to date: nothing to do."; \
	else $(PY) build.py templates && touch .venv/templates; fi

lint: ## check templates/: lint findings, and differences from its source
	@sh tools/venv.sh users
	@$(PY) build.py check

publish: ## publish templates/: BUCKET=... [FOLDER=...] [REGIONS=...] [DRY_RUN=1] [OPTIONS=...]
	@[ -n "$$BUCKET" ] || { echo "$(NO_BUCKET)" >&2; exit 2; }
	@sh tools/venv.sh users >&2
	@$(PY) build.py publish $(RELEASE) $(DRY)

verify: ## check whether a published release is whole; same variables, OPTIONS=--against-local
	@[ -n "$$BUCKET" ] || { echo "$(NO_BUCKET)" >&2; exit 2; }
	@sh tools/venv.sh users >&2
	@$(PY) build.py verify $(RELEASE)

test: ## run every check: formatting, lint, types, templates/, tests
	@sh tools/venv.sh tests
	@sh tools/test.sh

audit: ## check templates/ against the policies of checkov
	@sh tools/venv.sh audit
	@.venv-audit/bin/python tools/audit.py

format: ## format the Python code and apply automatic fixes
	@sh tools/venv.sh tests
	@$(PY) -m ruff format
	@$(PY) -m ruff check --fix

lock: ## resolve the lock files after a change of pyproject.toml (UPGRADE=1: newest versions)
	@sh tools/venv.sh tests
	@$(COMPILE) --output-file requirements.txt pyproject.toml
	@$(COMPILE) --output-file requirements-test.txt --constraints requirements.txt \
		--group test pyproject.toml
	@$(COMPILE) --output-file tools/requirements-audit.txt --group pyproject.toml:audit

release-check: ## show what an update from a release does (PREVIOUS=file, https:// or s3:// address)
	@[ -n "$$PREVIOUS" ] || { echo "make release-check: PREVIOUS is missing: give the manifest of" \
		"the last release, or a template: make release-check" \
		"PREVIOUS=s3://BUCKET/FOLDER/templates/Backup.manifest.json" >&2; exit 2; }
	@sh tools/venv.sh users
	@$(PY) build.py compare "$$PREVIOUS"

bench: ## measure speed, as ratios within one run
	@sh tools/venv.sh tests
	@$(PY) -m tests.bench

fuzz: ## try inputs that nobody would write, for a while: [SECONDS=300] [SEED=...]
	@sh tools/venv.sh tests
	@$(PY) -m tests.fuzz $(if $(SECONDS),--seconds '$(SECONDS)') $(if $(SEED),--seed '$(SEED)')

clean: ## remove what the other targets made, except templates/ and the lock files
	@rm -rf .venv .venv.lock .venv-audit .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -prune -exec rm -rf {} +
