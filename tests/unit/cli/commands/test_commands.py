"""Commands other than build: check, explain, graph, voices, themes, scenes, schema, doctor, init, runs, cache."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.fake_api import fake
from tests.support.paths import ROOT
from tests.support.sample_events import started, target_finished, target_started
from tests.support.workspace import SMALL
from vidbuild.api.cache import CacheInfo, CacheVerification, Removed
from vidbuild.api.doctor import Finding
from vidbuild.api.explain import Explained
from vidbuild.api.result import Notice
from vidbuild.api.runs import RequestResult, RunFacts
from vidbuild.api.still import Still
from vidbuild.cli import console
from vidbuild.cli.app import run
from vidbuild.engine.keys.explain import Explanation
from vidbuild.engine.keys.reasons import Reason
from vidbuild.engine.runs.run_log import RunLog, RunTarget
from vidbuild.location import Location
from vidbuild.scenes.registry import SCENE_TYPES
from vidbuild.spec.theme import built_in


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project in which the tests are."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "vidbuild.toml").touch()
    (tmp_path / "video.yaml").write_text(SMALL, encoding="utf-8")
    return tmp_path


def printed(capsys: pytest.CaptureFixture[str], *args: str, code: int = 0) -> str:
    """What a command writes to stdout."""
    assert run(args) == code
    return capsys.readouterr().out


def test_check_reports_every_spec(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """P42: each spec's errors go to stderr with their lines, the valid ones are named on stdout."""
    (project / "bad.yaml").write_text(SMALL.replace("duration", "duratoin"), encoding="utf-8")
    assert run(["check", "video.yaml", "bad.yaml"]) == 2
    captured = capsys.readouterr()
    assert captured.out == "video.yaml: ok\n"
    assert "bad.yaml:5:40: unknown scene field 'duratoin'" in captured.err
    assert "did you mean 'duration'?" in captured.err
    assert captured.err.splitlines()[-1].startswith("bad.yaml: ")


def test_check_keeps_the_order_of_specs(project: Path) -> None:
    """If both streams go to one file, as in CI, each spec's lines are in the order of the specs."""
    (project / "b.yaml").write_text(SMALL.replace("duration", "duratoin"), encoding="utf-8")
    (project / "c.yaml").write_text(SMALL, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "vidbuild", "check", "video.yaml", "b.yaml", "c.yaml"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        cwd=project,
    )
    lines = done.stdout.splitlines()
    assert (lines[0], lines[-1]) == ("video.yaml: ok", "c.yaml: ok")
    assert lines[1].startswith("b.yaml:5:")


