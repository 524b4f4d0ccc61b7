"""The responses that refuse a request: a page where a person reads it, JSON where a script does."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, Response

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = files("vidbuild.serve") / "page"


@cache
def environment() -> Environment:
    """Return the templates of the pages."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    return Environment(loader=FunctionLoader(_source), autoescape=True, undefined=StrictUndefined, auto_reload=False)


@cache
def page_version() -> str:
    """Return a digest of the files of the pages: after an update of vidbuild, another process has another one."""
    every = sorted((each.name, each.read_bytes()) for each in FOLDER.iterdir() if each.is_file())
    return hashlib.sha256(b"".join(b"%b %d %b" % (name.encode(), len(data), data) for name, data in every)).hexdigest()[
        :12
    ]


def refusal(
    headers: Headers,
    status: int,
    message: str,
    hint: str | None = None,
    more: Mapping[str, str] | None = None,
) -> Response:
    """Return a response with this status; more: headers of it."""
    if "text/html" not in headers.get("accept", ""):
        return JSONResponse({"message": message, "hint": hint}, status, more)
    values = {"status": status, "title": HTTPStatus(status).phrase, "message": message, "hint": hint}
    return HTMLResponse(environment().get_template("refused.html").render(values), status, more)


def _source(name: str) -> str | None:
    path = FOLDER / name
    return path.read_text(encoding="utf-8") if path.is_file() else None
