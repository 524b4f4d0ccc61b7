"""`vidbuild inspect`: measure a finished video, and compare it with limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from vidbuild.cli import console, options
from vidbuild.cli.exit_codes import Exit
from vidbuild.report import humanize

_SHOWN = 8  # spans or problems of one kind

_LIMITS = (
    ("min-duration", float, "SECONDS", "Shortest duration."),
    ("max-duration", float, "SECONDS", "Longest duration."),
    ("min-loudness", float, "LUFS", "Lowest integrated loudness."),
    ("max-loudness", float, "LUFS", "Highest integrated loudness."),
    ("max-peak", float, "DBTP", "Highest true peak."),
    ("max-black", float, "SECONDS", "Longest black picture."),
    ("max-frozen", float, "SECONDS", "Longest time in which nothing in the picture changes."),
    ("max-silent", float, "SECONDS", "Longest silence."),
    ("max-offset", float, "SECONDS", "Farthest that speech may begin from its time in the timing file."),
    ("max-caption-problems", int, "COUNT", "Most broken rules of captions."),
    ("max-chapter-problems", int, "COUNT", "Most broken rules of chapters."),
)


def _limits(command: Callable[..., int]) -> Callable[..., int]:
    """Declare an option for each limit."""
    for name, kind, metavar, text in reversed(_LIMITS):
        lowest = None if metavar in {"LUFS", "DBTP"} else 0
        checked = click.IntRange(min=0) if kind is int else click.FloatRange(min=lowest)
        command = click.option(f"--{name}", type=checked, metavar=metavar, help=text, callback=_finite)(command)
    return command


def _finite(ctx: click.Context, param: click.Parameter, value: float | None) -> float | None:
    if value is not None and not abs(value) < float("inf"):
        raise click.BadParameter("expected a finite number", ctx, param)
    return value


@click.command(
    "inspect",
    epilog=options.example(
        "vidbuild inspect build/video.mp4",
        "vidbuild inspect talk.mp4 --strict",
        "vidbuild inspect talk.mp4 --max-peak -1 --max-silent 3 --json",
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--timing", type=click.Path(path_type=Path), metavar="FILE", help="Default: NAME.timing.json beside it.")
@click.option(
    "--captions",
    "sidecars",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="Check these captions as well as NAME.srt and NAME.vtt; may be repeated.",
)
@_limits
@click.option("--strict", is_flag=True, help="Check all limits but those of duration; docs/inspect.md has the values.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=1, max=86_400),
    default=600.0,
    show_default=True,
    metavar="SECONDS",
    help="Time limit.",
)
@options.as_json("what was measured")
def command(
    file: Path,
    timing: Path | None,
    sidecars: Sequence[Path],
    *,
    strict: bool,
    timeout: float,
    as_json: bool,
    **limits: float | None,
) -> int:
    """Measure a video or audio file, made by vidbuild or not.

    It prints the duration, the streams, loudness and true peak, when the picture is black or nothing in it changes,
    when the sound is silent, rules that captions and chapters break, and with a timing file how far speech begins from
    its time. The exit code is 1 if something is beyond a limit that an option sets, or if the file is damaged.
    """
    from vidbuild.api.inspect import STRICT, Limits, inspect

    chosen = Limits(**limits)  # type: ignore[arg-type] # click has converted them, by the option's type
    chosen = chosen.or_else(STRICT) if strict else chosen
    found = inspect(file, chosen, timing=timing, sidecars=sidecars, seconds=timeout)
    if as_json:
        console.result_json(found.to_json())
    else:
        for line in _lines(found.facts):
            console.result(line)
        for each in found.problems:
            console.message(f"{file}: {each['message']}")
    return Exit.DONE if found.ok else Exit.FAILED


def _lines(facts: Mapping[str, Any]) -> Iterator[str]:
    rows = [
        ("duration", f"{facts['duration']:.3f} s"),
        *(("stream", f"{each['index']}: {each['kind']}: {each['description']}") for each in facts["streams"]),
        *_audio(facts["audio"]),
        *_spans(facts["video"], "black"),
        *_spans(facts["video"], "frozen"),
        *_spans(facts["audio"], "silent"),
        *_captions(facts["captions"]),
        *(("chapter", f"{each['start']:.3f} s  {each['title']}") for each in facts["chapters"]),
        *(("chapters", each) for each in facts["chapter_problems"]),
        *_sync(facts),
    ]
    yield console.columns(rows)


def _audio(audio: Mapping[str, Any] | None) -> Iterator[tuple[str, str]]:
    if audio is None:
        yield "audio", "none"
        return
    yield "loudness", "silent" if audio["loudness"] is None else f"{audio['loudness']:.1f} LUFS"
    yield "true peak", "silent" if audio["peak"] is None else f"{audio['peak']:.1f} dBTP"


def _spans(facts: Mapping[str, Any] | None, name: str) -> Iterator[tuple[str, str]]:
    spans = facts[name] if facts else []
    texts = [f"{each['start']:.2f} to {each['end']:.2f} s ({each['end'] - each['start']:.2f} s)" for each in spans]
    yield from ((name, text) for text in humanize.first(texts, _SHOWN))


def _captions(tracks: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for track in tracks:
        language = f" ({track['language']})" if track["language"] else ""
        state = f"{humanize.count(track['cues'], 'caption')}" if track["checked"] else "not text, not checked"
        yield "captions", f"{track['source']}{language}: {state}"
        broken = [f"  {each['at']:.3f} s {each['message']}: '{each['text']}'" for each in track["problems"]]
        yield from (("", text) for text in humanize.first(broken, _SHOWN))


def _sync(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if facts["timing_problem"]:
        yield "sync", facts["timing_problem"]
    found = [each for each in facts["sync"] if each["offset"] is not None]
    if found:
        worst = max(found, key=lambda each: abs(each["offset"]))
        of = humanize.count(len(facts["sync"]), "scene")
        yield "sync", f"farthest {worst['offset']:+.2f} s, scene '{worst['scene']}' ({len(found)} of {of} measured)"
    yield from (
        ("sync", text)
        for text in humanize.first(
            [f"scene '{each['scene']}': {each['problem']}" for each in facts["sync"] if each["problem"]], _SHOWN
        )
    )
