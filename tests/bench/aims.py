"""What builds are meant to cost at most, each case as a function that measures it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

from . import (
    burned,
    creating,
    diffs,
    drafts,
    executors,
    floor,
    formats,
    languages,
    live,
    looks,
    measure,
    memory,
    overhead,
    sharing,
    voices,
)
from .cases import Case, edited
from .measure import Cost
from .project import VIDBUILD, Project, Several
from .table import Row

SIX, SIXTY, THOUSAND = Case(), Case(scenes=60), Case(scenes=1000)
SMALL_THOUSAND = replace(THOUSAND, size="160x90", fps=24, seconds=0.5, reveals=2, narrated=False)
SHORT = Case(scenes=3, types=("title", "list", "command"), size="720p", seconds=9.0, reveals=3, transition=0.4)
TWELVE = [replace(SHORT, first=SHORT.scenes * number) for number in range(12)]
TURNS, EDITS, NULLS = 3, 5, 9
MEGA = 1_000_000


@dataclass(frozen=True, slots=True)
class Rounds:
    """What was measured in turns, so that it can be compared."""

    reference: Sequence[Cost]
    at_30: Sequence[Cost]
    at_60: Sequence[Cost]


class Bench:
    """The projects that several cases share, each made when the first of them asks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def project(self, name: str, case: Case) -> Project:
        """A project of the case."""
        return Project.made(self.folder / name, case)

    @cached_property
    def six(self) -> Project:
        """The six scenes; built once `rounds` was asked for."""
        return self.project("six", SIX)

    @cached_property
    def six_at_60(self) -> Project:
        """The six scenes at 60 frames per second."""
        return self.project("six-at-60", replace(SIX, fps=60))

    @cached_property
    def rounds(self) -> Rounds:
        """Plain ffmpeg, the cold build and the cold build at 60, in turns; both projects are built after it."""
        return Rounds(*measure.alternately(TURNS, self.reference, self.six.cold, self.six_at_60.cold))

    def reference(self) -> Cost:
        """Plain ffmpeg encodes a blank video as long as the six scenes."""
        length = SIX.scenes * SIX.seconds
        blank = f"color=black:s=1920x1080:r={SIX.fps}:d={length}"
        sources = ("-f", "lavfi", "-i", blank, "-f", "lavfi", "-i", "anullsrc=r=48000:cl=stereo", "-t", str(length))
        coders = ("-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "veryfast", "-c:a", "aac")
        return measure.run(measure.plain(*sources, *coders, str(self.folder / "blank.mp4")), self.folder)

    @cached_property
    def sixty(self) -> tuple[Project, Cost]:
        """The sixty scenes, built, and what that cost."""
        project = self.project("sixty", SIXTY)
        return project, project.cold()

    @cached_property
    def frame(self) -> floor.Frame:
        """What composing and encoding one frame takes."""
        _ = self.rounds
        return floor.frame(self.six.spec)

    @cached_property
    def start(self) -> Cost:
        """A Python that imports click and does nothing."""
        return measure.median(
            [measure.run([sys.executable, "-c", "import click"], self.folder) for _ in range(NULLS)],
        )


def cold(bench: Bench) -> Iterator[Row]:
    """Six scenes from nothing, beside plain ffmpeg."""
    wall, cpu = measure.ratio(bench.rounds.at_30, bench.rounds.reference)
    plain, ours = measure.median(bench.rounds.reference), measure.median(bench.rounds.at_30)
    frames, workers = floor.differing(bench.six.spec), min(floor.processors(), SIX.scenes)
    coded = floor.coded(bench.six.spec)
    least = coded * bench.frame.both / workers
    measured = f"{wall:.2f} x ({ours.wall:.2f} s against {plain.wall:.2f} s; CPU time {cpu:.2f} x)"
    floor_text = (
        f"{least / plain.wall:.2f} x: of {_frames(bench.six)} frames, {frames} differ, in bands of {coded:.0f} frames;"
        f" {bench.frame.composing * 1e3:.1f} + {bench.frame.encoding * 1e3:.1f} ms a frame, {workers} in parallel"
    )
    yield Row("cold", "at most 0.33 x plain ffmpeg", 0.33, wall, measured, floor_text)


def fps60(bench: Bench) -> Iterator[Row]:
    """The same at 60 frames per second."""
    wall, cpu = measure.ratio(bench.rounds.at_60, bench.rounds.at_30)
    ours, coded = measure.median(bench.rounds.at_60), floor.coded(bench.six_at_60.spec)
    few = floor.coded(bench.six.spec)
    measured = f"{wall:.2f} x ({ours.wall:.2f} s; CPU time {cpu:.2f} x)"
    floor_text = f"{coded / few:.2f} x for the frames alone: bands of {coded:.0f} frames, at 30 fps of {few:.0f}"
    yield Row("fps60", "at most 1.15 x the same at 30 fps", 1.15, wall, measured, floor_text)


def edit(bench: Bench) -> Iterator[Row]:
    """One word of one scene in sixty changed."""
    project, whole = bench.sixty
    costs = []
    for scene in range(0, SIXTY.scenes, SIXTY.scenes // EDITS):
        costs.append(project.edit(scene))
        project.case = edited(project.case, scene)
    found = measure.median(costs)
    coded = floor.coded(project.spec) / SIXTY.scenes
    measured = f"{found.wall:.2f} s (CPU time {found.cpu:.2f} s)"
    floor_text = f"{coded * bench.frame.both:.2f} s: bands of {coded:.0f} frames"
    yield Row("edit", "at most 1.5 s", 1.5, found.wall, measured, floor_text)
    share = found.wall / whole.wall
    measured = f"1/{1 / share:.0f} (of {whole.wall:.1f} s)"
    yield Row("edit", "at most 1/40 of the cold build", 1 / 40, share, measured, "1/60")


def null60(bench: Bench) -> Iterator[Row]:
    """Sixty scenes that are up to date."""
    project, _ = bench.sixty
    project.build()  # whatever the last edit left
    yield from _null("null60", "at most 0.15 s", 0.15, bench, project)
    counts = project.null()
    started = counts.started.total() or int(counts.any_child)
    yield Row("null60", "0 subprocesses", 0, started, str(started), "0")
    read = sum(path.stat().st_size for path in counts.media)
    yield Row("null60", "0 bytes of media read", 0, read, f"{read} in {len(counts.media)} files", "0")


def null1000(bench: Bench) -> Iterator[Row]:
    """A thousand small and silent scenes that are up to date."""
    project = bench.project("thousand", SMALL_THOUSAND)
    project.cold()
    yield from _null("null1000", "under 1 s", 1.0, bench, project)


def _null(name: str, aim: str, limit: float, bench: Bench, project: Project) -> Iterator[Row]:
    found = measure.median([project.build() for _ in range(NULLS)])
    measured = f"{found.wall:.3f} s (CPU time {found.cpu:.3f} s)"
    yield Row(name, aim, limit, found.wall, measured, f"{bench.start.wall:.3f} s: Python with click")


def plan1000(bench: Bench) -> Iterator[Row]:
    """A thousand narrated scenes that were never seen are read, checked and planned."""
    project = bench.project("thousand-planned", THOUSAND)
    found = measure.median([measure.run([*VIDBUILD, "build", "--dry-run"], project.folder) for _ in range(TURNS)])
    reading = f"import click, yaml; yaml.load(open({str(project.spec)!r}), yaml.CSafeLoader)"
    least = measure.median([measure.run([sys.executable, "-c", reading], project.folder) for _ in range(TURNS)])
    measured = f"{found.wall:.2f} s (CPU time {found.cpu:.2f} s)"
    yield Row("plan1000", "under 2 s", 2.0, found.wall, measured, f"{least.wall:.2f} s: loading the YAML")


def safety(bench: Bench) -> Iterator[Row]:
    """What waiting for the disk costs, and what the workers' walls do, each beside the same build without it."""
    for cold, times in ((True, TURNS), (False, NULLS)):
        parts = [partial(bench.six.without, what, cold=cold) for what in ("nothing", "sync", "walls")]
        bench.six.build()
        whole, *others = measure.alternately(times, *parts)
        name = "cold" if cold else "null"
        for what, other in zip(("disk", "sandbox"), others, strict=True):
            wall, cpu = measure.ratio(whole, other)
            ours, less = measure.median(whole), measure.median(other)
            measured = f"{wall:.2f} x ({ours.wall:.3f} s against {less.wall:.3f} s; CPU time {cpu:.2f} x)"
            less_of = "waiting for the disk" if what == "disk" else "the sandbox"
            floor_text = f"at most 1.1 x a {name} build without {less_of}"
            yield Row(f"safety: {what}", floor_text, 1.1, wall, measured, "1")


def overhead_of_engine(bench: Bench) -> Iterator[Row]:
    """What a step that does nothing costs, driver and worker together, beside one file that is made to stay."""
    yield from overhead.rows(bench.folder)


def many(bench: Bench) -> Iterator[Row]:
    """Twelve specs of three short scenes in one command, beside twelve commands one after the other."""
    project = Several.made(bench.folder / "twelve", TWELVE)
    together, apart = measure.alternately(TURNS, project.together, project.apart)
    wall, cpu = measure.ratio(together, apart)
    ours, theirs = measure.median(together), measure.median(apart)
    measured = f"{wall:.2f} x ({ours.wall:.1f} s against {theirs.wall:.1f} s; CPU time {cpu:.2f} x)"
    least = ours.cpu / floor.processors() / theirs.wall
    floor_text = f"{least:.2f} x: the same CPU time with no processor ever idle"
    yield Row("many", "at most 0.6 x one after the other", 0.6, wall, measured, floor_text)


def memory_of_types(bench: Bench) -> Iterator[Row]:
    """The largest process of cold builds of every type of scene, two of each with a fade between them."""
    yield from memory.rows(bench.folder)


def size(bench: Bench) -> Iterator[Row]:
    """The video's bytes beside those of plain x264 for the same frames; sound is left out of both."""
    _ = bench.rounds
    sizes = _packets(bench, bench.six.video)
    again = bench.folder / "plain.mp4"
    coder = ("-an", "-c:v", "libx264", "-preset", "veryfast", "-crf", "20")
    measure.run(measure.plain("-i", str(bench.six.video), *coder, str(again)), bench.folder)
    plain = sum(_packets(bench, again))
    starts, places = 0, []
    for scene in floor.filmed(bench.six.spec):
        places += [starts + number for number in scene.differing]
        starts += scene.frames
    ratio, least = sum(sizes) / plain, sum(sizes[place] for place in places) / plain
    measured = f"{ratio:.2f} x ({sum(sizes) / MEGA:.2f} MB against {plain / MEGA:.2f} MB)"
    yield Row("size", "at most 1.3 x x264 crf 20", 1.3, ratio, measured, f"{least:.2f} x: the changed frames alone")


def _packets(bench: Bench, video: Path) -> list[int]:
    """The bytes of each frame as it is in the file."""
    target = bench.folder / "packets"
    measure.run(
        measure.plain("-i", str(video), "-map", "0:v:0", "-c", "copy", "-f", "framecrc", str(target)), bench.folder
    )
    lines = target.read_text(encoding="utf-8").splitlines()
    return [int(line.split(",")[4]) for line in lines if not line.startswith("#")]


def _frames(project: Project) -> int:
    return round(project.case.scenes * project.case.seconds * project.case.fps)


CASES: Mapping[str, Callable[[Bench], Iterator[Row]]] = {
    "cold": cold,
    "fps60": fps60,
    "edit": edit,
    "null60": null60,
    "null1000": null1000,
    "plan1000": plan1000,
    "safety": safety,
    "overhead": overhead_of_engine,
    "many": many,
    "memory": memory_of_types,
    "size": size,
    "diff": diffs.sixty,
    "create": creating.readme,
    **looks.CASES,
    **burned.CASES,
    "webp": formats.webp,
    "webm": formats.webm,
    "draft": drafts.six,
    "dask": executors.dask,
    "languages": languages.languages,
    "batch": sharing.batch,
    "remote": sharing.remote,
    "rows": sharing.rows,
    "serve": live.page,
    "voice": voices.quickstart,
    "voice-edit": voices.edit,
}
