"""A writer: the same three scenes for every topic, to be filled in by hand. It asks no server."""

from __future__ import annotations

import json

from vidbuild.plugins import Answer, Question, WriterDefaults

SCENES = (
    ("What it is", "{subject} in one sentence: what it is, and who needs it.", ["What", "For whom"]),
    ("How to begin", "The first step with {subject}, and what one sees then.", ["First step", "Result"]),
    ("Where to go on", "Two places where there is more about {subject}.", ["Guide", "Reference"]),
)


class Skeleton(WriterDefaults):
    """Answers as a model would: with a script as JSON, which vidbuild makes scenes of."""

    interface = 1  # the version of vidbuild's interface that this was written for
    name = "skeleton"
    summary = "three scenes to be filled in by hand, without a model"

    def model(self, name: str) -> str:
        """Return the one model that there is, for a `--writer skeleton` without a model."""
        return "three-scenes"

    def ask(self, name: str, question: Question) -> Answer:
        """Return the script. The last message of the question begins with the subject."""
        subject = question.messages[-1]["content"].split("\n", 1)[0].rpartition(": ")[2].strip()
        scenes = [
            {"heading": heading, "narration": narration.format(subject=subject), "points": points}
            for heading, narration, points in SCENES
        ]
        return Answer(json.dumps({"title": subject, "scenes": scenes}), host="this machine")
