#!/usr/bin/env bash
# pandoc's AsciiDoc reader reads an image behind a description list as another term of the list.
#
# Surprise: "image::plan.png[]" on a line of its own is an image. Behind a description list and an empty line, pandoc makes
# it the term "image" with the description "plan.png[]". Behind a paragraph it is an image.
# There is no warning, and the exit code is 0.
# A good guess would have been: an image, since "::" is not followed by a space or the end of the line.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps pypandoc-binary==1.17
pandoc=$(venv/bin/python -c 'import pypandoc; print(pypandoc.get_pandoc_path())')
"$pandoc" --version | head -n 1

found=$(printf 'CPU:: The brain\n\nimage::plan.png[]\n' | "$pandoc" --from=asciidoc --to=native)
echo "$found"
case $found in *'Str "plan.png[]"'*) exit 0 ;; *) exit 1 ;; esac
