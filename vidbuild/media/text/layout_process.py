"""Draws a writer's layout with typst, in a process of its own: `python -m vidbuild.media.text.layout_process REQUEST`.

A layout is a program, which may never end, or take all memory: the process that starts this one ends it then. It writes
a PNG for each picture, and answer.json: {"error": DIAGNOSTIC} or {"pages", "names", "cut": warnings of the
template, "warnings": [DIAGNOSTIC], "missing": [DIAGNOSTIC]}. A DIAGNOSTIC is [message, hints, typst's own text, which
says where].

No date and no network: the time is the same in every run, and a package would be fetched through a proxy that is none.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild import platforms
from vidbuild.media.text import fonts, glyphs

if TYPE_CHECKING:
    import typst

MEMORY = 2 << 30  # bytes: a page of 4K with large images takes a tenth
MAX_PAGES = 20  # drawn before the layout is refused
NO_PROXY = "http://127.0.0.1:9"  # the port of a service that no system runs any more
ANSWER = "answer.json"


def picture(shown: int) -> str:
    """Return the name of the picture in which so many of the layers are visible."""
    return f"shown-{shown}.png"


def main(request: Mapping[str, Any]) -> None:
    """Draw a layout.

    request: {"root", "main": file in it, "data": of the template, "layers": how many appear later, "reduced": points
    on each side of a pixel, "own", "default", "added": folders of fonts, "out": folder}.
    """
    import typst

    out = Path(request["out"])
    try:
        answer = _drawn(request, out)
    except typst.TypstError as error:
        answer = {"error": _diagnostic(error)}
    except RuntimeError as error:  # of a query, which cannot be given the time
        answer = {"error": [str(error), [], ""]}
    (out / ANSWER).write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")


def _drawn(request: Mapping[str, Any], out: Path) -> dict[str, Any]:
    import typst

    staged = fonts.StagedFonts(*(tuple(map(Path, request[each])) for each in ("own", "default", "added")))
    last, data = request["layers"], json.dumps(request["data"], ensure_ascii=False)
    nothing = out / "packages"
    compiler = typst.Compiler(
        str(Path(request["root"], request["main"])),
        root=request["root"],
        font_paths=staged.faces(),
        ignore_system_fonts=True,
        sys_inputs={"data": data, "shown": str(last)},
        package_path=str(nothing),
        package_cache_path=str(nothing),
    )
    with fonts.guarded():
        compiler.compile(format="pdf", timestamp=0)  # before a page is painted
        answer = _reported(compiler)
        warnings: list[typst.TypstWarning] = []
        if answer["pages"] <= MAX_PAGES:
            for shown in range(last + 1):
                inputs, ppi = {"data": data, "shown": str(shown)}, 72 / request["reduced"]
                result, warnings = compiler.compile_with_warnings(format="png", ppi=ppi, sys_inputs=inputs, timestamp=0)
                first = result if isinstance(result, bytes) else (result or [b""])[0]
                (out / picture(shown)).write_bytes(first)
        missing = _missing(compiler)
    return {**answer, "warnings": [_diagnostic(each) for each in warnings], "missing": missing}


def _reported(compiler: typst.Compiler) -> dict[str, Any]:
    """Return what the template and the helpers report. Raises RuntimeError for a layout that needs the date."""
    found = [each for each in json.loads(compiler.query("metadata", field="value")) if isinstance(each, dict)]
    return {
        "pages": max(each.get("vidbuild-pages", 1) for each in found),
        "names": list(dict.fromkeys(each["vidbuild-layer"] for each in found if "vidbuild-layer" in each)),
        "cut": [warning for each in found for warning in each.get("vidbuild-warnings", ())],
    }


def _missing(compiler: typst.Compiler) -> list[list[Any]]:
    """Return what typst reports of the characters that no font can draw: an archival PDF must have all."""
    import typst

    try:
        compiler.compile(format="pdf", pdf_standards="a-2u", timestamp=0)
    except typst.TypstError as error:
        if glyphs.reported(str(error.diagnostic)):
            return [_diagnostic(error)]
    return []


def _diagnostic(error: typst.TypstError | typst.TypstWarning) -> list[Any]:
    return [error.message, list(error.hints), str(error.diagnostic)]


if __name__ == "__main__":
    platforms.lower_limit("DATA", MEMORY)
    os.environ.update(dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"), NO_PROXY))
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
