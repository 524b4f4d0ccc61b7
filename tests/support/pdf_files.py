"""Small PDF files, written by hand: pages of one color with a line of text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ENCRYPTED = b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (b"11" * 32, b"22" * 32)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: its size in points, its color from 0 to 1, its text at the lower left, its rotation, and its font."""

    size: tuple[float, float] = (960, 540)
    color: tuple[float, float, float] = (1, 1, 1)
    text: str = ""
    rotate: int = 0
    font: str = "Helvetica"
    more: str = ""


def write(path: Path, sheets: Sequence[Sheet], *, encrypted: bool = False, comment: str = "") -> None:
    """Write a PDF. encrypted: so that a password is needed to read it. comment: what no page shows."""
    kids = " ".join(f"{3 + 3 * index} 0 R" for index in range(len(sheets)))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {len(sheets)} >>".encode()]
    for index, sheet in enumerate(sheets):
        page = 3 + 3 * index
        red, green, blue = sheet.color
        (width, height), size = sheet.size, min(sheet.size) / 6
        content = (
            f"{red} {green} {blue} rg 0 0 {width} {height} re f {sheet.more} "
            f"0 0 0 rg BT /F {size} Tf {size / 2} {size / 2} Td ({sheet.text}) Tj ET"
        ).encode()
        objects += [
            (
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Rotate {sheet.rotate} "
                f"/Contents {page + 1} 0 R /Resources << /Font << /F {page + 2} 0 R >> >> >>"
            ).encode(),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
            f"<< /Type /Font /Subtype /Type1 /BaseFont /{sheet.font} >>".encode(),
        ]
    data = b"%PDF-1.7\n" + f"% {comment}\n".encode()
    places = []
    for number, each in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    extra = b" /Encrypt %s /ID [<00> <00>]" % ENCRYPTED if encrypted else b""
    data += b"trailer\n<< /Size %d /Root 1 0 R%s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, extra, start)
    path.write_bytes(data)
