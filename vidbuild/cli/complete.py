"""Shell completion: what an argument can be, from the project in the current folder.

A completion must not fail or print anything: what cannot be read completes to nothing.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import click
from click.shell_completion import BashComplete, CompletionItem, add_completion_class

from vidbuild.cli import spec_files
from vidbuild.errors import VidbuildError

Completer = Callable[[click.Context, click.Parameter, str], list[Any]]

_MAX_BYTES = 2_000_000  # of a spec that is read for a completion
_HEAD = 4_000  # characters in which a spec names itself
_RUNS = 20
_ENDINGS = {".yaml", ".yml"}

# click's function completes words as bash splits them, at ":" too, which is in the names of steps and voices. This one
# gives vidbuild the line, and completes only what is behind the last ":" of the word.
_BASH = """\
%(complete_func)s() {
    local IFS=$'\\n' each type value
    local line="${COMP_LINE:0:COMP_POINT}"
    local word="${line##*[[:space:]]}" before=""
    if [[ $word == *:* && $COMP_WORDBREAKS == *:* ]]; then
        before="${word%%"${word##*:}"}"
    fi
    COMPREPLY=()
    for each in $(env COMP_WORDS="$line" COMP_CWORD=0 %(complete_var)s=bash_complete "$1"); do
        IFS=',' read -r type value <<< "$each"
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain) COMPREPLY+=("${value#"$before"}") ;;
        esac
    done
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""


class _Bash(BashComplete):
    source_template = _BASH

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words of the line before the one that is completed, and that one."""
        import os

        line = os.environ["COMP_WORDS"]
        words = _words(line)[1:]
        incomplete = "" if not words or line[-1:].isspace() else words.pop()
        return words, incomplete


def _words(line: str) -> list[str]:
    """Split a line as a shell does; the last word may have an open quote."""
    lexer = shlex.shlex(line, posix=True)
    lexer.whitespace_split, lexer.commenters = True, ""
    words: list[str] = []
    try:
        words.extend(lexer)
    except ValueError:
        words.append(lexer.token)
    return words


def register() -> None:
    """Use our completion for bash instead of click's."""
    add_completion_class(_Bash)


def _completer(values: Callable[[click.Context, str], Iterable[tuple[str, str] | str]]) -> Completer:
    """Return a completer of values, each perhaps with a help text."""

    @wraps(values)
    def complete(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[Any]:
        found: list[Any] = []
        try:
            for value in values(ctx, incomplete):
                name, text = (value, None) if isinstance(value, str) else value
                if name.startswith(incomplete):
                    found.append(CompletionItem(name, help=text))
        except (VidbuildError, OSError, ValueError, RecursionError):
            return []
        return found

    return complete


def spec(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[Any]:
    """Complete specs: those in the folder, and in the folders in it; any file if there are none."""
    del ctx
    found = [CompletionItem(name) for name in _specs(incomplete)]
    return found or [CompletionItem(incomplete, type="file")]


def _specs(incomplete: str) -> Iterator[str]:
    before, slash, start = incomplete.rpartition("/")
    folder = Path(before + slash) if slash else Path()
    try:
        entries = sorted(path for path in folder.iterdir() if path.name.startswith(start) and path.name[0] != ".")
        files = [inside for path in entries for inside in (sorted(path.iterdir()) if path.is_dir() else [path])]
    except OSError:
        return
    for path in files:
        if path.suffix in _ENDINGS and _is_spec(path):
            yield f"{before}{slash}{path.relative_to(folder).as_posix()}"


def _is_spec(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8") as file:
            return any(line.startswith("vidbuild:") for line in file.read(_HEAD).splitlines())
    except (OSError, UnicodeDecodeError):
        return False


def _spec_of(ctx: click.Context) -> Path:
    """Return the spec that the words before name, or else the one here."""
    # An option that still lacks its value keeps click from reading the words: then they are in ctx.args.
    words = [ctx.params.get("spec"), *(ctx.params.get("specs") or ()), *ctx.args]
    given = (Path(word) for word in words if word is not None)
    # Others are names of scenes and steps, which can be the only argument.
    return spec_files.resolve_spec(next((path for path in given if path.suffix in _ENDINGS or path.is_dir()), None))


@_completer
def scene(ctx: click.Context, _incomplete: str) -> Iterator[tuple[str, str]]:
    """Complete the ids of a spec's scenes, whether the spec is right or not."""
    for each in _list(ctx, "scenes"):
        if isinstance(each, dict) and isinstance(each.get("id"), str):
            title = each.get("title")
            title = next(iter(title.values()), "") if isinstance(title, dict) else title
            yield each["id"], str(title or each.get("type") or "scene")


def _list(ctx: click.Context, field: str) -> list[Any]:
    """Return a list of the spec that the words before name, whether the spec is right or not."""
    import yaml

    path = _spec_of(ctx)
    if path.stat().st_size > _MAX_BYTES:
        return []
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError:
        return []
    found = data.get(field) if isinstance(data, dict) else None
    return found if isinstance(found, list) else []


@_completer
def language(ctx: click.Context, _incomplete: str) -> Iterator[str]:
    """Complete the languages of a spec."""
    return (each for each in _list(ctx, "languages") if isinstance(each, str))


@_completer
def output_name(ctx: click.Context, _incomplete: str) -> Iterator[tuple[str, str]]:
    """Complete the outputs of a spec."""
    for each in _list(ctx, "outputs"):
        if isinstance(each, dict) and isinstance(each.get("name"), str):
            yield each["name"], str(each.get("size", "output"))


@_completer
def step(ctx: click.Context, _incomplete: str) -> Iterator[str]:
    """Complete the steps of a spec."""
    from vidbuild.api.graph import graph

    yield from graph(_spec_of(ctx)).steps


@_completer
def fresh(ctx: click.Context, incomplete: str) -> Iterator[str]:
    """Complete the steps of a spec, and a pattern for each kind."""
    from vidbuild.api.graph import graph

    steps = graph(_spec_of(ctx)).steps
    yield from steps
    if "*" in incomplete or ":" not in incomplete:
        yield from dict.fromkeys(f"{each.kind}:*" for each in steps.values() if ":" in each.id)


@_completer
def run_id(_ctx: click.Context, _incomplete: str) -> Iterator[tuple[str, str]]:
    """Complete the ids of builds, newest first, and "last"."""
    from vidbuild.api.runs import runs

    found = runs()[:_RUNS]
    if found:
        yield "last", "the newest build"
    for each in found:
        yield each.run, f"{each.spec}, {each.state}"


@_completer
def theme(_ctx: click.Context, _incomplete: str) -> Iterator[tuple[str, str]]:
    """Complete the built-in themes."""
    from vidbuild.api.themes import themes

    return ((each.name, each.summary) for each in themes())


@_completer
def brand(_ctx: click.Context, _incomplete: str) -> Iterator[tuple[str, str]]:
    """Complete the brands of the current folder's project."""
    from vidbuild.api.brands import brands

    return ((each.name, each.title) for each in brands())


@_completer
def scene_type(_ctx: click.Context, _incomplete: str) -> Iterator[tuple[str, str]]:
    """Complete the scene types."""
    from vidbuild.api.scenes import scenes

    return ((each.name, each.summary) for each in scenes())


@_completer
def lint(_ctx: click.Context, _incomplete: str) -> Iterator[tuple[str, str]]:
    """Complete the codes of lints."""
    from vidbuild.api.lints import lints

    return ((each.code, each.name) for each in lints())


@_completer
def voice_engine(_ctx: click.Context, _incomplete: str) -> Iterator[tuple[str, str]]:
    """Complete the voice engines."""
    from vidbuild.api.voices import voices

    return ((each.engine, each.summary) for each in voices())


def spec_or_scene(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
    """Complete specs, and the scenes of the spec here: both can be the first argument."""
    return [*scene(ctx, param, incomplete), *(CompletionItem(name) for name in _specs(incomplete))]


def spec_or_step(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
    """Complete specs, and the steps of the spec here: both can be the first argument."""
    return [*step(ctx, param, incomplete), *(CompletionItem(name) for name in _specs(incomplete))]
