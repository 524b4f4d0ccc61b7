"""Options and arguments that several commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from vidbuild.errors import UsageError

if TYPE_CHECKING:
    from vidbuild.api.load import SpecText
    from vidbuild.api.spec_args import SpecLike

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


_ENDINGS = {".yaml", ".yml"}

# The argument that means standard input, or standard output, and the name of a spec that is read from there.
STANDARD = Path("-")
STDIN_SPEC = Path("stdin.yaml")

# What --format can put on stdout; the last ones are made by vidbuild.cli.formats.
HUMAN, JSON = "human", "json"
FOR_PROGRAMS = ("github", "junit", "sarif")


def example(*lines: str) -> str:
    """Return the last paragraph of a help text."""
    return "\b\nExample:\n" + "\n".join(f"  {line}" for line in lines)


def completes(kind: str) -> Callable[[click.Context, click.Parameter, str], list[Any]]:
    """Return what completes a parameter in a shell; kind: a function of vidbuild.cli.complete."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        from vidbuild.cli import complete

        found: list[Any] = getattr(complete, kind)(ctx, param, incomplete)
        return found

    return complete


def specs() -> Callable[[Decorated], Decorated]:
    """Declare any number of SPEC arguments."""
    return click.argument(
        "specs", metavar="[SPEC]...", nargs=-1, type=click.Path(path_type=Path), shell_complete=completes("spec")
    )


def spec(completed: str = "spec") -> Callable[[Decorated], Decorated]:
    """Declare one optional SPEC argument; completed: what completes it."""
    return click.argument(
        "spec",
        metavar="[SPEC]",
        required=False,
        type=click.Path(path_type=Path),
        shell_complete=completes(completed),
    )


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


def brand() -> Callable[[Decorated], Decorated]:
    """Declare `--brand NAME`."""
    return click.option(
        "--brand",
        metavar="NAME",
        shell_complete=completes("brand"),
        help="Use this brand instead of the spec's own; 'vidbuild brands' lists them.",
    )


def videos() -> Callable[[Decorated], Decorated]:
    """Declare `--language TAG` and `--output-name NAME`, both of which may be repeated."""
    language = click.option(
        "--language",
        multiple=True,
        metavar="TAG",
        shell_complete=completes("language"),
        help="Only videos in this one of the spec's languages; may be repeated.",
    )
    output_name = click.option(
        "--output-name",
        multiple=True,
        metavar="NAME",
        shell_complete=completes("output_name"),
        help="Only videos of this one of the spec's outputs; may be repeated.",
    )
    return lambda command: language(output_name(command))


def strict() -> Callable[[Decorated], Decorated]:
    """Declare `--strict`."""
    return click.option("--strict", is_flag=True, help="Make warnings errors (exit code 2); nothing is built then.")


def jobs() -> Callable[[Decorated], Decorated]:
    """Declare `--jobs`."""
    return click.option(
        "-j",
        "--jobs",
        type=click.IntRange(min=1),
        metavar="N",
        help="Run N steps at a time; default: the number of CPUs.",
    )


def online() -> Callable[[Decorated], Decorated]:
    """Declare `--offline` and `--allow-network-voice`."""
    offline = click.option(
        "--offline", is_flag=True, help="Use no online voice: its fallback, or fail if none is cached or declared."
    )
    allow = click.option("--allow-network-voice", is_flag=True, help="Allow specs to use online voices in CI.")
    return lambda command: offline(allow(command))


def events() -> Callable[[Decorated], Decorated]:
    """Declare `--events FILE`."""
    return click.option(
        "--events",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Write each event to FILE as a line of JSON; '-' is stdout.",
    )


def frozen() -> Callable[[Decorated], Decorated]:
    """Declare `--frozen`."""
    return click.option("--frozen", is_flag=True, help="Refuse online voices without takes in vidbuild.lock.")


def draft(what: str) -> Callable[[Decorated], Decorated]:
    """Declare `--draft`; what: what it does."""
    return click.option("--draft", is_flag=True, help=what)


