"""Whatever was edited, built, lost or cut short before: the outputs are those of a clean build."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import vidbuild

WORDS = ("one", "two words", "three more words", "a [[mark]] in it")
TITLES = ("Alpha", 'Beta: a "longer" title', "")
TRANSITIONS = ("cut", "{type: fade, duration: 0.25}")


@dataclass(frozen=True)
class Piece:
    """One scene of a random spec."""

    title: int
    words: int
    transition: int
    spoken: bool

    def text(self, name: str) -> str:
        """The scene as YAML."""
        lines = [
            f"  - id: {name}",
            "    type: title",
            f"    title: '{TITLES[self.title]}x'",
            f"    transition: {TRANSITIONS[self.transition]}",
        ]
        lines.append(f'    narration: "{WORDS[self.words]}"' if self.spoken else "    duration: 0.75")
        return "\n".join(lines)


@dataclass(frozen=True)
class Video:
    """A random spec."""

    pieces: tuple[Piece, ...]
    title: int = 0
    theme: str = "midnight"
    size: str = "128x72"
    extra: dict[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """The spec as YAML."""
        head = (
            f"vidbuild: 1\ntitle: 'V {TITLES[self.title]}'\ntheme: {self.theme}\n"
            f"output: {{size: {self.size}, fps: 24}}\nvoice: espeak:en-us\nscenes:\n"
        )
        return head + "\n".join(piece.text(f"s{index}") for index, piece in enumerate(self.pieces)) + "\n"


PIECES = st.builds(Piece, st.integers(0, 2), st.integers(0, 3), st.integers(0, 1), st.booleans())
VIDEOS = st.builds(
    Video,
    st.lists(PIECES, min_size=1, max_size=3).map(tuple),
    st.integers(0, 2),
    st.sampled_from(["midnight", "paper"]),
    st.sampled_from(["128x72", "72x128"]),
)
EVENTS = st.lists(
    st.one_of(VIDEOS, st.sampled_from(["lose a blob", "lose a trace", "cut a blob short"])), min_size=2, max_size=4
)


def project(factory: pytest.TempPathFactory) -> Path:
    """An empty project."""
    folder = factory.mktemp("project")
    (folder / "vidbuild.toml").touch()
    return folder


def outputs(folder: Path) -> dict[str, str]:
    """Every output by its digest."""
    result = vidbuild.build(folder / "video.yaml", jobs=2)
    assert result.ok, result
    return {each.path.name: each.sha256 for each in result.outputs}


def damage(cache: Path, how: str) -> None:
    """Harm the store the way a full disk or an eager clean-up would."""
    kind = "traces" if how == "lose a trace" else "cas"
    files = sorted(path for path in (cache / "v1" / kind).rglob("*") if path.is_file())
    victim = files[len(files) // 2]
    if how == "cut a blob short":
        victim.chmod(0o644)
        victim.write_bytes(victim.read_bytes()[:-1])
    else:
        victim.unlink()


@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # a failing sequence of builds takes minutes to shrink
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(EVENTS)
def test_incremental_equals_clean(tmp_path_factory: pytest.TempPathFactory, events: list[Video | str]) -> None:
    """P1: after any sequence of edits and losses, every output equals a clean build's, byte for byte."""
    folder, clean = project(tmp_path_factory), project(tmp_path_factory)
    incremental = None
    for event in events:
        if isinstance(event, Video):
            (folder / "video.yaml").write_text(event.text(), encoding="utf-8")
        elif incremental is not None:
            damage(folder / ".vidbuild", event)
        if (folder / "video.yaml").exists():
            incremental = outputs(folder)
    if incremental is not None:
        shutil.copy(folder / "video.yaml", clean)
        assert incremental == outputs(clean)
