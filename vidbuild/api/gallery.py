"""Contact sheets of themes: a frame of each scene of a spec, in one theme and shape, made through the cache."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from vidbuild.api.build_result import step_warnings
from vidbuild.api.engine import engine_of
from vidbuild.api.outputs import refuse_unwritable
from vidbuild.api.result import Notice
from vidbuild.engine.disk import durable
from vidbuild.engine.graph.graph import Graph
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.schedule.target import RunHooks, Target
from vidbuild.engine.store.store import Store
from vidbuild.engine.store.writable import writable
from vidbuild.errors import Failure, UsageError, class_of, os_error_text
from vidbuild.frozen import dataclass
from vidbuild.model import Spec, Theme
from vidbuild.platforms import require_posix

# Shape -> (width, height) of its frames: half of the size of a video of that shape, which shows the same layout.
SHAPES: Mapping[str, tuple[int, int]] = {"1080p": (960, 540), "vertical": (540, 960), "square": (720, 720)}
COLUMNS: Mapping[str, int] = {"1080p": 4, "vertical": 8, "square": 6}
SHOWN: Mapping[str, int] = {"1080p": 480, "vertical": 270, "square": 320}  # pixels of width in a sheet
FACE = "Manrope-SemiBold.ttf"
OTHER = "use another path"


@dataclass(frozen=True, slots=True)
class Look:
    """A theme in a shape."""

    theme: str
    shape: str

    @property
    def name(self) -> str:
        """Name of its video in step ids, and of its sheet."""
        return f"{self.theme}-{self.shape}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A contact sheet that was written, and the warnings about its scenes."""

    path: Path
    warnings: tuple[Notice, ...]


def samples() -> Path:
    """Return the spec with a scene of every type: in the installed package, or in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "samples" / "gallery.yaml"
    return installed if installed.is_file() else package.parent / "examples" / "gallery.yaml"


def gallery(
    looks: Sequence[Look],
    target_of: Callable[[Look], Path],
    *,
    spec: Path | None = None,
    cache: Path | None = None,
) -> list[Sheet]:
    """Write a sheet of each different look with the last frame of every scene of a spec, and return them.

    target_of: the path of a look's sheet.
    spec: None for the samples of all scene types.
    """
    from vidbuild.media.image import contact_sheet
    from vidbuild.media.text import packages

    targets = {look: target_of(look) for look in looks}
    if other := next((path for path in targets.values() if path.suffix.lower() != ".png"), None):
        raise UsageError(f"cannot write '{other}': expected a PNG", hint=f"use '{other.with_suffix('.png')}'")
    refuse_unwritable(targets.values(), OTHER)
    for path in targets.values():
        _make_folder(path)
    face = next(path for path in packages.fonts_paths() if path.name == FACE)
    sheets = []
    for look, (frames, notices) in frames_of(list(targets), spec=spec, cache=cache).items():
        data = contact_sheet.sheet(frames, SHOWN[look.shape], COLUMNS[look.shape], face)
        durable.write(targets[look], data)
        sheets.append(Sheet(targets[look], notices))
    return sheets


def _make_folder(path: Path) -> None:
    """Make a sheet's folder, before anything is drawn for it."""
    try:
        durable.make_folder(path.parent)
    except OSError as error:
        raise UsageError(f"cannot write '{path}': {os_error_text(error)}", hint=OTHER) from error


def frames_of(
    looks: Sequence[Look], *, spec: Path | None = None, cache: Path | None = None, scenes: Iterable[str] = ()
) -> dict[Look, tuple[dict[str, bytes], tuple[Notice, ...]]]:
    """Return for each look the last frame of every scene as a PNG, by its id, and the warnings.

    scenes: ids of the only scenes wanted; none for all.
    """
    from vidbuild.api.load import load
    from vidbuild.api.plan import store_of
    from vidbuild.plan.compile import compile_graph
    from vidbuild.plan.scene_steps import LAST_FRAME, still
    from vidbuild.plan.variant import Variant, VideoSpec

    require_posix()
    path = samples() if spec is None else spec
    loaded = load(path)
    store = store_of(Path.cwd() / "x.yaml" if spec is None else path, cache)
    collected = _Frames(store)
    targets = []
    for look in looks:
        width, height = SHAPES[look.shape]
        output = replace(loaded.output, width=width, height=height)
        themed = replace(loaded, theme=_theme(look.theme, loaded))
        variant = Variant(loaded.language, output, look.name)
        video = VideoSpec.of(themed, variant)
        wanted = set(scenes) or {scene.id for scene in loaded.scenes}
        steps = {scene.id: still(video, scene.id, LAST_FRAME) for scene in loaded.scenes if scene.id in wanted}
        graph = Graph.of({**compile_graph(themed, variant).steps, **{step.id: step for step in steps.values()}})
        goals = [step.id for step in steps.values()]
        name = f"{path} --gallery {look.name}"
        target = Target(graph, name=look.name, build_name=name, goals=goals)
        collected.wanted[look.name] = (look, {scene: step.id for scene, step in steps.items()})
        targets.append(target)
    with writable(store) as used:
        collected.store = used
        reports = engine_of(used).build(targets, hooks=collected)
        for target, report in zip(targets, reports, strict=True):
            if report.error is not None:
                raise report.error
            for failed in report.failed:
                failure = failed.failure or Failure("failed without a reason")
                raise class_of(failure.fault)(f"{failed.step}: {failure.message}", hint=failure.hint, log=failure.log)
            look = collected.wanted[target.name][0]
            collected.notices[look] = tuple(step_warnings(target.graph.steps, report))
    return {look: (collected.found[look], collected.notices[look]) for look in looks}


class _Frames(RunHooks):
    """Collects the frames of each target."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self.wanted: dict[str, tuple[Look, dict[str, str]]] = {}
        self.found: dict[Look, dict[str, bytes]] = {}
        self.notices: dict[Look, tuple[Notice, ...]] = {}

    def on_success(self, target: Target, report: BuildReport) -> None:
        """Read the frames."""
        look, steps = self.wanted[target.name]
        self.found[look] = {
            scene: self.store.blobs.find(report.steps[step].outputs["still.png"].digest).read_bytes()
            for scene, step in steps.items()
        }


def _theme(name: str, spec: Spec) -> Theme:
    from vidbuild.spec.theme import of_name

    return of_name(name, spec.root)
