"""The rules of captions, and where they cannot be kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vidbuild import columns
from vidbuild.frozen import dataclass
from vidbuild.timebase import SAMPLE_RATE, samples_per_frame

COLUMNS, WIDE_COLUMNS = 42, 40
"""Columns of a line, and of one in the languages of East Asia: 20 characters that take two columns each."""

SPEED = 20
"""Columns a second that can be read."""

SHORTEST = SAMPLE_RATE * 4 // 5
"""A caption that is shown for a shorter time cannot be noticed and read."""

GAP_FRAMES = 2
"""Frames without a caption between two, so that a viewer sees that the text is another one."""

_WIDE = frozenset({"ja", "ko", "zh", "yue", "wuu", "cmn"})
_QUOTED = 42  # characters of a caption that is quoted beside others


@dataclass(frozen=True, slots=True)
class Caption:
    """Lines of text and when they are shown, in samples.

    speaker: the name of who speaks, if it matters.
    is_cut: whether it divides a text without a break, such as a long identifier, that is wider than a line.
    """

    lines: tuple[str, ...]
    start: int
    end: int
    speaker: str = ""
    is_cut: bool = False

    @property
    def speed(self) -> float:
        """Columns a second."""
        return sum(map(width, self.lines)) * SAMPLE_RATE / (self.end - self.start)


@dataclass(frozen=True, slots=True)
class Rules:
    """What captions keep to.

    columns: of a line, of which East Asian characters take two.
    gap: samples between two captions, and before the end of a scene.
    speed: columns a second.
    shortest: samples that a caption is shown.
    """

    columns: int
    gap: int
    speed: float = SPEED
    shortest: int = SHORTEST


def rules(language: str, fps: int, line_length: int | None = None, speed: float | None = None) -> Rules:
    """Return the rules for a language and a frame rate. line_length, speed: in columns, instead of the defaults."""
    default = WIDE_COLUMNS if language.split("-", maxsplit=1)[0].lower() in _WIDE else COLUMNS
    return Rules(line_length or default, GAP_FRAMES * samples_per_frame(fps), speed or SPEED)


def width(text: str) -> int:
    """Return the columns of a text in captions; a brace has two, as SubRip may need its wide form."""
    return columns.width(text) + text.count("{") + text.count("}")


def problems(shown: Sequence[Caption], kept: Rules) -> Iterator[tuple[str, str]]:
    """Yield a message and a hint for each rule that captions of a scene break; it quotes all that do."""
    slow = "use fewer words, or a slower 'rate' of the voice; of a recording, 'text' is what is spoken in it"
    fast = [(f"{each.speed:.0f}", each) for each in shown if round(each.speed) > kept.speed]
    if fast:
        fast.sort(key=lambda item: -item[1].speed)
        limit = f"at most {kept.speed:g} characters a second"
        yield f"captions too fast to read: expected {limit}, got {_quoted(fast)}", slow
    lengths = ((round((each.end - each.start) / SAMPLE_RATE, 2), each) for each in shown)
    short = [(f"{length:g} s", each) for length, each in lengths if each.end - each.start < kept.shortest]
    if short:
        limit = f"at least {kept.shortest / SAMPLE_RATE:g} s"
        yield f"captions too short to read: expected {limit}, got {_quoted(short)}", slow
    wide = [("", each) for each in shown if each.is_cut or max(map(width, each.lines)) > kept.columns]
    if wide:
        message = f"captions with a word wider than a line of {kept.columns} characters: {_quoted(wide)}"
        yield message, "write a space where a line may end, or set a larger 'line_length' in 'captions'"


def _quoted(found: Sequence[tuple[str, Caption]]) -> str:
    """Return captions in quotes, each after its value; of several, their beginnings."""
    texts = [" ".join(caption.lines) for _, caption in found]
    if len(texts) > 1:
        texts = [text if len(text) <= _QUOTED else f"{text[:_QUOTED].rstrip()}…" for text in texts]
    return ", ".join(
        f"{value} in '{text}'" if value else f"'{text}'" for (value, _), text in zip(found, texts, strict=True)
    )