def remote() -> Callable[[Decorated], Decorated]:
    """Declare `--no-remote`, `--remote-write` and `--require-remote`."""
    read = click.option(
        "--no-remote", "use_remote", flag_value=False, default=True, help="Do not read the project's remote cache."
    )
    write = click.option(
        "--remote-write", is_flag=True, help="Add what runs to the remote cache, signed with $VIDBUILD_CACHE_KEY."
    )
    require = click.option(
        "--require-remote", is_flag=True, help="Fail with exit code 4 if the remote cache cannot be used."
    )
    return lambda command: read(write(require(command)))


def executor() -> Callable[[Decorated], Decorated]:
    """Declare `--executor` and `--insecure-executor`."""
    where = click.option(
        "--executor",
        default="local",
        metavar="local|dask|dask:ADDRESS",
        help="What runs the steps: this machine (the default), a Dask cluster on it, or that of 'dask:tls://HOST:8786'.",
    )
    insecure = click.option(
        "--insecure-executor",
        is_flag=True,
        help="Allow a scheduler without TLS (tcp://): anyone who can reach its port can run code on the cluster.",
    )
    return lambda command: where(insecure(command))


def quiet() -> Callable[[Decorated], Decorated]:
    """Declare `--quiet`."""
    return click.option("-q", "--quiet", is_flag=True, help="Print only warnings and errors.")


def verbose() -> Callable[[Decorated], Decorated]:
    """Declare `--verbose`."""
    return click.option(
        "-v", "--verbose", is_flag=True, help="Print a line for every step, with all reasons, as without a terminal."
    )


def as_json(what: str) -> Callable[[Decorated], Decorated]:
    """Declare `--json`; what: what it prints."""
    return click.option("--json", "as_json", is_flag=True, help=f"Print {what} as one JSON object.")


def output_format() -> Callable[[Decorated], Decorated]:
    """Declare `--format NAME`, of which `--json` is one."""
    return click.option(
        "--format",
        "form",
        type=click.Choice([HUMAN, JSON, *FOR_PROGRAMS]),
        default=HUMAN,
        help="What stdout has: text for people (the default), the object of --json, annotations for GitHub, JUnit XML "
        "or SARIF.",
    )


def form_of_stdout(form: str, events: Path | None = None, *, as_json: bool) -> str:
    """Return what stdout has, by `--format` and `--json`. Raises UsageError if more than one thing writes to it."""
    if as_json and form in FOR_PROGRAMS:
        raise UsageError(f"--json and --format {form} both write to stdout", hint="leave out one of them")
    chosen = JSON if as_json else form
    if chosen != HUMAN and events == STANDARD:
        name = "--json" if as_json else f"--format {form}"
        raise UsageError(f"{name} and '--events -' both write to stdout", hint="--events events.jsonl")
    return chosen


def read_spec(path: Path) -> Path | SpecText:
    """Return the path of a spec, or the spec's text if it comes from standard input."""
    if path != STANDARD:
        return path
    from vidbuild.api.load import SpecText

    try:
        return SpecText(STDIN_SPEC, sys.stdin.buffer.read().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UsageError("cannot read the spec from standard input: expected UTF-8") from error


def load_spec(path: Path, variables: Mapping[str, str], brand: str | None = None) -> SpecLike:
    """Return the path of a spec, or the spec itself if it comes from standard input."""
    spec = read_spec(path)
    if isinstance(spec, Path):
        return spec
    from vidbuild.api.load import parse

    return parse(spec.text, spec.path, variables, brand)


def split_spec_and_name(spec: Path | None, name: str | None) -> tuple[Path | None, str | None]:
    """Return a spec and a name in it (a scene or step), of which either may be left out on the command line.

    One argument alone is the name unless it is, or looks like, a spec.
    """
    alone = name is None and spec is not None
    if spec is None or not alone or spec == STANDARD or spec.suffix in _ENDINGS or spec.exists() or len(spec.parts) > 1:
        return spec, name
    return None, str(spec)


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
    from vidbuild.sizes import parse_size

    bytes_ = parse_size(value)
    if bytes_ is None:
        raise click.BadParameter(f"'{value}' is not a size such as 2GB or 500MB", ctx, param)
    return bytes_
