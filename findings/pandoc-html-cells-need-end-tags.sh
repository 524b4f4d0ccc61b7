#!/usr/bin/env bash
# pandoc's HTML reader takes a table apart whose cells have no end tags.
#
# Surprise: HTML lets </th>, </td>, </tr>, </thead> and </tbody> be left out (their end tags are optional). pandoc leaves
# out the end of <li> and <p> without a fault, but of a table whose header cells have no end tag it makes loose
# paragraphs, one for each cell, without a warning and with exit code 0. With the end tags written, it is a table.
# A good guess would have been: a table in both cases, as in every browser.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps pypandoc-binary==1.17
pandoc=$(venv/bin/python -c 'import pypandoc; print(pypandoc.get_pandoc_path())')
"$pandoc" --version | head -n 1

row='<tr><td>1<td>2'
open="<table><thead><tr><th>a<th>b<tbody>$row</table>"
closed='<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>'
blocks() {
  "$pandoc" --from=html --to=json |
    venv/bin/python -c 'import json, sys; print(*(block["t"] for block in json.load(sys.stdin)["blocks"]))'
}
without=$(printf '<!DOCTYPE html><body>%s</body>' "$open" | blocks)
with=$(printf '<!DOCTYPE html><body>%s</body>' "$closed" | blocks)
echo "without end tags: $without"
echo "with end tags:    $with"
[ "$with" = Table ] && [ "$without" != Table ]
