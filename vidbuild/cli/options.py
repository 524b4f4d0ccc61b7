"""Options and arguments that several commands share; it knows nothing of what the commands do with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from vidbuild.errors import UsageError
from vidbuild.sizes import parse_size

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


_ENDINGS = {".yaml", ".yml"}

SPEC = "video.yaml"  # what a folder, or no SPEC at all, stands for


def example(*lines: str) -> str:
    """Return a help text's last paragraph."""
    return "\b\nExample:\n" + "\n".join(f"  {line}" for line in lines)


def specs() -> Callable[[Decorated], Decorated]:
    """Any number of SPEC arguments."""
    return click.argument("specs", metavar="[SPEC]...", nargs=-1, type=click.Path(path_type=Path))


def spec() -> Callable[[Decorated], Decorated]:
    """One SPEC argument."""
    return click.argument("spec", metavar="[SPEC]", required=False, type=click.Path(path_type=Path))


def variables() -> Callable[[Decorated], Decorated]:
    """`--var NAME=VALUE`, as a mapping."""
    return click.option(
        "--var",
        "variables",
        metavar="NAME=VALUE",
        multiple=True,
        callback=_variables,
        help="Set a variable of the spec; may be repeated.",
    )


def as_json(what: str) -> Callable[[Decorated], Decorated]:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help=f"Print {what} as one JSON object.")


def found(paths: Sequence[Path]) -> list[Path]:
    """The specs that were named, each once: a folder means its video.yaml, nothing named means the one here."""
    if not paths:
        if not Path(SPEC).exists():
            raise UsageError(f"no spec is named, and there is no '{SPEC}' here", hint="vidbuild init writes one")
        return [Path(SPEC)]
    return list(dict.fromkeys(path / SPEC if path.is_dir() else path for path in paths))


def apart(spec: Path | None, name: str | None) -> tuple[Path | None, str | None]:
    """A spec and what is named in it, where either may be left out: one word that can be no spec is the name."""
    alone = name is None and spec is not None
    if spec is None or not alone or spec.suffix in _ENDINGS or spec.exists() or len(spec.parts) > 1:
        return spec, name
    return None, str(spec)


def found_one(path: Path | None) -> Path:
    """The one spec that was named, by the same rules."""
    return found([path] if path else [])[0]


def _variables(ctx: click.Context, param: click.Parameter, values: Sequence[str]) -> dict[str, str]:
    chosen: dict[str, str] = {}
    for value in values:
        name, equals, text = value.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"'{value}' is not of the form NAME=VALUE", ctx, param)
        chosen[name] = text
    return chosen


def size(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    """Read a number of bytes: 2GB, 500MB, 1000."""
    if value is None:
        return None
    bytes_ = parse_size(value)
    if bytes_ is None:
        raise click.BadParameter(f"'{value}' is not a size such as 2GB or 500MB", ctx, param)
    return bytes_
