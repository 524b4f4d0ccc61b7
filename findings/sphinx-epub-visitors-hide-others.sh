#!/usr/bin/env bash
# One visitor for the builder "epub" takes the visitors of all other extensions away from EPUB.
#
# Surprise: Sphinx gives the EPUB builder the visitors that extensions registered for its format, "html", but only while
# no extension registers one for "epub" by name. With one, for a node that no page has, the node of another extension
# that builds well without it is of an unknown type. A good guess would have been that the two sets are merged.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check sphinx==9.0.4
mkdir "$folder/docs"
printf 'Home\n====\n\n.. box::\n' >"$folder/docs/index.rst"
cat >"$folder/docs/conf.py" <<'PYTHON'
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
project, author, version, copyright = "Site", "An author", "1", "2026"
extensions = ["boxes", *os.environ["MORE"].split()]
PYTHON
cat >"$folder/docs/boxes.py" <<'PYTHON'
from docutils import nodes
from docutils.parsers.rst import Directive


class box(nodes.General, nodes.Element):
    pass


class Box(Directive):
    def run(self):
        return [box()]


def setup(app):
    app.add_node(box, html=(lambda self, node: self.body.append("<hr/>"), lambda self, node: None))
    app.add_directive("box", Box)
PYTHON
cat >"$folder/docs/other.py" <<'PYTHON'
from docutils import nodes


class other(nodes.General, nodes.Element):
    pass


def setup(app):
    app.add_node(other, epub=(lambda self, node: None, lambda self, node: None))
PYTHON
sphinx() {
    MORE=$1 "$folder/venv/bin/python" -m sphinx -q -E -b epub -d "$folder/trees" "$folder/docs" "$folder/out$1" 2>&1 || true
}
alone=$(sphinx "")
both=$(sphinx other)
"$folder/venv/bin/python" -m sphinx --version
echo "with the first extension alone: '$alone'"
echo "with another one that registers a visitor for 'epub': '$(grep -m 1 -o "WARNING: unknown node type.*" <<<"$both")'"
[[ $alone == "" && $both == *"unknown node type"* ]] || {
    echo "the behavior has changed" >&2
    exit 1
}
