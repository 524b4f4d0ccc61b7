"""`vidbuild say`: shows how a text is read, and speaks it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vidbuild.cli import console, options, result_output
from vidbuild.cli.exit_codes import Exit
from vidbuild.errors import UsageError

if TYPE_CHECKING:
    from vidbuild.api.say import Said

MAX_BYTES = 100_000  # of a text on standard input


@click.command(
    "say",
    epilog=options.example(
        "vidbuild say 'Run kubectl 1.31 on port 8080'", "vidbuild say video.yaml:install -o install.wav"
    ),
)
@click.argument("text", metavar="TEXT|-|SPEC:SCENE")
@click.option("--voice", metavar="VOICE", help="Voice of TEXT: ENGINE:NAME; default: the language's default voice.")
@click.option("--language", metavar="TAG", help="Language of TEXT; default: that of the voice, or en.")
@click.option(
    "--spec",
    type=click.Path(path_type=Path),
    metavar="SPEC",
    help="Read TEXT as in this spec: its language, voice, voices, pronounce and reading.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Path of a WAV file to write.")
@options.variables()
@options.as_json("what is spoken, word by word, and the path of the file")
def command(
    text: str,
    voice: str | None,
    language: str | None,
    spec: Path | None,
    output: Path | None,
    variables: Mapping[str, str],
    *,
    as_json: bool,
) -> int:
    """Show how TEXT, or the narration of a scene, is read, and speak it.

    TEXT - is read from standard input.

    The words that are not spoken as they are written are listed. The audio is written with -o; without it, it is
    played if standard output is a terminal and ffplay, afplay or aplay is installed. It uses the same cache as a build.
    """
    from vidbuild.api import say

    text = _standard_input() if text == "-" else text
    said = say.read(text, voice, language, spec=spec, variables=variables)
    warnings = list(said.warnings)
    if not as_json:
        _print(said)
    player = None if output or as_json or not sys.stdout.isatty() else say.player()
    if output is not None:
        warnings += say.speak(said, output)
    for line in result_output.warning_lines(warnings):
        console.message(line)
    if player is not None:
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "say.wav"
            say.speak(said, file)
            say.play(player, file)
    if as_json:
        console.result_json(_to_json(said, output))
    elif output is not None:
        console.result(str(output))
    elif player is None:
        console.message("nothing was played: -o FILE.wav writes the audio")
    return Exit.DONE


def _standard_input() -> str:
    raw = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise UsageError(f"the text on standard input is too long: the maximum is {MAX_BYTES} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError("cannot read the text from standard input: expected UTF-8") from error


def _print(said: Said) -> None:
    console.result(said.spoken)
    changed = {word.text: word for word in said.words if word.spoken.casefold() != word.text.casefold() or word.ipa}
    rows = [(word.text, f"/{word.ipa}/" if word.ipa else word.spoken or "(silent)") for word in changed.values()]
    if rows:
        console.result("")
        console.result(console.columns(rows))


def _to_json(said: Said, output: Path | None) -> dict[str, object]:
    words = [
        {"text": word.text, "spoken": word.spoken, **({"ipa": word.ipa} if word.ipa else {})} for word in said.words
    ]
    return {
        "spoken": said.spoken,
        "words": words,
        "voice": said.voice,
        "path": None if output is None else str(output),
        "warnings": [each.to_json(said.spec.path) for each in said.warnings],
    }
