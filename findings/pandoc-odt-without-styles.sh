#!/usr/bin/env bash
# pandoc's ODT reader refuses a text document without any element for styles.
#
# Surprise: OpenDocument makes <office:styles> in styles.xml and <office:automatic-styles> in content.xml optional (ODF
# 1.3, part 3, 3.1.3), and a program that writes plain paragraphs needs neither. If both are absent, pandoc ends with exit
# code 64 and "Could not read styles". With an empty <office:automatic-styles/>, the same document is read.
# A good guess would have been: an element that is absent is read as an empty one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps pypandoc-binary==1.17
pandoc=$(venv/bin/python -c 'import pypandoc; print(pypandoc.get_pandoc_path())')
"$pandoc" --version | head -n 1

cat > make.py <<'END'
import sys, zipfile

target, automatic = sys.argv[1:]
spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text"))
kind = "application/vnd.oasis.opendocument.text"
entries = {
    "mimetype": kind,
    "content.xml": f'<office:document-content {spaces} office:version="1.3">{automatic}<office:body><office:text>'
    "<text:p>It works.</text:p></office:text></office:body></office:document-content>",
    "styles.xml": f'<office:document-styles {spaces} office:version="1.3"/>',
    "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
    f' manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    '<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/></manifest:manifest>',
}
with zipfile.ZipFile(target, "w") as archive:
    for path, text in entries.items():
        archive.writestr(path, text)
END
python3 make.py without.odt ""
python3 make.py with.odt "<office:automatic-styles/>"

echo "with an empty <office:automatic-styles/>: $("$pandoc" --from=odt --to=plain with.odt)"
code=0
message=$("$pandoc" --from=odt --to=plain without.odt 2>&1) || code=$?
echo "without it: exit code $code: $message"
[ "$("$pandoc" --from=odt --to=plain with.odt)" = "It works." ] && [ "$code" -ne 0 ]
