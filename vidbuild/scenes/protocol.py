"""The protocol of a scene type: everything that the rest of vidbuild asks one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from vidbuild.focal_point import MIDDLE, Focus
from vidbuild.frozen import dataclass
from vidbuild.frozen import field as with_default
from vidbuild.model import Scene

# Where a layer is put: its whole image fills the box. A box (x, y, width, height) in units of the layer's own, or the
# index of one of its `stops` in the drawing, for places that only the template can compute.
Place = int | tuple[float, float, float, float]


def scaled(factor: float) -> Place:
    """Return the place of a layer that is scaled about its center."""
    corner = round((1 - factor) / 2, 6)
    return (corner, corner, factor, factor)


def showing(x: float, y: float, width: float, height: float) -> Place:
    """Return the place of a layer that shows a part of itself over its whole box; the part in shares of the layer."""
    return (round(-x / width, 6), round(-y / height, 6), round(1 / width, 6), round(1 / height, 6))


CURSOR = "cursor"  # the layer of a terminal's cursor


# How fast layers appear, for the timeline and for the scene types that time their own states by it.
ENTRANCE = 0.4  # seconds: short and eased, it only draws the eye to what matters
TYPING = 24  # characters per second: quick, and still readable
AFTER_TYPING = 0.35  # seconds from the last key to the output


@dataclass(frozen=True, slots=True)
class Reveal:
    """Layers that appear during a scene, and when, as written in the spec; the timeline turns it into tracks.

    field: the spec field that it comes from ("items.1"), for messages.
    at: a cue's name, seconds from the scene's start, or None: with the narration if `words` are spoken, else spread
        evenly over the scene.
    words: the text that makes the layers appear when it is spoken; "" never follows the narration.
    enter: layer name -> its effect: "cut" (at once), "fade", "rise", "slide", "wipe", "scale", "type" or "draw" (see
        Effect in vidbuild/media/render/motion.py), or "under": at once, as soon as the layer that appears with it, and
        covers it, is opaque (two layers that fade in together would shine through); or "follow": fades in after the
        layer that appears with it, and not before the layers that leave are gone.
    leave: layers that fade out when this reveal starts.
    moves: layer name -> where it moves when this reveal starts, as a cursor does.
    zooms: the same for layers of which only what is inside their box in the drawing stays visible.
    until_next: layers that appear with this reveal and disappear with the next one.
    characters: the number of characters that "type" types.
    after_previous: whether it waits until the previous reveal is complete (a command's output does).
    states: a layer of rows, and the seconds after the reveal begins at which it shows each of its next states; ("", ())
        without one. Time runs faster if the next reveal with a time begins before `lasting`, or the narration ends.
    lasting: seconds that the states take.
    sequence: (layer, seconds after the reveal begins): the first of them enters as in `enter`, each of the others at
        once, in place of the one before it.
    cursor: the layer that follows what "type" types.
    """

    field: str
    at: str | float | None = None
    words: str = ""
    enter: Mapping[str, str] = with_default(default_factory=dict)
    leave: tuple[str, ...] = ()
    until_next: tuple[str, ...] = ()
    characters: int = 0
    after_previous: bool = False
    sequence: tuple[tuple[str, float], ...] = ()
    states: tuple[str, tuple[float, ...]] = ("", ())
    lasting: float = 0.0
    moves: Mapping[str, Place] = with_default(default_factory=dict)
    zooms: Mapping[str, Place] = with_default(default_factory=dict)
    cursor: str = CURSOR


@dataclass(frozen=True, slots=True)
class SceneProblem:
    """A problem of a scene's own fields.

    field: the field's dotted path in the scene ("items.1"); "" for the whole scene.
    span: the range of characters of the field's text that the problem is about; the text can come from a file.
    code: of the lint, as in vidbuild/lints.json, if it is a warning; "" for an error, and in a plug-in.
    """

    field: str
    message: str
    hint: str | None = None
    span: tuple[int, int] | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Clip:
    """The part of a video file that plays in a scene.

    start_ms, end_ms: milliseconds of the file; end_ms None plays it to its end.
    fit: "cover" or "contain".
    audio: "keep", "mute" or "duck" (quieter while the narrator speaks).
    audio_track: the file's audio track, counted from 1; None for its default.
    speed: how many seconds of the file a second shows.
    loop: how many times it plays; 0 for as long as the scene lasts.
    at: a cue's name or seconds at which it begins to play; None for the scene's start.
    freezes: when it pauses: {"at"} with "until", a cue's name or seconds each, or with "for", in seconds.
    poster: the time in the file, in milliseconds, of what is shown before; None for its first frame.
    covered: whether the layer "poster" of the drawing is shown before.
    focus: the point that stays in view if its edges are cropped.
    weight, holds: of one of several clips: how long it is shown compared with the others, and whether its last frame
        may stay.
    """

    path: Path
    start_ms: int
    end_ms: int | None
    fit: str
    audio: str
    audio_track: int | None = None
    speed: float = 1.0
    loop: int = 1
    at: str | float | None = None
    freezes: tuple[Mapping[str, Any], ...] = ()
    poster: int | None = None
    covered: bool = False
    focus: Focus = MIDDLE
    weight: float = 1.0
    holds: bool = False


def part_ms(start: float, end: float | None) -> tuple[int, int | None]:
    """Return `start_ms` and `end_ms` of a clip for times in seconds: a part that is not empty."""
    start_ms = round(start * 1000)
    return start_ms, None if end is None else max(round(end * 1000), start_ms + 1)


class DocumentPage(NamedTuple):
    """The page of a PDF that is the picture of a scene; number: counted from 1."""

    path: Path
    number: int


class Layout(NamedTuple):
    """The source of a writer's own layout, in Typst.

    place: its path in the folder that it sees as the project.
    names: the paths there of the files that it reads; their roles are "file:0", "file:1", ...
    """

    source: str
    place: str
    names: tuple[str, ...]


class Light(NamedTuple):
    """A soft light on the background.

    x, y: its center in shares of the frame's width and height.
    reach: its radius in shares of the frame's longer side.
    strength: from 0 to 1.
    """

    x: float
    y: float
    reach: float
    strength: float


class SceneType(Protocol):
    """One scene type. All methods are pure: their results depend on their arguments alone.

    name: the spec's `type`, and the name of the folder with the type's schema.json and template.typ.
    summary: the description that `vidbuild scenes` prints.
    needs_duration: whether a scene without narration must have `duration`.
    lights: the lights on the theme's background; a scene with a `background` of its own has none.
    spec_fields: field of the drawing -> spec field, if their names differ; `*` stands for an index
        ("entries.*.lines" -> "commands.*.run"). Warnings about a drawn text point at its spec field.
    follows_language: whether its picture has words or numbers of its own, which differ by language.
    points_at: what callouts can point at: "pixels" of the picture or clip in the layer with this `filled`, "lines" or
        "cells" that the template reports as `content`; "" for nothing.
    enlarges: the layers of which a `zoom` callout enlarges a part, the window first; () for a picture.
    modules: names of the files beside template.typ that it imports, without `.typ`.
    folder: where its schema.json and template.typ are; None for the folder of this package that has the type's name,
        and of a plug-in's type for the folder of its module.
    """

    name: str
    summary: str
    folder: Path | None
    needs_duration: bool
    lights: tuple[Light, ...]
    spec_fields: Mapping[str, str]
    follows_language: bool
    points_at: str
    enlarges: tuple[str, ...]
    modules: tuple[str, ...]

    def check(self, fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
        """Yield errors that the schema cannot find, such as a range of lines that the code does not have."""

    def markers(self, fields: Mapping[str, Any]) -> Collection[str]:
        """Return the cues that a scene with these fields can use without naming them in an `at`."""

    def plays(self, fields: Mapping[str, Any]) -> bool:
        """Return whether a scene with these fields needs no `duration`, although its type does."""

    def lint(self, scene: Scene) -> Iterator[SceneProblem]:
        """Yield warnings about a valid scene that viewers would find hard to follow."""

    def files(self, scene: Scene) -> dict[str, Path]:
        """Return role -> file for the files that the draw step reads.

        The picture of the field `src` has the role "image", that of another field "image:" and the field.
        """

    def pages(self, scene: Scene) -> dict[str, DocumentPage]:
        """Return role -> page for the pictures that are pages of PDFs: a step for each draws it. Roles: see `files`."""

    def layout(self, scene: Scene) -> Layout | None:
        """Return the scene's own layout, if it has one, which is drawn instead of the template's."""

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """Return the template's `fields`: everything visible, without any times (no `at`)."""

    def entrances(self, scene: Scene) -> dict[str, str]:
        """Return layer -> effect at the scene's start; layers not named are visible from the first frame."""

    def reveals(self, scene: Scene) -> list[Reveal]:
        """Return the later appearances, in the spec's order."""

    def drifts(self, scene: Scene) -> dict[str, tuple[Place, Place]]:
        """Return layer -> its place at the scene's start and end, for layers that move evenly all the time.

        Only what is inside their box in the drawing is visible.
        """

    def extent(self, fields: Mapping[str, Any]) -> tuple[int, int] | None:
        """Return how far regions of callouts reach: (width, height) in pixels, (first, last) line, or (columns, rows).

        None if only a step knows it.
        """

    def moving(self, fields: Mapping[str, Any]) -> str:
        """Return the field that moves the content during the scene, so that nothing can point at it; "" if still."""

    def redacted(self, fields: Mapping[str, Any], regions: Sequence[Mapping[str, int]]) -> dict[str, Any]:
        """Return the fields without the text in these lines or cells, which a callout blurs; pictures stay.

        regions: {"from", "to"} for lines, {"row", "column"} or one of them for cells.
        """

    def clip(self, scene: Scene) -> Clip | None:
        """Return the video that plays in the layer "clip", if the scene has one."""

    def clips(self, scene: Scene) -> Sequence[Clip]:
        """Return the videos that play one after the other in the layers "clip-0" and on, if the scene has several."""
