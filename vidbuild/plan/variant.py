"""The variants of a spec: the same scenes in a language, at a size and frame rate, with a loudness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from vidbuild.diagnostic import Diagnostic
from vidbuild.engine.graph.graph import Input, Source
from vidbuild.engine.graph.step_id import StepId
from vidbuild.frozen import dataclass, replaced
from vidbuild.media.text.direction import is_right_to_left
from vidbuild.model import Narration, OutputSettings, Scene, Spec, Utterance
from vidbuild.scenes.registry import SCENE_TYPES, plugin_of
from vidbuild.spec.diagnostics import SpecError
from vidbuild.spec.narration import lookup, missing

DRAFT_PROFILE = "standard"
DRAFT_RATES = {60: 15, 50: 25, 30: 15, 24: 12}  # frames per second of a video -> of its draft


@dataclass(frozen=True, slots=True)
class Variant:
    """What distinguishes a video from others of the same spec.

    language: BCP 47 tag, which selects among translations.
    output: size, frame rate, loudness and encoder profile.
    name: the video's name in its step ids; "" in a run that makes one video of the spec.
    draft: whether it is a draft: nothing is spoken, and its pictures are marked.
    """

    language: str
    output: OutputSettings
    name: str = ""
    draft: bool = False


def own_variant(spec: Spec, *, draft: bool = False) -> Variant:
    """The video that the spec's own `language` and `output` describe, or its draft.

    A draft has half the width and height, and so a quarter of the pixels: with fewer, text would be unreadable.
    It has half the frames per second, since each frame costs as much as it has pixels to compare.
    """
    output = spec.output
    if not draft:
        return Variant(spec.language, output)
    if output.format == "webm":  # H.264 is encoded several times faster
        output = replaced(output, format="mp4")
    width, height = _half(output.width), _half(output.height)
    reduced = replaced(
        output,
        codec="h264",
        width=width,
        height=height,
        image_width=min(width, _half(output.image_width)),
        profile=DRAFT_PROFILE,
        fps=DRAFT_RATES.get(output.fps, output.fps) if output.format == "mp4" else output.fps,
    )
    return Variant(spec.language, reduced, draft=True)


def _half(side: int) -> int:
    """Half of a side, as an even number of pixels."""
    return (side + 2) // 4 * 2


@dataclass(frozen=True, slots=True)
class VideoSpec:
    """A spec and the variant of it that is compiled."""

    spec: Spec
    variant: Variant

    @classmethod
    def of(cls, spec: Spec, variant: Variant) -> VideoSpec:
        """Raise SpecError with what is wrong with the spec in the variant's language."""
        errors = [each for each in problems(spec, variant.language) if each.severity == "error"]
        if errors:
            raise SpecError(errors)
        return cls(spec, variant)

    @property
    def size(self) -> list[int]:
        """Width and height in pixels, as a parameter of steps."""
        return [self.variant.output.width, self.variant.output.height]

    @property
    def fps(self) -> int:
        """Frames per second."""
        return self.variant.output.fps

    @property
    def reading_language(self) -> str:
        """The language that decides on directions: the spec's first one if it is read as the video's is."""
        first = self.spec.first_language or self.variant.language
        same = is_right_to_left(first) == is_right_to_left(self.variant.language)
        return first if same else self.variant.language

    def drawing_language(self, scene: Scene) -> str:
        """The language of a scene's picture: that of the texts it shows, so that equal pictures are drawn once.

        A type whose picture has words or numbers of its own shows them in the video's language.
        """
        own = scene.index not in self.spec.shown_in_first or scene.fields.get("subtitles")
        varies = plugin_of(scene.type) is not None or SCENE_TYPES[scene.type].follows_language
        return self.variant.language if own or varies else self.reading_language

    def font_inputs(self, added: Iterable[Path]) -> dict[str, Input]:
        """Fonts as inputs of a step that draws: the theme's, then others. Of two equal faces, the first is drawn.

        added: the files of extras and of the system that a scene needs.
        """
        files = {"font": self.spec.theme.fonts, "face": added}
        return {
            f"{kind}:{index:04}:{font.name}": Source(str(font))
            for kind, fonts in files.items()
            for index, font in enumerate(fonts)
        }

    def narration(self, scene: Scene) -> Narration | None:
        """A scene's narration in the video's language."""
        text = scene.narration
        if not isinstance(text, Mapping):
            return text
        return text[lookup(self.variant.language, text) or self.variant.language]

    def utterances(self, scene: Scene) -> list[Utterance]:
        """What is spoken in a scene in the video's language: a narration that is no list is one utterance."""
        narration = self.narration(scene)
        if narration is None:
            return []
        return list(narration.utterances) or [Utterance(0, narration, scene.voice, scene.speaker, 0)]

    def speak_ids(self, scene: Scene) -> list[str]:
        """The ids of the steps that speak a scene's utterances: `speak:SCENE`, or of a list `speak:SCENE.1` and on.

        There are none in a draft.
        """
        narration = self.narration(scene)
        name = self.step_id("speak", scene)
        if narration is None or self.variant.draft:
            return []
        return [f"{name}.{each.index + 1}" for each in narration.utterances] or [name]

    @property
    def has_dialogue(self) -> bool:
        """Whether several speakers talk in one scene, so that captions have to tell them apart."""
        return any(len({each.identity for each in self.utterances(scene)}) > 1 for scene in self.spec.scenes)

    def step(self, kind: str, *scenes: Scene) -> StepId:
        """The id of the step of a kind for a scene, for two (a transition), or for the whole video."""
        return StepId(kind, "+".join(scene.id for scene in scenes), self.variant.name)

    def step_id(self, kind: str, *scenes: Scene) -> str:
        """The same as text."""
        return str(self.step(kind, *scenes))


def problems(spec: Spec, language: str) -> list[Diagnostic]:
    """What is wrong with a spec in a language; nothing in its own, which was checked when the spec was loaded."""
    found = list(spec.problems.get(language, ()))
    if any(each.severity == "error" for each in found):
        return found
    for scene in spec.scenes:
        if isinstance(scene.narration, Mapping) and lookup(language, scene.narration) is None:
            message, hint = missing(language, scene.narration)
            location = scene.locations.get("narration", scene.locations.get(""))
            found.append(Diagnostic("error", message, str(spec.path), location, hint))
    return found
