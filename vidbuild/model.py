"""A checked spec as plain data, as its author wrote it: nothing here depends on which video is built from it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.caption_settings import CaptionSettings
from vidbuild.choice import Choice
from vidbuild.frozen import dataclass, field
from vidbuild.location import Location
from vidbuild.marks import Callout, Overlay
from vidbuild.media.text.words import Token, spoken_sounds, spoken_text
from vidbuild.timebase import SAMPLE_RATE
from vidbuild.transitions import Effects, Transition

if TYPE_CHECKING:
    from vidbuild.diagnostic import Diagnostic


@dataclass(frozen=True, slots=True)
class Narration:
    """The narration of a scene in one language.

    text: for captions: without marks, as it is written.
    spoken: for the voice: without marks, read and with pronunciation applied.
    tokens: the words of the text, each with its spoken form.
    cues: mark name -> index of the token that follows the mark (len(tokens): at the end).
    audio: the recording in which the text is spoken.
    pauses: index of the token that follows a silence, as in cues, and the silence's length in samples.
    anchors: mark name -> what the mark stands at instead of the start of the next token, because of a pause beside it:
        "before", the end of the token before it; "end", the end of the narration.
    utterances: the entries of a narration that is a list; the other fields are about all of them together.
    """

    text: str
    spoken: str
    tokens: tuple[Token, ...]
    cues: Mapping[str, int]
    audio: Path | None = None
    pauses: tuple[tuple[int, int], ...] = ()
    anchors: Mapping[str, str] = field(default_factory=dict)
    utterances: tuple[Utterance, ...] = ()

    @property
    def sounds(self) -> list[tuple[int, int, str]]:
        """(start, end, IPA) of the parts of `spoken` whose sounds the spec gives."""
        return spoken_sounds(self.tokens)

    def spoken_pauses(self) -> list[tuple[int, str]]:
        """Return each pause: characters of the spoken text before it, and its length, such as "0.8 s"."""
        found = []
        for at, length in self.pauses:
            gap = 0 < at < len(self.tokens) and not self.tokens[at].joined
            found.append((len(spoken_text(self.tokens[:at])) + gap, f"{length / SAMPLE_RATE:.9g} s"))
        return found

    @property
    def entry_starts(self) -> list[int]:
        """The first word of each utterance but the first, in a narration that is a list."""
        starts = list(accumulate(len(each.narration.tokens) for each in self.utterances))
        return starts[:-1]

    @property
    def has_pauses(self) -> bool:
        """Whether there is a pause in its text."""
        return bool(self.pauses) or any(each.narration.pauses for each in self.utterances)


@dataclass(frozen=True, slots=True)
class Utterance:
    """An entry of a narration that is a list: what one speaker says at a time.

    index: of the entry in the list.
    narration: its text, without utterances of its own.
    speaker: the speaker's name in captions; "" if the spec gives none.
    pause: seconds of silence before it.
    language: its own; "" for the video's.
    """

    index: int
    narration: Narration
    voice: Voice
    speaker: str
    pause: float
    language: str = ""

    @property
    def identity(self) -> str:
        """The speaker's name, or else that of the voice: equal for utterances of one speaker."""
        return self.speaker or f"{self.voice.engine}:{self.voice.name}"


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice and its settings.

    rate: percent of normal.
    pitch: Hz above normal.
    volume: of the leveled narration in the mix, in percent of its normal amplitude; a fallback is as loud.
    fallback: the voice that is used if this one fails.
    """

    engine: str
    name: str
    rate: int = 100
    pitch: int = 0
    volume: int = 100
    fallback: Voice | None = None

    def to_data(self) -> dict[str, Any]:
        """As JSON values, for a step's parameters; without the volume, which engines do not get."""
        data: dict[str, Any] = {
            "engine": self.engine,
            "name": self.name,
            "rate": self.rate,
            "pitch": self.pitch,
        }
        if self.fallback is not None:
            data["fallback"] = self.fallback.to_data()
        return data


