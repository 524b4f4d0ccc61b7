#!/usr/bin/env bash
# pandoc's AsciiDoc reader drops the breaks of a paragraph with hard breaks beside links, so that words stick together.
#
# Surprise: under [%hardbreaks], every line of a paragraph ends with a break. Two lines of plain text have one, two lines
# that are links have neither a break nor a space: "The first" and "Second" become "The firstSecond".
# There is no warning, and the exit code is 0.
# A good guess would have been: a break between the links, as with " +" at the end of the line.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps pypandoc-binary==1.17
pandoc=$(venv/bin/python -c 'import pypandoc; print(pypandoc.get_pandoc_path())')
"$pandoc" --version | head -n 1

found=$(printf '[%%hardbreaks]\nlink:a.txt[The first]\nlink:b.txt[Second]\n' | "$pandoc" --from=asciidoc --to=plain)
echo "$found"
[ "$found" = "The firstSecond" ]
