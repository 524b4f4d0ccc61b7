#!/usr/bin/env bash
# pandoc's AsciiDoc reader makes a description list of a paragraph that has std::string in it.
#
# Surprise: in AsciiDoc, "::" ends a term only at the end of a line or before a space. pandoc takes any "::", even inside
# of monospaced text, so that "Use `Foo::Bar` here." becomes the term "Use `Foo" with the description "Bar` here.".
# There is no warning, and the exit code is 0.
# A good guess would have been: a paragraph with code in it.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps pypandoc-binary==1.17
pandoc=$(venv/bin/python -c 'import pypandoc; print(pypandoc.get_pandoc_path())')
"$pandoc" --version | head -n 1

# shellcheck disable=SC2016
found=$(printf 'Use `Foo::Bar` here.\n' | "$pandoc" --from=asciidoc --to=native)
echo "$found"
case $found in *DefinitionList*) exit 0 ;; *) exit 1 ;; esac
