#!/usr/bin/env bash
# PDFium refuses a PDF without pages, and then reports the error of the document before it.
#
# Surprise: `FPDF_LoadDocument` returns nothing for a well-formed PDF with an empty page tree (`/Count 0`), but does not
# set the last error. `FPDF_GetLastError`, and so pypdfium2's `PdfiumError`, gives "Success" if nothing failed before,
# and otherwise whatever the process saw last: "Incorrect password" after an encrypted document. A good guess would have
# been a document of length 0, or an error of its own. Set the error to a known one first (load a file that does not
# exist: 2), and see whether it is still there.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check pypdfium2==5.15.2
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import sys
from importlib.metadata import version
from pathlib import Path

import pypdfium2

folder = Path(sys.argv[1])
print("pypdfium2", version("pypdfium2"))
LOCK = b" /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<00> <00>]" % (b"11" * 32, b"22" * 32)


def write(name, kids, count, extra=b""):
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count)]
    objects += [b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"] * count
    data, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer\n<< /Size %d /Root 1 0 R%s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, extra, len(data))
    (folder / name).write_bytes(data + head + table + tail)
    return folder / name


def error(path):
    try:
        return len(pypdfium2.PdfDocument(path))
    except pypdfium2.PdfiumError as failure:
        print(f"{path.name}: {failure}")
        return failure.err_code


empty, locked = write("no-pages.pdf", b"", 0), write("locked.pdf", b"3 0 R", 1, LOCK)
found = error(empty), error(locked), error(empty)
pypdfium2.raw.FPDF_LoadDocument(b"", None)
found += (error(empty),)
sys.exit(found != (0, 4, 4, 2))
PYTHON
