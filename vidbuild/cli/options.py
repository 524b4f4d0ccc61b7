"""Options and arguments that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from vidbuild.errors import UsageError
from vidbuild.sizes import parse_size

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


_ENDINGS = {".yaml", ".yml"}

# The spec that a command uses for a folder, or without SPEC.
SPEC = "video.yaml"


def example(*lines: str) -> str:
    """Return the last paragraph of a help text."""
    return "\b\nExample:\n" + "\n".join(f"  {line}" for line in lines)


def specs() -> Callable[[Decorated], Decorated]:
    """Declare any number of SPEC arguments."""
    return click.argument("specs", metavar="[SPEC]...", nargs=-1, type=click.Path(path_type=Path))


def spec() -> Callable[[Decorated], Decorated]:
    """Declare one optional SPEC argument."""
    return click.argument("spec", metavar="[SPEC]", required=False, type=click.Path(path_type=Path))


def variables() -> Callable[[Decorated], Decorated]:
    """Declare `--var NAME=VALUE`, as a mapping."""
    return click.option(
        "--var",
        "variables",
        metavar="NAME=VALUE",
        multiple=True,
        callback=_variables,
        help="Set a variable of the spec; may be repeated.",
    )


def strict() -> Callable[[Decorated], Decorated]:
    """Declare `--strict`."""
    return click.option("--strict", is_flag=True, help="Make warnings errors (exit code 2); nothing is built then.")


def as_json(what: str) -> Callable[[Decorated], Decorated]:
    """Declare `--json`; what: what it prints."""
    return click.option("--json", "as_json", is_flag=True, help=f"Print {what} as one JSON object.")


def resolve_specs(paths: Sequence[Path]) -> list[Path]:
    """Return the specs that the arguments name, each once.

    A folder means its video.yaml; no argument means the one in the current folder. UsageError if that does not exist.
    """
    if not paths:
        if not Path(SPEC).exists():
            raise UsageError(f"no spec is named, and there is no '{SPEC}' here", hint="vidbuild init writes one")
        return [Path(SPEC)]
    return list(dict.fromkeys(path / SPEC if path.is_dir() else path for path in paths))


def split_spec_and_name(spec: Path | None, name: str | None) -> tuple[Path | None, str | None]:
    """Return a spec and a name in it (a scene or step), of which either may be left out on the command line.

    One argument alone is the name unless it is, or looks like, a spec.
    """
    alone = name is None and spec is not None
    if spec is None or not alone or spec.suffix in _ENDINGS or spec.exists() or len(spec.parts) > 1:
        return spec, name
    return None, str(spec)


def resolve_spec(path: Path | None) -> Path:
    """Return the spec that one argument names, by the rules of `resolve_specs`."""
    return resolve_specs([path] if path else [])[0]


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