@dataclass(frozen=True, slots=True)
class Music:
    """Music of a scene, which goes on in the next one if that has the same file and start. Times in seconds.

    volume: percent of the loudness of speech; None for the default.
    start: what is left out at the start of the file.
    """

    file: Path
    volume: float | None
    fade_in: float
    fade_out: float
    loop: bool
    start: float


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound effect. at: a cue, or seconds. volume: percent of the loudness of speech."""

    file: Path
    at: str | float
    volume: float


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene: the fields that all types share, defaults filled in. Times in seconds.

    narration: for every language, or language -> narration.
    transition: into the next scene; always a cut on the last.
    effects: how its layers enter and leave.
    fields: the fields of the scene's type, defaults filled in.
    locations: field (dotted, "" for the scene) -> its location in the spec.
    speaker: the name of the speaker of a narration that is no list, for captions; "" without one.
    background: None for the theme's; a color; {"gradient", "angle"}; or {"image", "fit", "dim", "blur", "drift"}.
    section: the name of the section that begins with the scene; "" if none does.
    made_from: the part of a document that the scene was made from ("source", "part", "sha256"); empty if of none.
    part: "intro" or "outro" of a scene that a brand adds; "" of the spec's own.
    fonts: files of extras and of the system that draw what the theme's and the default faces lack.
    """

    id: str
    type: str
    index: int
    narration: Narration | Mapping[str, Narration] | None
    voice: Voice
    duration: float | None
    pause_before: float
    pause_after: float
    min_duration: float
    max_duration: float | None
    transition: Transition
    background: str | Mapping[str, Any] | None
    fields: Mapping[str, Any]
    locations: Mapping[str, Location]
    captions: bool = True
    alt: str = ""
    music: Music | None = None
    sounds: tuple[Sound, ...] = ()
    speaker: str = ""
    section: str = ""
    callouts: tuple[Callout, ...] = ()
    overlays: tuple[Overlay, ...] = ()
    effects: Effects = Effects()
    made_from: Mapping[str, str] = field(default_factory=dict)
    part: str = ""
    fonts: tuple[Path, ...] = ()
    silenced: tuple[str, ...] = ()

    @property
    def voices(self) -> list[Voice]:
        """The voices that speak in the scene, in any language; none in a silent one."""
        found = self.narration
        narrations = list(found.values()) if isinstance(found, Mapping) else [found] if found else []
        return [each.voice for text in narrations for each in text.utterances] or ([self.voice] if narrations else [])


@dataclass(frozen=True, slots=True)
class Theme:
    """A resolved theme.

    values, fonts: JSON values for the templates, and files of its own fonts.
    behavior: what no drawing depends on: "easing", "pace", "transition", "progress", "captions", "enter", "exit".
    system_fonts: where the theme asks for the system's fonts; None if it does not.
    """

    name: str
    values: Mapping[str, Any]
    logo: Path | None = None
    fonts: tuple[Path, ...] = ()
    behavior: Mapping[str, Any] = field(default_factory=dict)
    system_fonts: Location | None = None


@dataclass(frozen=True, slots=True)
class OutputSettings:
    """The `output` field of a spec.

    width, height, fps: pixels, and frames per second of the timeline.
    profile: name of an encoder profile (vidbuild.media.h264.encode).
    loudness, peak: target in LUFS, maximum true peak in dBTP.
    format, codec: of the file, and of its video if it has one (vidbuild.spec.output).
    rate, max_bytes, loops: of a WebP or GIF: images a second at the most, 0 for no limit, 0 to play for ever.
    image_width: pixels of the images of a WebP or GIF, of a PNG, and in a PDF; they are scaled to it.
    """

    width: int
    height: int
    fps: int
    profile: str
    loudness: float
    peak: float
    format: str = "mp4"
    codec: str = "h264"
    rate: int = 0
    image_width: int = 0
    max_bytes: int = 0
    loops: int = 0


@dataclass(frozen=True, slots=True)
class Take:
    """A locked take of a voice: its audio, the times of its words, and the digests that both files had then."""

    audio: Path
    words: Path
    audio_sha256: str
    words_sha256: str


@dataclass(frozen=True, slots=True)
class Spec:
    """One spec: everything its videos have in common, and the language and output settings of its own video.

    warnings: what its author probably did not intend.
    problems: language -> what is wrong with the narration in that language, for languages other than the spec's.
    files: every file that was read or checked to load the spec (the spec, themes, code), in order.
    locations: field (dotted) -> its location in the spec, scenes excepted.
    data: the spec as JSON values, variables expanded, without what it has from its brand.
    progress: how the video shows how far it has come: "none", "bar" or "dots".
    search_path: the folders in which plug-ins were searched for, if it uses any.
    credits: the text of the credits file; "" without stock media.
    takes: what voices on the network were asked, as a digest -> the locked take.
    first_language: the one in which the spec is written; "" for `language`.
    shown_in_first: indexes of the scenes that show the same texts as in the first language.
    choice, videos: of a spec that has several: which one this is, and all of them if it was loaded as a whole.
    also, captions: files beside the video that are written by choice; what captions keep to, and their style if burned.
    silenced: the codes of the lints that are switched off for all of it.
    """

    path: Path
    root: Path
    title: str
    description: str
    language: str
    output: OutputSettings
    theme: Theme
    scenes: tuple[Scene, ...]
    files: tuple[Path, ...]
    locations: Mapping[str, Location]
    data: Mapping[str, Any]
    problems: Mapping[str, tuple[Diagnostic, ...]]
    warnings: tuple[Diagnostic, ...] = ()
    progress: str = "none"
    search_path: tuple[str, ...] = ()
    credits: str = ""
    takes: Mapping[str, Take] = field(default_factory=dict)
    choice: Choice = Choice()
    first_language: str = ""
    shown_in_first: frozenset[int] = frozenset()
    videos: tuple[Spec, ...] = ()
    captions: CaptionSettings = CaptionSettings()
    also: tuple[str, ...] = ()
    silenced: tuple[str, ...] = ()