def test_check_as_json(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For programs each problem has its file, line, column and hint as values."""
    (project / "bad.yaml").write_text(SMALL.replace("title: One", "titel: One"), encoding="utf-8")
    data = json.loads(printed(capsys, "check", "--json", "video.yaml", "bad.yaml", code=2))
    assert data["status"] == "failed"
    assert [(each["spec"], each["ok"]) for each in data["specs"]] == [("video.yaml", True), ("bad.yaml", False)]
    problem = data["specs"][1]["errors"][0]
    assert (problem["severity"], problem["file"], problem["line"]) == ("error", "bad.yaml", 5)
    assert problem["column"] > 1
    assert json.loads(printed(capsys, "check", "--json"))["status"] == "ok"


def test_explain_before_the_first_build(capsys: pytest.CaptureFixture[str]) -> None:
    """P38: before the first build each step shows that once, or the steps on which it depends."""
    lines = printed(capsys, "explain", "video.yaml").splitlines()
    assert "draw:one  will run: never built" in lines
    assert any(line.startswith("render:one  may run: ") for line in lines)
    assert not any(line.startswith("  ") for line in lines)


EXPLAINED = [
    Explanation("draw:one", "draw", "will run", (Reason("field", "title", "One", "Eins"),), key="k"),
    Explanation("draw:two", "draw", "cached", key="k"),
]


def test_explain_shows_old_and_new(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """P38: changes are shown under their step; cached steps are counted, or listed with an option."""
    fake(monkeypatch, "explain.explain_with_warnings", lambda *_, **__: Explained(tuple(EXPLAINED), ()))
    short = printed(capsys, "explain", "video.yaml").splitlines()
    assert [line for line in short if "title" in line and "->" in line]
    assert short[-1] == "1 of 2 steps cached"
    assert "draw:two  cached" in printed(capsys, "explain", "video.yaml", "--all").splitlines()


def test_explain_of_one_step(capsys: pytest.CaptureFixture[str]) -> None:
    """P38: one step is explained in full; one that does not exist is an error with the nearest."""
    assert printed(capsys, "explain", "video.yaml", "draw:one").startswith("draw:one  will run")
    assert run(["explain", "video.yaml", "draw:oen"]) == 2
    assert "did you mean 'draw:one'?" in capsys.readouterr().err


def test_explain_of_one_step_has_all_reasons(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """P38: among others a step has at most four lines of reasons; by itself it has them all."""
    reasons = tuple(Reason("field", f"field{number}", "a", "b") for number in range(6))
    steps = (Explanation("draw:one", "draw", "will run", reasons, key="k"),)
    fake(monkeypatch, "explain.explain_with_warnings", lambda *_, **__: Explained(steps, ()))
    among = printed(capsys, "explain", "video.yaml").splitlines()[1:]
    assert [line.split()[1].strip("'") for line in among[:-1]] == ["field0", "field1", "field2"]
    assert among[-1].strip() == "...and 3 more"
    alone = printed(capsys, "explain", "video.yaml", "draw:one").splitlines()[1:]
    assert [line.split()[1].strip("'") for line in alone] == [f"field{number}" for number in range(6)]


def test_explain_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """For programs each step has its state and reasons."""
    data = json.loads(printed(capsys, "explain", "video.yaml", "--json"))
    found = {step["step"]: step["state"] for step in data["steps"]}
    assert data["spec"] == "video.yaml"
    assert found["draw:one"] == "will run"
    assert found["mux"] == "may run"


@pytest.mark.parametrize(
    ("form", "start", "edge"),
    [
        ("text", "timeline:one", "render:one    <- draw:one, timeline:one"),
        ("dot", "digraph vidbuild {", '  "draw:one" -> "render:one";'),
        ("mermaid", "flowchart LR", "  s0 --> "),
    ],
)
def test_graph_in_every_form(capsys: pytest.CaptureFixture[str], form: str, start: str, edge: str) -> None:
    """The graph is drawn in the form that was asked for."""
    text = printed(capsys, "graph", "--format", form)
    assert text.startswith(start)
    assert edge in text


def test_graph_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """As JSON the graph is whole: every step with its kind, parameters and inputs."""
    steps = {step["id"]: step for step in json.loads(printed(capsys, "graph", "--format", "json"))["steps"]}
    assert steps["render:one"]["inputs"]["layers"] == {"step": "draw:one", "name": ""}
    assert steps["render:one"]["params"]["size"] == [160, 90]


@pytest.mark.parametrize("args", [["explain", "video.yaml"], ["graph"], ["build", "--dry-run"], ["runs"]])
def test_looking_writes_nothing(project: Path, args: list[str]) -> None:
    """P27: commands that look leave the project as it is: no file, no folder, no cache."""
    before = sorted(project.rglob("*"))
    assert run(args) == 0
    assert sorted(project.rglob("*")) == before


def test_voices_are_listed_with_what_they_need(capsys: pytest.CaptureFixture[str]) -> None:
    """Every engine has a line; one engine's voices can be pasted into a spec."""
    assert {line.split()[0] for line in printed(capsys, "voices").splitlines()} == {
        *("natural", "espeak", "edge", "nanotts", "piper", "speech", "command", "recorded"),
    }
    names = dict(line.split(maxsplit=1) for line in printed(capsys, "voices", "espeak").splitlines())
    assert names["espeak:en-us"] == "English (America)"
    assert names["espeak:pt-br"] == "Portuguese (Brazil)"
    data = json.loads(printed(capsys, "voices", "--json"))
    assert [each["engine"] for each in data["engines"] if each["network"]] == ["edge", "speech"]


@pytest.mark.parametrize(
    ("engine", "expected"), [("edge", "edge-tts --list-voices"), ("recorded", "{audio: take1.wav")]
)
def test_an_engine_without_a_list_has_a_pointer_to_its_names(
    engine: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """An engine without a local list of voices has a line about where its names come from."""
    line, *settings = printed(capsys, "voices", engine).splitlines()
    assert all(each.startswith("  ") for each in settings)
    assert expected in line


def test_an_unusable_engine_has_the_reason(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """An engine that lacks something is listed with what it needs."""
    from vidbuild.api.voices import VoiceInfo

    fake(monkeypatch, "voices.voices", lambda: [VoiceInfo("x", "a voice", False, "pip install x", ())])
    assert printed(capsys, "voices") == "x  a voice (not usable here: pip install x)\n"


def test_themes_are_those_a_spec_can_name(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every theme that is listed can be written into a spec."""
    names = [line.split()[0] for line in printed(capsys, "themes").splitlines()]
    assert {"midnight", "paper"} <= set(names)
    for name in names:
        (project / "video.yaml").write_text(f"{SMALL}theme: {name}\n", encoding="utf-8")
        assert run(["check"]) == 0


def test_themes_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """For programs each theme, or the one that is named, has its summary and its values."""
    everything = json.loads(printed(capsys, "themes", "--json"))["themes"]
    assert [each["name"] for each in everything][3:5] == ["midnight", "paper"]
    (paper,) = json.loads(printed(capsys, "themes", "paper", "--json"))["themes"]
    assert paper == everything[4]
    assert paper["values"]["accent"] == "#1f4fd8"
    assert paper["summary"]


def test_a_theme_has_its_colors_and_faces(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One theme is listed with each color and face; the way to change it, followed, is a spec that checks."""
    assert run(["themes", "paper"]) == 0
    captured = capsys.readouterr()
    rows = dict(line.split(maxsplit=1) for line in captured.out.splitlines()[1:])
    assert rows["accent"] == "#1f4fd8"
    assert rows["fonts.mono"] == "DejaVu Sans Mono"
    assert rows["syntax.keyword"] == rows["accent"]
    change = captured.err.removeprefix("change it: ")
    (project / "video.yaml").write_text(f"{SMALL}{change}", encoding="utf-8")
    assert run(["check", "--strict"]) == 0
    assert run(["themes", "papper"]) == 2
    assert "did you mean 'paper'?" in capsys.readouterr().err


@pytest.mark.parametrize("kind", SCENE_TYPES)
def test_a_scene_type_is_listed_whole(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One type is listed with its own, nested and common fields, what they allow, defaults and what is required."""
    text = printed(capsys, "scenes", kind, "--all")
    rows = {
        name.strip(): values
        for line in text.splitlines()
        if re.match(r"  [a-z]", line)
        for name, _, values in [line.partition(": ")]
    }
    assert rows["id"] == "text; required"
    assert rows["pause_before"].startswith("number from 0 to ")
    assert "default: 0.4" in rows["pause_before"]
    assert rows["transition.type"].startswith("cut, fade")
    schema = json.loads((ROOT / "vidbuild" / "scenes" / kind / "schema.json").read_text(encoding="utf-8"))
    assert set(schema["properties"]) <= set(rows)
    assert all("required" in rows[name] for name in schema.get("required", ()))
    data = json.loads(printed(capsys, "scenes", kind, "--json"))["scenes"][0]
    assert {each["path"] for part in ("fields", "common") for each in data[part]} == set(rows)


@pytest.mark.parametrize("kind", SCENE_TYPES)
def test_a_type_is_listed_in_a_few_lines(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Without `--all`, a type's own fields are first, then an example, which checks, and the names of the others."""
    own, _, rest = printed(capsys, "scenes", kind).partition("example:\n")
    example, _, shared = rest.partition("every scene also has: ")
    assert "pause_before" not in own
    assert {"id", "type", "narration", "transition", "callouts"} <= set(shared.strip().split(", "))
    data = yaml.safe_load(f"vidbuild: 1\ntitle: A\nscenes:\n{example}")
    schema = json.loads((ROOT / "vidbuild" / "scenes" / kind / "schema.json").read_text(encoding="utf-8"))
    assert data["scenes"] == [schema["examples"][0]]


def test_nested_fields_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """The fields of a list's entries are behind the list, with what they allow."""
    text = printed(capsys, "scenes", "command")
    assert "  commands[].at: text or number from 0 to 3600\n" in text
    assert '  prompt: text; default: "$ "\n' in text


def test_scene_types_and_their_fields(capsys: pytest.CaptureFixture[str]) -> None:
    """Every type has a line, and one type its fields."""
    lines = printed(capsys, "scenes").splitlines()
    assert {line.split()[0] for line in lines} == set(SCENE_TYPES)
    assert "highlight" in printed(capsys, "scenes", "code")
    data = json.loads(printed(capsys, "scenes", "code", "--json"))
    assert {"file", "code", "lines"} <= {each["path"] for each in data["scenes"][0]["fields"]}


@pytest.mark.parametrize(("command", "known"), [("scenes", "title, list"), ("voices", "espeak")])
def test_an_unknown_kind_lists_the_known_ones(capsys: pytest.CaptureFixture[str], command: str, known: str) -> None:
    """A scene type or engine that does not exist is refused with the list of those that do."""
    assert run([command, "nothing"]) == 2
    error = capsys.readouterr().err
    assert "'nothing'" in error
    assert known in error


@pytest.mark.parametrize("name", ["video", "brand", "batch"])
def test_each_schema_can_be_printed(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The pages of brands and batches name their commands; what is printed is the file of that schema."""
    path = ROOT / "schemas" / f"{name}.schema.json"
    assert json.loads(printed(capsys, "schema", name)) == json.loads(path.read_text(encoding="utf-8"))


def test_the_schema_is_printed_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """What is printed is the schema, ready to be saved."""
    schema = json.loads(printed(capsys, "schema"))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_doctor_prints_the_remedy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing part is printed with the command that installs it, and the exit code is not 0."""
    findings = [Finding("ffmpeg", True, "9.0"), Finding("fonts", False, "none", "pip install fonts")]
    fake(monkeypatch, "doctor.doctor", lambda: findings)
    assert printed(capsys, "doctor", code=1).splitlines() == [
        "ok       ffmpeg  9.0",
        "missing  fonts   none",
        "      hint: pip install fonts",
    ]
    assert json.loads(printed(capsys, "doctor", "--json", code=1))["ok"] is False


def test_still_hands_on_and_prints_the_path(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The frame's place and time reach the API, and where the picture is goes to stdout."""
    calls = fake(monkeypatch, "still.still_with_warnings", lambda *_, **__: Still(Path("build/video.one.png"), ()))
    assert printed(capsys, "still", "video.yaml", "one", "--at", "0.25", "-o", "x.png") == "build/video.one.png\n"
    chosen: dict[str, object] = {"variables": {}, "brand": None, "language": (), "output_name": ()}
    assert calls == [{"args": (Path("video.yaml"), "one", 0.25, Path("x.png")), **chosen}]


def test_still_as_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """For programs there is one object with the path and the warnings, which people get on stderr."""
    warning = Notice("the cue 'x' is unused", Location("video.yaml", 5, 3, 9), "a hint")
    fake(monkeypatch, "still.still_with_warnings", lambda *_, **__: Still(Path("build/a.png"), (warning,)))
    assert run(["still", "video.yaml", "one", "--json"]) == 0
    captured = capsys.readouterr()
    data = json.loads(captured.out)
    assert data["path"] == "build/a.png"
    assert [(each["message"], each["line"]) for each in data["warnings"]] == [("the cue 'x' is unused", 5)]
    assert captured.err.splitlines()[0] == "video.yaml:5:3: warning: the cue 'x' is unused"


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_graph_of_a_spec_with_a_warning(project: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    """What a build would warn of is on stderr, and in JSON too."""
    (project / "video.yaml").write_text(f"{SMALL}vars: {{unused: 1}}\n", encoding="utf-8")
    assert run(["graph", "--format", form]) == 0
    captured = capsys.readouterr()
    assert "warning: " in captured.err
    assert "mux" in captured.out
    if form == "json":
        assert [each["line"] for each in json.loads(captured.out)["warnings"]] == [7]


@pytest.mark.parametrize(
    ("command", "request_", "line"),
    [
        ("pause", RequestResult("r1", 0, already=False), "pausing r1"),
        ("pause", RequestResult("r1", 1, already=False), "pausing r1: 1 step runs to its end"),
        ("pause", RequestResult("r1", 2, already=False), "pausing r1: 2 steps run to their end"),
        ("pause", RequestResult("r1", 2, already=True), "r1 is paused already"),
        ("resume", RequestResult("r1", 0, already=False), "resuming r1"),
        ("resume", RequestResult("r1", 0, already=True), "r1 is not paused"),
        ("cancel", RequestResult("r1", 2, already=False), "cancelling r1: 2 steps run to their end"),
        ("cancel", RequestResult("r1", 2, already=True), "r1 is being cancelled already"),
    ],
)
def test_a_request_to_a_run_has_its_effect_in_a_line(
    command: str,
    request_: RequestResult,
    line: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A request prints what follows: nothing if it was made before, else how many steps still run."""
    calls = fake(monkeypatch, f"runs.{command}_run", lambda _: request_)
    assert printed(capsys, "runs", command, "last") == f"{line}\n"
    assert calls == [{"args": ("last",)}]


@pytest.mark.parametrize("states", [[], ["failed"], ["failed", "paused"]])
def test_a_project_without_builds(project: Path, capsys: pytest.CaptureFixture[str], states: list[str]) -> None:
    """If there is no build, or none in a state, the message has the folder; only without a state another is meant."""
    assert run(["runs", *(word for state in states for word in ("--state", state))]) == 0
    captured = capsys.readouterr()
    which = f" that are {' or '.join(states)}" if states else ""
    first, *hints = captured.err.splitlines()
    assert first.startswith(f"no runs{which} in '{project}")
    assert bool(hints) == (not states)
    assert captured.out == ""


def test_cache_info_has_sizes_for_people(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the cache is, what it holds, and how much of its limit that is."""
    info = CacheInfo(Path("/x/.vidbuild"), 3_449_000, 10**10, 1_234, 99, "'.git' in '/x'")
    fake(monkeypatch, "cache.cache_info", lambda: info)
    assert printed(capsys, "cache", "info").splitlines() == [
        "folder    /x/.vidbuild",
        "found by  '.git' in '/x'",
        "size      3.4 MB of 10.0 GB",
        "traces    1,234",
        "blobs     99",
    ]
    assert json.loads(printed(capsys, "cache", "info", "--json"))["bytes"] == 3_449_000


def test_cache_verify_names_what_is_damaged(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Damage is counted and named, a long list of it cut short; it is no failure, since it is made again."""
    fake(
        monkeypatch, "cache.cache_verify", lambda: CacheVerification(50, tuple(f"blob {index}" for index in range(30)))
    )
    assert run(["cache", "verify"]) == 0
    captured = capsys.readouterr()
    assert captured.out == "50 files checked, 30 corrupt and removed\n"
    assert captured.err.splitlines()[-1] == "...and 19 more"
    fake(monkeypatch, "cache.cache_verify", lambda: CacheVerification(1, ()))
    assert printed(capsys, "cache", "verify") == "1 file checked, none corrupt\n"


def test_cache_gc_trims_to_the_limit(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The limit reaches the API in bytes; while a build runs nothing is removed, with a message."""
    calls = fake(monkeypatch, "cache.cache_gc", lambda *_: Removed(5_000_000, 1_000))
    assert printed(capsys, "cache", "gc", "--limit", "2GB") == "5.0 MB removed, 1.0 kB kept\n"
    assert calls[0]["args"] == (2_000_000_000,)
    fake(monkeypatch, "cache.cache_gc", lambda *_: Removed(0, 1_000, busy=True))
    assert printed(capsys, "cache", "gc") == "nothing was removed: a build is running\n"


@pytest.mark.parametrize(("answer", "cleared"), [("y\n", 1), ("n\n", 0)])
def test_cache_clear_asks_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: str, cleared: int
) -> None:
    """Without --yes a question names the folder, and only a yes removes anything."""
    calls = fake(monkeypatch, "cache.cache_clear", lambda: Removed(7_000, 0))
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    monkeypatch.setattr(console, "is_terminal", lambda _: True)
    assert run(["cache", "clear"]) == 0
    assert len(calls) == cleared
    assert ".vidbuild?" in capsys.readouterr().err


def test_cache_clear_needs_a_confirmation(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """P41: without a terminal and without --yes nothing is removed, and the message names --yes."""
    calls = fake(monkeypatch, "cache.cache_clear", lambda: Removed(7_000, 0))
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert run(["cache", "clear"]) == 2
    assert calls == []
    assert capsys.readouterr().err.splitlines() == [
        "vidbuild: nothing was removed: no terminal to confirm on",
        "      hint: use -y",
    ]


def test_cache_clear_without_an_answer(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """P41: if the input ends at the question (Ctrl-D) nothing is removed, and the message names --yes."""
    calls = fake(monkeypatch, "cache.cache_clear", lambda: Removed(7_000, 0))
    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.setattr(console, "is_terminal", lambda _: True)
    assert run(["cache", "clear"]) == 2
    assert calls == []
    assert capsys.readouterr().err.splitlines()[-2:] == [
        "vidbuild: nothing was removed: expected y or n, got no answer",
        "      hint: use -y",
    ]


def test_cache_clear_with_yes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """With --yes it works without a terminal."""
    fake(monkeypatch, "cache.cache_clear", lambda: Removed(7_000, 0))
    assert printed(capsys, "cache", "clear", "--yes") == "7.0 kB removed\n"


class Past(RunFacts):
    """A build whose log is made by hand."""

    def events(self) -> Iterator[dict[str, Any]]:
        """Two steps: one ran, one failed."""
        yield {"type": "run_started", "run": self.run, "time": 1.0, "entry": self.spec, "steps": 5, "jobs": 2}
        for step in ("render:one", "render:two"):
            started = {"step": step, "kind": "film", "key": "k", "reason": "title changed", "expected": None}
            yield {"type": "step_started", "run": self.run, "time": 2.0, **started}
        made = {"step": "render:one", "key": "k", "seconds": 0.5, "unchanged": False}
        yield {"type": "step_finished", "run": self.run, "time": 3.0, **made}
        failure = {"message": "ffmpeg stopped", "log": ["it broke"], "command": ["ffmpeg"], "hint": "look"}
        yield {"type": "step_failed", "run": self.run, "time": 4.0, "step": "render:two", "failure": failure}


def past(name: str, state: str = "failed", seconds: float | None = 1.84, spec: str = "docs/video.yaml") -> RunFacts:
    """A build of a spec."""
    return Past(name, spec, state, time.time(), seconds, Path("runs"))


def test_runs_are_listed_by_state(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Each build has its id, state, spec and counts, in columns; a long list ends with how many are left out."""
    listed = [past("r1"), past("run2", "running", None)]
    calls = fake(monkeypatch, "runs.runs", lambda **_: listed)
    assert printed(capsys, "runs").splitlines() == [
        "r1    failed   docs/video.yaml  1 failed, 1 ran, 1.8 s",
        "run2  running  docs/video.yaml  1 of 5 steps",
    ]
    assert printed(capsys, "runs", "--state", "failed", "--state", "running")
    assert [list(call["states"]) for call in calls] == [[], ["failed", "running"]]
    fake(monkeypatch, "runs.runs", lambda **_: listed * 16)
    assert printed(capsys, "runs").splitlines()[-1] == "...and 12 more"
    assert len(printed(capsys, "runs", "--all").splitlines()) == 32
    assert len(json.loads(printed(capsys, "runs", "--json"))["runs"]) == 32


def test_a_state_that_no_run_is_in_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A state that does not exist is a usage error that names those that do."""
    assert run(["runs", "--state", "asleep"]) == 2
    assert "'asleep' is not one of 'pending', 'running', 'paused'" in capsys.readouterr().err


def test_a_run_is_shown_with_its_reasons(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """P39: a past build's steps and reasons are those of its events, errors with their log and hint."""
    fake(monkeypatch, "runs.run", lambda _: past("r1"))
    lines = printed(capsys, "runs", "show", "r1").splitlines()
    assert lines[:3] == ["run       r1", "spec      docs/video.yaml", "state     failed"]
    assert lines[-8:] == [
        "",
        "render:one  ran     0.50 s  title changed",
        "render:two  failed  2.0 s   title changed",
        "",
        "errors:",
        "render:two failed: ffmpeg stopped",
        "      | it broke",
        "      hint: look",
    ]
    data = json.loads(printed(capsys, "runs", "show", "r1", "--json"))
    assert (data["run"], data["done"], data["steps"], data["errors"][0]["log"]) == ("r1", 1, 5, ["it broke"])


def test_a_spec_whose_name_has_lines_is_shown_in_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run is one line of the list, and its spec one of what is shown, whatever the spec is called."""
    odd = past("r1", spec="n\n::error::x.yaml")
    fake(monkeypatch, "runs.run", lambda _: odd)
    fake(monkeypatch, "runs.runs", lambda **_: [odd])
    assert "spec      n\ufffd::error::x.yaml" in printed(capsys, "runs", "show", "r1").splitlines()
    assert printed(capsys, "runs") == "r1  failed  n\ufffd::error::x.yaml  1 failed, 1 ran, 1.8 s\n"


def recorded(project: Path, *targets: RunTarget) -> RunLog:
    """A run in the project's cache, which lasts until it is closed."""
    return RunLog(project / ".vidbuild" / "runs", targets)


@pytest.mark.parametrize("command", ["pause", "resume", "cancel"])
def test_last_is_the_last_run_that_has_not_ended(
    command: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`last` skips runs that have ended; if none is running, the message has that."""
    alive, over = recorded(project, RunTarget("", "a.yaml")), recorded(project, RunTarget("", "b.yaml"))
    over.close()
    assert alive.id in printed(capsys, "runs", command, "last")
    alive.close()
    assert run(["runs", command, "last"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"vidbuild: no build is running; run '{over.id}' has ended: it failed",
        f"      hint: vidbuild build --resume {over.id}",
    ]


def test_the_last_build_is_that_of_any_spec_unless_one_is_named(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """P39: without a spec the project's newest run is explained, with its spec's name; no spec need be here."""
    logs = [recorded(project, RunTarget("", name)) for name in ("video.yaml", "talk.yaml")]
    for log in logs:
        log.close()
    assert printed(capsys, "explain", "--last", "video.yaml").split()[:2] == [logs[0].id, "video.yaml"]
    (project / "video.yaml").unlink()
    assert printed(capsys, "explain", "--last").split()[:2] == [logs[1].id, "talk.yaml"]
    assert json.loads(printed(capsys, "explain", "--last", "--json"))["spec"] == "talk.yaml"


def test_the_last_build_of_a_spec_may_be_one_of_several(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """P39: of a run of several specs, `explain --last SPEC` shows that spec's steps alone, by their ids in the spec."""
    log = recorded(project, RunTarget("talk", "talk.yaml"), RunTarget("video", "video.yaml"))
    for name in ("talk", "video"):
        log(target_started(1, name, f"{name}.yaml"))
        log(started(f"{name}/render:{name}", f"{name} changed", target=name))
    log(target_finished("talk", "up-to-date"))
    log.close()
    assert printed(capsys, "explain", "--last", "talk.yaml").splitlines()[0] == f"{log.id}  talk.yaml  up-to-date"
    assert printed(capsys, "explain", "--last", "video.yaml").splitlines() == [
        f"{log.id}  video.yaml  failed",
        "render:video  running: video changed",
    ]
    assert printed(capsys, "explain", "--last").splitlines() == [
        f"{log.id}  talk.yaml, video.yaml  failed",
        "talk/render:talk  running: talk changed",
        "video/render:video  running: video changed",
    ]
    data = json.loads(printed(capsys, "explain", "--last", "--json", "video.yaml", "render:video"))
    assert [step["step"] for step in data["steps"]] == ["render:video"]
    assert run(["explain", "--last", "video.yaml", "render:talk"]) == 2
    assert "has no step 'render:talk'" in capsys.readouterr().err


def test_an_unknown_run_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown id is a usage error with the command that lists the known ones."""
    assert run(["runs", "show", "nothing"]) == 2
    first, hint = capsys.readouterr().err.splitlines()
    assert first == f"vidbuild: there is no run 'nothing' in '{Path.cwd() / '.vidbuild'}'"
    assert hint == "      hint: run this command in the project's folder, or set VIDBUILD_CACHE to its cache"


def test_init_prints_a_command_to_paste(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The next command is quoted as the shell needs it."""
    assert run(["init", "my talk"]) == 0
    assert capsys.readouterr().err.splitlines()[-1] == "next: vidbuild build 'my talk/video.yaml'"
    assert (project / "my talk" / "video.yaml").is_file()


@pytest.mark.parametrize("args", [["render:one"], ["video.yaml", "render:one"], [".", "render:one"]])
def test_explain_finds_the_spec_here(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A step by itself is one of the video.yaml here, as a build without a spec is of that."""
    assert printed(capsys, "explain", *args).startswith("render:one  may run")


def test_explain_needs_no_spec(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing named is the video.yaml here; what is called like a spec is one, even if it is not there."""
    assert "mux  may run" in printed(capsys, "explain")
    assert run(["explain", "other.yaml"]) == 2
    assert "other.yaml: cannot read the spec" in capsys.readouterr().err


def test_still_finds_the_spec_here(
    monkeypatch: pytest.MonkeyPatch, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A scene by itself is one of the video.yaml here; without one there is nothing to make."""
    calls = fake(monkeypatch, "still.still_with_warnings", lambda *_, **__: Still(Path("a.png"), ()))
    assert run(["still", "one"]) == run(["still", "video.yaml", "one"]) == run(["still", ".", "one"]) == 0
    assert [call["args"][:2] for call in calls] == [(Path("video.yaml"), "one")] * 3
    capsys.readouterr()
    assert run(["still"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "vidbuild: no scene is named",
        "      hint: vidbuild still video.yaml SCENE",
    ]
    (project / "video.yaml").unlink()
    assert run(["still", "one"]) == 2
    assert f"no spec in '{project}'" in capsys.readouterr().err


def test_init_without_a_terminal_asks_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a script the folder's name is the title, and what is written goes to stdout."""
    assert printed(capsys, "init", "my-first_talk").splitlines() == [
        "my-first_talk/.gitignore",
        "my-first_talk/hello.py",
        "my-first_talk/vidbuild.toml",
        "my-first_talk/video.schema.json",
        "my-first_talk/video.yaml",
    ]
    assert 'title: "My first talk"' in (project / "my-first_talk" / "video.yaml").read_text(encoding="utf-8")


def test_init_on_a_terminal_asks(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a terminal it asks for values that no option gives, and asks again after an invalid answer."""
    monkeypatch.setattr(console, "is_terminal", lambda _: True)
    monkeypatch.setattr("sys.stdin", io.StringIO("A great talk\nneon\npaper\n"))
    assert run(["init", "talk", "--size", "square"]) == 0
    text = (project / "talk" / "video.yaml").read_text(encoding="utf-8")
    assert 'title: "A great talk"' in text
    assert "theme: paper" in text
    assert "size: square" in text
    assert "neon" in capsys.readouterr().err


def test_init_refuses_what_is_there(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where there is a spec already it is named, and it stays as it is."""
    assert run(["init", "."]) == 2
    assert "'video.yaml' already exists" in capsys.readouterr().err
    assert (project / "video.yaml").read_text(encoding="utf-8") == SMALL


def test_init_refuses_an_unknown_theme(capsys: pytest.CaptureFixture[str]) -> None:
    """A theme that does not exist is refused before anything is written."""
    assert run(["init", "talk", "--theme", "neon"]) == 2
    assert f"'neon' is not one of {', '.join(built_in())}" in capsys.readouterr().err
    assert not Path("talk").exists()
