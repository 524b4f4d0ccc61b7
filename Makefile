# All targets need Python 3.11 or newer, make and git; some need more, as listed. Every target can be repeated.
#   make demo            build examples/quickstart and print the path of its video
#   make test            run the tests; TESTS="tests/e2e tests/crash" selects some
#   make test-browser    play videos and use the live page in a real browser; needs Chromium and npm (Debian packages:
#                        chromium, npm)
#   make test-editor     read specs with the YAML language server of editors; needs node and npm (Debian: nodejs, npm)
#   make test-stores     publish to an emulator of Azure's storage, and share a cache there; needs node and npm
#   make test-shells     complete command lines in bash, zsh and fish (Debian packages: zsh, fish)
#   make test-windows    run commands and check all specs in Python for Windows under Wine (Debian packages: wine,
#                        wine64, gcc-mingw-w64-x86-64-win32)
#   make test-decoders   decode videos with an older ffmpeg on PATH (Debian package: ffmpeg)
#   make soak            repeat the crash, race, corruption and fuzz tests for half an hour and more, and measure the
#                        times of words in every language; reads VIDBUILD_SOAK_ROUNDS, VIDBUILD_SOAK_SEED and
#                        VIDBUILD_FUZZ_...: see CONTRIBUTING.md
#   make lint            check style and types
#   make check           run lint and test
#   make coverage        run the unit tests and report the lines and branches that they reach; fails below the floor in
#                        pyproject.toml; CASES=3 measures three cases of each test, in half of the time
#   make bench           measure build times against their targets (some minutes); CASE=name selects one, see
#                        tests/bench/aims.py; PEER=ffmpeg beside the same video by hand-written ffmpeg under ninja;
#                        AGAINST=PATH beside another checkout, see tests/bench/HISTORY.md
#   make mutate          change the code at random places and list the changes that no test of their room notices;
#                        reads ROOM (default: every room), COUNT (mutants of a room), SEED and JOBS
#   make pins            update the pinned results of every step kind, after raising a kind's version or changing keys
#   make words           compare the times of words with espeak's own marks and write docs/word-times.md
#   make schema          write schemas/, docs/reference.md and docs/scenes/ from the parts of the schema
#   make cli             write docs/cli.md and docs/completions/ from the commands
#   make pictures        draw the pictures of the documentation from examples/gallery.yaml
#   make site            build the documentation as a site, with its videos, into site/; any warning fails it
#   make golden          draw the sheet that the scene types are compared with (tests/golden/sheet.jpg): look at it
#   make clean           remove the environment and built videos; keep the cache

PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
DEMO := examples/quickstart
PARALLEL := -n auto -p tests.support.parallel
TESTS ?=
CASES ?=
FLOOR_OF_CASES := 87

# Thousands of tests start Python: they read what the first one compiled, even if the caller's Python is to keep nothing.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: site cli demo test mutate soak test-browser test-editor test-stores test-decoders coverage lint check pins schema pictures bench words clean test-shells test-windows golden

demo: .venv/run.stamp
	@$(BIN)/vidbuild build $(DEMO)/video.yaml
	@echo "demo video: $(DEMO)/build/video.mp4"

test: .venv/work.stamp
	$(BIN)/python -m pytest -q $(PARALLEL) $(TESTS)

test-browser: .venv/work.stamp tests/browser/node_modules/.package-lock.json
	$(BIN)/python -m pytest -q -n 2 --dist loadfile tests/browser

test-editor: .venv/work.stamp tests/editor/node_modules/.package-lock.json
	$(BIN)/python -m pytest -q tests/editor

test-stores: .venv/work.stamp tests/stores/node_modules/.package-lock.json
	$(BIN)/python -m pytest -q tests/stores

test-shells: .venv/work.stamp
	$(BIN)/python -m pytest -q tests/shells

test-windows: .venv/work.stamp
	tools/windows.sh

test-decoders: .venv/work.stamp
	$(BIN)/python -m pytest -q tests/older tests/unit/steps/test_mux_audio.py

coverage: .venv/work.stamp
	$(BIN)/python -m coverage erase
	CASES=$(CASES) $(BIN)/python -m coverage run -m pytest -q $(PARALLEL) -p tests.support.measuring tests/unit
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report $(if $(CASES),--fail-under=$(FLOOR_OF_CASES))

soak: .venv/work.stamp
	$(BIN)/python -m pytest -q tests/soak

mutate: .venv/work.stamp
	$(BIN)/python -m tools.mutate $(ROOM) --count $(or $(COUNT),15) --seed $(or $(SEED),1) --jobs $(or $(JOBS),1)

lint: .venv/work.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

check: lint test

pins: .venv/work.stamp
	@$(BIN)/python -m tests.support.pinned_steps

schema: .venv/work.stamp
	@$(BIN)/python -m tools.schema

cli: .venv/work.stamp
	@$(BIN)/python -m tools.command_line

pictures: .venv/work.stamp
	@$(BIN)/python -m tools.pictures

site: .venv/work.stamp
	@$(BIN)/python -m mkdocs build --strict --quiet --site-dir site
	@echo "site: site/index.html"

golden: .venv/work.stamp
	@$(BIN)/python -m tests.golden.sheets

words: .venv/work.stamp
	@$(BIN)/python -m tests.words

bench: .venv/work.stamp
	@$(if $(PEER),$(INSTALL) ninja && )$(BIN)/python -m tests.bench $(if $(PEER),peer $(PEER),$(if $(AGAINST),against $(AGAINST),$(CASE)))

clean:
	rm -rf .venv tests/*/node_modules examples/*/build examples/mkdocs/site specs/build site

tests/%/node_modules/.package-lock.json: tests/%/package-lock.json
	npm ci --prefix tests/$* --no-audit --no-fund --ignore-scripts --silent
	@touch $@

.venv/python.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "python: too old: expected 3.11 or newer, got " + sys.version.split()[0] + "\n      hint: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	@touch $@

# The development environment includes the runtime one, so work.stamp also updates run.stamp.
.venv/run.stamp: .venv/python.stamp pyproject.toml constraints.txt
	$(INSTALL) -e .
	@touch $@

.venv/work.stamp: .venv/python.stamp pyproject.toml constraints.txt
	$(INSTALL) -e '.[test,lint]'
	@touch $@ .venv/run.stamp
