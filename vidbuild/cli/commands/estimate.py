"""`vidbuild estimate`: what a build would take, before anything is spoken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vidbuild.cli import console, options, spec_files
from vidbuild.cli.exit_codes import Exit

if TYPE_CHECKING:
    from vidbuild.api.estimate import Estimate


@click.command("estimate", epilog=options.example("vidbuild estimate video.yaml", "vidbuild estimate --json *.yaml"))
@options.specs()
@options.videos()
@options.variables()
@options.brand()
@options.as_json("the estimates")
def command(
    specs: Sequence[Path],
    variables: Mapping[str, str],
    *,
    brand: str | None,
    language: Sequence[str],
    output_name: Sequence[str],
    as_json: bool,
) -> int:
    """Estimate length, words, network requests and steps of a build.

    Nothing is spoken, rendered or sent. A scene that was spoken before has its exact length; otherwise the length
    follows from the number of words and the rate of the voice.
    """
    from vidbuild.api.estimate import estimate

    paths = spec_files.resolve_specs(specs)
    loaded = [options.load_spec(path, variables, brand) for path in paths]
    found = estimate(loaded, variables, brand=brand, language=language, output_name=output_name)
    if as_json:
        console.result_json({"videos": [each.to_json() for each in found]})
        return Exit.DONE
    for each in found:
        console.result("\n".join(_lines(each)))
    return Exit.DONE


def _lines(found: Estimate) -> Iterator[str]:
    about = "" if found.measured else "about "
    rest = f", and {', '.join(found.unknown)}, of unknown length" if found.unknown else ""
    video = f" {found.video}" if found.video else ""
    yield f"{found.spec}{video}: {about}{_clock(found.seconds)}{rest}"
    yield f"  words: {found.words} in {_count(len(found.scenes), 'scene')}"
    yield f"  network: {_count(len(found.requests), 'request') if found.requests else 'no request'}"
    for state, steps in (("will run", found.will_run), ("may run", found.may_run)):
        kinds = Counter(step.partition(":")[0] for step in steps)
        if kinds:
            yield f"  {state}: {', '.join(f'{count} {kind}' for kind, count in kinds.items())}"
    yield f"  cached: {_count(found.cached, 'step')}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"
