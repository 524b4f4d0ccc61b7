#!/usr/bin/env bash
# pytest-xdist 3.8.0 with pytest 9.2.0 ignores every xdist_group mark, without a word.
#
# Surprise: `--dist loadgroup` promises that tests with the same xdist_group mark run in one worker. Each worker writes
# a test's group into its `_nodeid`, from which the scheduler reads it; pytest 9.2 computes the id from another
# attribute, so that the group is lost and tests are dealt out one by one. Nothing fails and nothing is printed: what
# the tests of a group share, such as a fixture of their module, is only built once in each worker. A good guess would
# have been that the mark works, or that a version of pytest without it is refused. With pytest 9.0.2 it works.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/test_group.py" <<'PYTHON'
import os

import pytest


@pytest.mark.xdist_group("one")
@pytest.mark.parametrize("number", range(12))
def test_case(number):
    with open("workers", "a") as file:
        print(os.environ["PYTEST_XDIST_WORKER"], file=file)
PYTHON

workers() { # VERSION: how many workers ran the tests of the one group
    python3 -m venv "$folder/$1"
    "$folder/$1/bin/python" -m pip install --quiet --disable-pip-version-check "pytest==$1" pytest-xdist==3.8.0
    rm -f "$folder/workers"
    (cd "$folder" && "$folder/$1/bin/python" -m pytest -q -p no:cacheprovider -n 2 --dist loadgroup) >"$folder/printed"
    sort -u "$folder/workers" | wc -l
}

before=$(workers 9.0.2) after=$(workers 9.2.0)
echo "workers that ran the tests of one group: $before with pytest 9.0.2, $after with pytest 9.2.0"
tail -n 1 "$folder/printed"
[[ $before == 1 && $after == 2 ]]
