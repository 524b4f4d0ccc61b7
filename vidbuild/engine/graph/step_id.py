"""Step ids: `KIND:SCENE`, such as `render:install`."""

from __future__ import annotations

from vidbuild.frozen import dataclass


@dataclass(frozen=True, slots=True)
class StepId:
    """The id of a step, `VIDEO/KIND:SCENE`, in its parts.

    Graphs, logs and the store hold ids as text; use this class to build an id or to take one apart.

    kind: without ":" and "/".
    scene: the scene's id; for a transition both, as "a+b"; "" for a step of the whole video, such as `mux`.
    video: the name of the video in a run that makes several from one spec, without ":"; "" in all other runs.
    """

    kind: str
    scene: str = ""
    video: str = ""

    def __str__(self) -> str:
        local = self.local
        return f"{self.video}/{local}" if self.video else local

    @property
    def local(self) -> str:
        """The id without the video: the same in every video."""
        return f"{self.kind}:{self.scene}" if self.scene else self.kind

    @classmethod
    def parse(cls, text: str) -> StepId:
        """Take an id apart; every text is accepted, since logs may hold kinds of other versions."""
        head, _, scene = text.partition(":")
        video, _, kind = head.rpartition("/")
        return cls(kind, scene, video)
