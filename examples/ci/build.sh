#!/bin/sh
# Checks and builds the specs of a repository, in any service that runs a shell. Copy it, and call it with your specs:
#
#   sh build.sh docs/*.vidbuild.yaml
#
# What it needs: Python 3.11 or newer with venv, on Linux or macOS.
# What to keep between runs, in the service's own cache: the folders $VIDBUILD_CACHE and $PIP_CACHE_DIR.
# What to collect afterwards, also if it fails: $REPORTS (JUnit XML) and the folders `build` beside the specs.
#
#   REPORTS                       where reports go; default: reports
#   VIDBUILD_PACKAGE              what pip installs; default: vidbuild; the package is not installed if there is a vidbuild
#   VIDBUILD_CACHE                where results are kept; default: .vidbuild in the project
#   VIDBUILD_REMOTE_WRITE=1       add results to the shared cache, with the key in VIDBUILD_CACHE_KEY; on the main branch alone
set -eu

if [ $# -eq 0 ]; then
    echo "build.sh: no specs" >&2
    exit 2
fi
reports=${REPORTS:-reports}
mkdir -p "$reports"

if ! command -v vidbuild >/dev/null; then
    environment=$(mktemp -d)
    trap 'rm -rf "$environment"' EXIT
    "${PYTHON:-python3}" -m venv "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check "${VIDBUILD_PACKAGE:-vidbuild}"
    PATH="$environment/bin:$PATH"
fi

# Errors, and warnings too, end the job here, before anything is rendered.
vidbuild check --strict --format junit "$@" >"$reports/check.xml"

# A video that fails stops no other one. The exit code is that of the build: 0 also if everything was up to date.
vidbuild build --keep-going --format junit "$@" >"$reports/build.xml"
