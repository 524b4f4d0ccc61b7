# Everything here needs Python 3.11 or newer, make and git, and nothing else but what is told. Each target may be repeated.
#   make demo    build examples/quickstart and say where the video is
#   make test    the tests
#   make test-browser    what a browser makes of videos; needs Chromium (Debian's package: chromium)
#   make test-decoders   what an older ffmpeg makes of them; needs one on PATH (Debian's package: ffmpeg)
#   make soak    rounds of killing, racing and rot (half an hour); VIDBUILD_SOAK_ROUNDS and VIDBUILD_SOAK_SEED are looked at
#   make lint    style and types
#   make check   lint and test
#   make coverage        which lines and branches of the engine its tests reach
#   make bench   measure what builds cost, beside their aims (some minutes); CASE=name for one of tests/bench/aims.py
#   make pins    pin anew what every kind of step makes, once a kind's version was raised or a key changed
#   make clean   forget the environment and what was built; the cache stays

PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
DEMO := examples/quickstart

.PHONY: demo test soak test-browser test-decoders coverage lint check pins bench clean

demo: .venv/run.stamp
	@$(BIN)/vidbuild build $(DEMO)/video.yaml
	@echo "the demo's video: $(DEMO)/build/video.mp4"

test: .venv/work.stamp
	$(BIN)/python -m pytest -q -n auto --maxprocesses 8

test-browser: .venv/work.stamp
	$(BIN)/python -m pytest -q tests/browser

test-decoders: .venv/work.stamp
	$(BIN)/python -m pytest -q tests/older tests/unit/sound/test_sound_join.py

coverage: .venv/work.stamp
	$(BIN)/python -m coverage run -m pytest -q tests/unit/engine tests/crash
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report

soak: .venv/work.stamp
	$(BIN)/python -m pytest -q tests/soak

lint: .venv/work.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

check: lint test

pins: .venv/work.stamp
	@$(BIN)/python tests/pinned.py

bench: .venv/work.stamp
	@$(BIN)/python -m tests.bench $(CASE)

clean:
	rm -rf .venv examples/*/build specs/build

.venv/python.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "vidbuild needs Python 3.11 or newer, not " + sys.version.split()[0] + "; name another one: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	@touch $@

# What is needed to work on vidbuild is more than what is needed to run it, so one stamp serves the other.
.venv/run.stamp: .venv/python.stamp pyproject.toml constraints.txt
	$(INSTALL) -e .
	@touch $@

.venv/work.stamp: .venv/python.stamp pyproject.toml constraints.txt
	$(INSTALL) -e '.[test,lint]'
	@touch $@ .venv/run.stamp
