"""Scripts of videos by a model: a whole one, or one scene of a spec again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from vidbuild.create.composer import Choices, wanted
from vidbuild.create.record import Record, Written
from vidbuild.create.source.outline import Outline
from vidbuild.create.source.protocol import Importer, Source
from vidbuild.create.writers import asking, material, prompt, registry
from vidbuild.create.writers.asking import Exchange
from vidbuild.create.writers.registry import Chosen
from vidbuild.create.writers.scenes import Staging
from vidbuild.create.writers.script import Script, ScriptScene
from vidbuild.errors import UsageError
from vidbuild.platforms import shell_command

TOPIC = "topic"
MAX_NUMBERS = 8  # that one message names


@dataclass(frozen=True, slots=True)
class Commission:
    """What a user asks of a writer.

    writer: NAME:MODEL; seed: None for one that depends on the source alone.
    report: called with each thing that the user should read.
    """

    writer: str
    seed: int | None = None
    report: Callable[[str], None] = lambda _: None

    def chosen(self) -> Chosen:
        """Return the writer. Raises UsageError if there is none, or it cannot be asked."""
        return registry.resolve(self.writer)


@dataclass(frozen=True, slots=True)
class WrittenScript:
    """A script as an outline, whose sections become one scene each."""

    outline: Outline
    script: Script
    writer: str
    exchange: Exchange

    def record(self, ids: Sequence[str]) -> Written:
        """Return what is kept of it beside the spec. ids: of its scenes."""
        terms = {name: each.search_terms for name, each in zip(ids, self.script.scenes, strict=False)}
        return Written(self.writer, (self.exchange.data(),), {name: each for name, each in terms.items() if each})


def readable(importer: Importer, source: Source) -> Source:
    """Return a source whose topic is one line of text, whatever bytes the command line has."""
    if importer.name != TOPIC:
        return source
    return replace(source, address=" ".join(source.address.encode(errors="replace").decode().split()))


def read(importer: Importer, source: Source) -> Outline:
    """Return the outline of a source for a writer: that of a topic has its title alone. Raises SourceError."""
    if importer.name != TOPIC:
        return importer.read(source)
    topic = source.address
    if not topic:
        return importer.read(source)  # which refuses it
    if len(topic) > prompt.MAX_TOPIC:
        raise UsageError(f"the topic has {len(topic)} characters: the maximum is {prompt.MAX_TOPIC}")
    return Outline(topic, ())


def write(
    commission: Commission, chosen: Chosen, outline: Outline, origin: str, language: str, choices: Choices
) -> WrittenScript:
    """Return a writer's script about a source. Raises UnreachableError if the writer gives none.

    origin: the source's name, from which the seed is made.
    """
    report = commission.report
    sections = list(wanted(outline, choices.section))
    seed = prompt.seed_of(origin) if commission.seed is None else commission.seed
    brief = prompt.Brief(outline.title, language, sections, choices.seconds, choices.scenes)
    _, whole = material.text_of(sections)
    if whole < len(sections):
        report(
            f"the source is longer than the {material.MAX_SOURCE} characters that a writer reads: left out what follows"
            f" '{sections[whole].name}'"
        )
    report(f"asking {chosen.argument} for a script")
    script, exchange = asking.ask(chosen, prompt.for_video(brief), seed, report)
    _check_size(script, brief, report)
    check_facts(script, outline, language, report)
    return WrittenScript(Staging(sections, language, report).outline(script), script, chosen.argument, exchange)


def check_facts(script: Script, outline: Outline, language: str, report: Callable[[str], None]) -> None:
    """Report what a script states without a source: each number that the source does not have, or all of it."""
    if not outline.sections:
        report("nothing but the model is behind this text: check each fact before you publish it")
        return
    for scene in script.scenes:
        text = " ".join((scene.heading, scene.narration, *scene.points))
        if found := material.unknown_numbers(text, outline, language):
            some = ", ".join(f"'{each}'" for each in found[:MAX_NUMBERS])
            report(f"the scene '{scene.heading}' has numbers that the source does not have: {some}")


def not_updatable(path: Path, record: Record, outline: Outline) -> UsageError:
    """Return the error for the update of a spec that a writer wrote, with the way to follow its source."""
    changed = list(_changed(record, outline))
    message = f"'{path}' was written by a model, which is asked for one scene at a time"
    if not changed:
        return UsageError(f"{message}: no part of its source has changed", hint="name a scene with --rewrite SCENE")
    commands = " and ".join(f"'{rewriting(path, each)}'" for each in changed[:3])
    return UsageError(f"{message}: the source of {', '.join(changed)} has changed", hint=f"run {commands}")


def rewriting(path: Path, scene: str) -> str:
    """Return the command that writes a scene again."""
    return shell_command("vidbuild", "create", "--update", path, "--rewrite", scene)


def _changed(record: Record, outline: Outline) -> Iterator[str]:
    now = {each.name: each.digest for each in outline.sections}
    for scene in record.scenes:
        origin = scene.get("made_from")
        if origin and now.get(origin["part"]) != origin["sha256"]:
            yield str(scene["id"])


def _check_size(script: Script, brief: prompt.Brief, report: Callable[[str], None]) -> None:
    """Report a script that is much longer or shorter than what was asked for, or has more scenes."""
    if brief.scenes and len(script.scenes) > brief.scenes:
        report(f"the script has {len(script.scenes)} scenes: {brief.scenes} were asked for")
    seconds = sum(_seconds(each) for each in script.scenes)
    if not 0.5 * brief.length <= seconds <= 2 * brief.length:
        report(f"the script takes about {seconds:.0f} s to speak: {brief.length:g} s were asked for")


def _seconds(scene: ScriptScene) -> float:
    from vidbuild.create.source.breaks import length

    return length(scene.narration) / prompt.WORDS_A_SECOND


def with_part(scene: ScriptScene, part: str) -> ScriptScene:
    """Return a scene that is about a part of the source, if it names none itself."""
    return replace(scene, section=scene.section or part)
