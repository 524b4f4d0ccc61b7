"""What a video in several languages costs beside a build for each."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from . import cases, measure
from .cases import Case
from .measure import Cost
from .project import VIDBUILD
from .table import Row

if TYPE_CHECKING:
    from .aims import Bench

# Two scenes in five have texts of their own in each language; images, code and terminals show the same in all.
CASE = Case(scenes=10, types=("title", "list", "image", "code", "command"), size="1080p", seconds=6.0, reveals=3)
LANGUAGES, FIFTH = ("en", "de", "fr", "es"), "it"
SPOKEN = {
    "en": "Here are the words about this part of the program, and what it does for you.",
    "de": "Hier folgen einige Worte zu diesem Teil des Programms und was er bewirkt.",
    "fr": "Voici quelques mots sur cette partie du programme et ce qu'elle fait pour vous.",
    "es": "Estas son unas palabras sobre esta parte del programa y lo que hace por usted.",
    "it": "Ecco alcune parole su questa parte del programma e su quello che fa per voi.",
}
TRANSLATED = {"title", "list"}  # types whose own texts are in each language
TURNS = 1  # of five builds each: the processors' time varies by a twentieth


@dataclass(frozen=True, slots=True)
class Spoken:
    """A spec in several languages, in a folder of its own."""

    folder: Path

    @classmethod
    def made(cls, folder: Path, languages: Sequence[str] = LANGUAGES, *, equal: bool = True) -> Spoken:
        """Written, not yet built. equal: whether scenes are as long in each language."""
        cases.write(CASE, folder)
        (folder / cases.SPEC).write_text(spec(languages, equal=equal), encoding="utf-8")
        return cls(folder)

    def build(self, *args: str) -> Cost:
        """Build, whatever is there."""
        return measure.run([*VIDBUILD, "build", *args], self.folder)

    def ran(self) -> list[str]:
        """Build, and return the steps that ran."""
        self.build("--events", "events.jsonl")
        events = map(json.loads, (self.folder / "events.jsonl").read_text(encoding="utf-8").splitlines())
        return [event["step"] for event in events if event["type"] == "step_finished"]

    def together(self) -> Cost:
        """Build all languages from nothing in one command."""
        self._forget()
        return self.build()

    def apart(self) -> Cost:
        """Build each language from nothing, in a command of its own."""
        costs = []
        for language in LANGUAGES:
            self._forget()
            costs.append(self.build("--language", language))
        return Cost(sum(each.wall for each in costs), sum(each.cpu for each in costs), max(each.peak for each in costs))

    def _forget(self) -> None:
        for name in (".vidbuild", "build"):
            shutil.rmtree(self.folder / name, ignore_errors=True)


def spec(languages: Sequence[str], *, equal: bool) -> str:
    """Return the text of the case's spec in these languages; equal: as of `Spoken.made`."""
    data: dict[str, Any] = yaml.safe_load(cases.spec(CASE))
    del data["voice"]
    data["languages"] = list(languages)
    for index, scene in enumerate(data["scenes"]):
        scene["narration"] = {each: f"{index + 1}. {SPOKEN[each]}" for each in languages}
        del scene["max_duration"]
        if not equal:
            del scene["min_duration"]
        if scene["type"] in TRANSLATED:
            for field in ("title", "subtitle", "kicker"):
                if field in scene:
                    scene[field] = {each: f"{scene[field]} ({each})" for each in languages}
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True)


def languages(bench: Bench) -> Iterator[Row]:
    """Ten scenes in four languages, then in a fifth one."""
    for equal, shared, length in (
        (False, "drawings of what shows the same", "as long as each narration"),
        (True, "drawings and renderings of what shows the same", "of equal length"),
    ):
        project = Spoken.made(bench.folder / f"languages-{equal}", equal=equal)
        together, apart = measure.alternately(TURNS, project.together, project.apart)
        _, cpu = measure.ratio(together, apart)
        ours, theirs = measure.median(together), measure.median(apart)
        measured = f"{cpu:.2f} x CPU time ({ours.cpu:.1f} s against {theirs.cpu:.1f} s)"
        aim = f"at most 0.75 x four builds, scenes {length}"
        yield Row("languages", aim, 0.75, cpu, measured, f"{shared}: once for all")
    project.together()
    Spoken.made(project.folder, (*LANGUAGES, FIFTH))
    others = [step for step in project.ran() if not step.startswith(f"{FIFTH}/")]
    yield Row("languages", "a fifth language runs 0 steps of the others", 0, len(others), str(len(others)), "0")
