"""Builds: which steps run, what is kept, what failing leaves."""

from __future__ import annotations

import itertools
import os
import random
from pathlib import Path
from typing import Any

import pytest
from enginelab import Lab, digests, graph, states, step

from vidbuild.engine import Graph, GraphError, Kind, Product, Source, State, Step, Tool
from vidbuild.engine.events import StepStarted, StepWarned
from vidbuild.errors import UsageError, VidbuildError


def diamond(lab: Lab, **changes: Any) -> Graph:
    """a, and image -> left (its length only), right -> top; aside alone.

    changes: another value for a parameter, `a="…"`; another content of the image, `image=b"…"`.
    """
    image = lab.source("image.png", changes.get("image", b"picture"))
    return graph(
        step("a", text=changes.get("a", "one")),
        step("left", "length", {"from": Product("a", "main.txt"), "image": image}, unit=changes.get("left", "bytes")),
        step("right", "concat", {"from": Product("a", "sum/digest.txt")}, x=changes.get("right", 1)),
        step("top", "concat", {"left": Product("left"), "right": Product("right", "main.txt")}),
        step("aside", "concat", {"image": image}),
    )


TABLE: list[tuple[str, dict[str, Any], list[str]]] = [
    ("nothing", {}, []),
    ("a parameter at the root", {"a": "two"}, ["a", "left", "right", "top"]),
    ("a parameter at the root, longer", {"a": "longer"}, ["a", "left", "right", "top"]),
    ("a parameter in the middle", {"right": 2}, ["right", "top"]),
    ("a type", {"right": 1.0}, ["right", "top"]),
    ("a parameter whose output stays", {"left": "bytes"}, []),
    ("content of the same length", {"image": b"Picture"}, ["aside", "left"]),
    ("content of another length", {"image": b"a longer picture"}, ["aside", "left", "top"]),
    ("two edits", {"right": 5, "image": b"pictur3"}, ["aside", "left", "right", "top"]),
]


@pytest.mark.parametrize(("edit", "changes", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_exactly_the_needed_steps_run(lab: Lab, edit: str, changes: dict[str, Any], expected: list[str]) -> None:
    """P2: each edit reruns what it reaches and stops where the output is what it was."""
    lab.build(diamond(lab))
    assert lab.ran() == ["a", "aside", "left", "right", "top"]
    report = lab.build(diamond(lab, **changes))
    assert lab.ran() == sorted(expected) == sorted(one.step for one in report.ran), edit
    assert report.status == ("built" if expected else "up-to-date")
    assert digests(report) == digests(lab.clean().build(diamond(lab, **changes)))


def test_a_revert_is_a_hit(lab: Lab) -> None:
    """V6: going back to an earlier state runs nothing."""
    lab.build(diamond(lab))
    lab.build(diamond(lab, a="two", image=b"other"))
    lab.ran()
    assert lab.build(diamond(lab)).status == "up-to-date"
    assert lab.ran() == []


def test_a_step_that_makes_what_it_made_stops_there(lab: Lab) -> None:
    """P3: a step reruns, its output is the same, nothing after it runs, and that is told."""
    lab.build(diamond(lab))
    lab.ran()
    report = lab.build(diamond(lab, image=b"Picture"))
    assert lab.ran() == ["aside", "left"]
    assert report.steps["left"].unchanged
    assert not report.steps["aside"].unchanged
    assert states(report)["top"] is State.CACHED
    explained = lab.explain(diamond(lab, image=b"Picture"))
    assert "rebuilt, same output, stopped here" in explained["left"].short()
    assert "rebuilt" not in explained["aside"].short()


def test_a_null_build_reads_no_content(lab: Lab) -> None:
    """V25: the second build hashes nothing, starts no worker and asks no tool."""
    asked = []
    lab.tools["tool"] = Tool(lambda: Path("/bin/sh"), lambda: asked.append(1) or "1")
    lab.kinds["concat"] = Kind("concat", 1, "fakesteps:concat", ("tool",))
    lab.build(diamond(lab))
    lab.env = {"PATH": "/nowhere"}  # a worker that started now could not even find the steps
    before = {path: path.stat() for path in lab.store.home.rglob("*")}
    assert lab.build(diamond(lab)).status == "up-to-date"
    assert len(asked) == 1
    after = {path: path.stat() for path in lab.store.home.rglob("*")}
    assert after.keys() == before.keys()
    written = {path.relative_to(lab.store.home).parts[0] for path in after if after[path].st_mtime != before[path].st_mtime}
    assert written <= {"index"}


def test_an_identical_step_is_made_once(lab: Lab) -> None:
    """Two steps with one key share one run."""
    report = lab.build(graph(step("one", x=1), step("two", x=1)))
    assert len(lab.ran()) == 1
    assert digests(report)["one"] == digests(report)["two"]
    assert sorted(state.value for state in states(report).values()) == ["built", "cached"]


def test_targets_build_what_they_need(lab: Lab) -> None:
    """Only the targets and what feeds them are built; an unknown target is refused with the nearest name."""
    assert set(lab.build(diamond(lab), targets=["right"]).steps) == {"a", "right"}
    assert lab.ran() == ["a", "right"]
    with pytest.raises(UsageError, match="no step is called 'rihgt'") as caught:
        lab.build(diamond(lab), targets=["rihgt"])
    assert caught.value.hint == "did you mean 'right'?"


def test_a_part_leaves_the_rest_remembered(lab: Lab) -> None:
    """Building a target forgets nothing of the other steps."""
    lab.build(diamond(lab))
    lab.build(diamond(lab, right=2), targets=["right"])
    assert lab.explain(diamond(lab, a="two"))["a"].reasons[0].name == "text"


# Fresh.


def test_fresh_runs_and_replaces(lab: Lab) -> None:
    """P12: a step asked for afresh truly runs, its new result counts from then on, and the rest follows by content."""
    plan = graph(
        step("voice", "random_take"), step("film", inputs={"voice": Product("voice", "main.txt")}), step("aside")
    )
    first = lab.build(plan)
    lab.ran()
    second = lab.build(plan, fresh=["voi*"])
    assert lab.ran() == ["film", "voice"]
    assert digests(second)["voice"] != digests(first)["voice"]
    assert second.steps["voice"].reason == "asked for afresh"
    third = lab.build(plan)
    assert third.status == "up-to-date"
    assert lab.ran() == []
    assert digests(third) == digests(second)


def test_fresh_with_the_same_result_stops(lab: Lab) -> None:
    """P12: a step that gives the same bytes afresh makes nothing else run."""
    lab.build(diamond(lab))
    lab.ran()
    lab.build(diamond(lab), fresh=["a"])
    assert lab.ran() == ["a"]


def test_fresh_that_fits_nothing_is_refused(lab: Lab) -> None:
    """A pattern that fits no step is a mistake, not an order to do nothing."""
    with pytest.raises(UsageError, match=r"no step matches 'speak:\*'"):
        lab.build(diamond(lab), fresh=["speak:*"])
    assert not lab.store.root.exists()


# Failing.


@pytest.mark.parametrize(
    ("kind", "fault", "message"),
    [
        ("problem", "spec", "too long by 2 s"),
        ("unreachable", "unreachable", "no answer"),
        ("bug", "bug", "ZeroDivisionError: half-way"),
        ("nothing", "bug", "RuntimeError: step 'x' made nothing"),
        ("link", "bug", "RuntimeError: step 'x' made 'link', which is not a regular file"),
        ("leak_env", "bug", "KeyError: 'UNDECLARED'"),
        ("missing_function", "bug", "AttributeError: module 'fakesteps' has no attribute 'missing_function'"),
        ("missing_module", "bug", "ModuleNotFoundError: No module named 'nowhere'"),
    ],
)
def test_how_a_step_failed_is_told(lab: Lab, kind: str, fault: str, message: str) -> None:
    """P11: whatever a step raises becomes its failure, the build goes on to its end, and nothing is kept."""
    lab.kinds["missing_function"] = Kind("missing_function", 1, "fakesteps:missing_function")
    lab.kinds["missing_module"] = Kind("missing_module", 1, "nowhere:run")
    report = lab.build(graph(step("x", kind), step("y", inputs={"x": Product("x")})))
    failure = report.steps["x"].failure
    assert failure is not None
    assert (report.status, failure.fault, failure.message) == ("failed", fault, message)
    assert (fault == "bug") == any("Traceback" in line for line in failure.log)
    assert (report.steps["y"].state, report.steps["y"].because) == (State.ABORTED, "x")
    assert lab.store.trace(report.steps["x"].key) is None


def test_everything_a_failing_step_says_arrives(lab: Lab) -> None:
    """The failure's hint, field, command and log cross the process border whole."""
    (lab.root / "broken").touch()
    failure = lab.build(graph(step("x", "fail"))).steps["x"].failure
    assert failure is not None
    assert (failure.field, failure.command, failure.log) == ("title", ("tool", "-x"), ("line 1", "line 2"))
    hint = lab.build(graph(step("x", "problem"))).steps["x"].failure
    assert hint is not None
    assert hint.hint == "say less"


def test_failures_are_never_cached(lab: Lab) -> None:
    """P11: what failed runs again, and once it succeeds it is kept like anything else."""
    (lab.root / "broken").touch()
    plan = graph(step("x", "fail"), step("y", inputs={"x": Product("x")}))
    assert [lab.build(plan).status for _ in range(2)] == ["failed", "failed"]
    assert lab.ran() == ["x", "x"]
    (lab.root / "broken").unlink()
    assert lab.build(plan).status == "built"
    assert lab.ran() == ["x", "x", "y"][1:]
    assert lab.build(plan).status == "up-to-date"


def test_the_first_failure_stops_the_build(lab: Lab) -> None:
    """Without keep_going nothing is started after a failure, and what was not tried is aborted."""
    report = lab.build(graph(step("bad", "bug"), *[step(f"ok{n}", x=n) for n in range(5)]), jobs=1)
    assert lab.ran() == []
    assert len(report.aborted) == 5
    assert {one.because for one in report.aborted} == {""}


def test_keep_going_builds_what_does_not_need_the_failed_step(lab: Lab) -> None:
    """V23: with keep_going everything that can be made is made, and the next build does only the rest."""
    (lab.root / "broken").touch()
    plan = graph(
        step("bad", "fail"),
        step("after", inputs={"x": Product("bad")}),
        step("later", inputs={"x": Product("after")}),
        *[step(f"ok{n}", x=n) for n in range(3)],
    )
    report = lab.build(plan, keep_going=True, jobs=1)
    assert [one.step for one in report.ran] == ["ok0", "ok1", "ok2"]
    assert [(one.step, one.because) for one in report.aborted] == [("after", "bad"), ("later", "bad")]
    (lab.root / "broken").unlink()
    lab.ran()
    assert lab.build(plan, keep_going=True).status == "built"
    assert lab.ran() == ["after", "bad", "later"]


def test_what_ran_beside_a_failure_is_kept(lab: Lab) -> None:
    """P15: a step that was running when another failed ends in peace and is not run again."""
    plan = graph(step("slow", "crowd"), step("bad", "bug"))
    lab.build(plan, jobs=2)
    lab.ran()
    assert lab.explain(plan)["slow"].state == "cached"


@pytest.mark.parametrize("present", ["missing", "folder", "pipe"])
def test_a_source_that_cannot_be_read_fails_its_step(lab: Lab, present: str) -> None:
    """A source that is no readable file fails the step that needs it by name, and waits for nobody."""
    path = lab.root / "no.png"
    if present == "folder":
        path.mkdir()
    elif present == "pipe":
        os.mkfifo(path)
    plan = graph(step("x", inputs={"image": Source(str(path))}), step("ok"))
    report = lab.build(plan, keep_going=True)
    failure = report.steps["x"].failure
    assert failure is not None
    assert f"cannot read '{path}': n" in failure.message
    assert (failure.field, report.steps["ok"].state) == ("image", State.BUILT)
    assert lab.explain(plan)["x"].state == "cannot run"


def test_a_file_that_no_step_makes_names_both(lab: Lab) -> None:
    """P13: reading a file that the other step does not make is an error naming both steps and the file."""
    report = lab.build(graph(step("a"), step("b", inputs={"x": Product("a", "other.txt")})))
    failure = report.steps["b"].failure
    assert failure is not None
    assert failure.message == "step 'b' reads 'other.txt', which 'a' does not make"


def test_a_product_of_no_step_is_refused() -> None:
    """P13: reading from a step that is not in the graph is an error naming both."""
    with pytest.raises(GraphError, match="step 'b' reads from 'a', which is not in the graph"):
        graph(step("b", inputs={"x": Product("a")}))


def test_a_tool_that_cannot_be_used_stops_the_build(lab: Lab) -> None:
    """A tool that is not there is one error for the user, before anything runs."""

    def missing() -> str:
        raise VidbuildError("ffmpeg is not there", hint="pip install imageio-ffmpeg")

    lab.tools["ffmpeg"] = Tool(lambda: None, missing)
    lab.kinds["concat"] = Kind("concat", 1, "fakesteps:concat", ("ffmpeg",))
    with pytest.raises(VidbuildError, match="ffmpeg is not there"):
        lab.build(graph(step("a")))
    assert lab.ran() == []


# What a step can see.


def test_an_undeclared_variable_is_not_there(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """P9: what is in the user's environment does not reach a step."""
    monkeypatch.setenv("UNDECLARED", "secret")
    report = lab.build(graph(step("x", "leak_env")))
    assert report.status == "failed"
    lab.env["UNDECLARED"] = "declared"
    assert lab.build(graph(step("x", "leak_env"))).status == "built"


def test_an_undeclared_file_is_not_there(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """P9: a relative path leads nowhere but into the step's own folder."""
    lab.source("secret.txt", "secret")
    monkeypatch.chdir(lab.root)
    failure = lab.build(graph(step("x", "leak_file"))).steps["x"].failure
    assert failure is not None
    assert "FileNotFoundError" in failure.message


def test_a_step_sees_its_inputs_by_role_and_nothing_else(lab: Lab) -> None:
    """P9: the private folder holds the declared inputs under plain names; the environment is the scrubbed one."""
    plan = graph(
        step("a"),
        step(
            "x",
            "surroundings",
            {
                "image": lab.source("Some Picture.PNG", "p"),
                "font:Mono": lab.source("m.ttf", "f"),
                "font/Mono": lab.source("n.ttf", "g"),
                "all": Product("a"),
            },
        ),
    )
    report = lab.build(plan)
    env = sorted([*lab.env, "HOME", "TMPDIR"])
    inputs = ["all", "font_Mono-1.ttf", "font_Mono-2.ttf", "image.png"]
    text = report.path("x", "main.txt").read_text()
    # The interpreter adds LC_CTYPE to its own environment on some systems; a child is given only what we list.
    assert text.startswith(f"{['in', 'out', 'scratch']} {inputs} ")
    assert text.endswith(f" {env}")


def test_a_whole_product_is_a_folder(lab: Lab) -> None:
    """A whole product keeps its names; a change of any file in it is a change of the input."""
    plan = graph(step("a", x=1), step("b", inputs={"all": Product("a")}))
    text = lab.build(plan).path("b", "main.txt").read_bytes()
    assert b"all\0main.txt\0" in text
    assert b"all\0sum/digest.txt\0" in text


def test_a_source_that_changes_before_it_is_read_poisons_nothing(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """P7: a source that is not what was planned when it is copied in fails the step, and no trace is written."""
    from vidbuild.engine.crew import Crew

    image = lab.source("image.png", "before")
    start = Crew.start

    def edit_then_start(self: Crew, *arguments: Any) -> None:
        lab.source("image.png", "behind")
        start(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(Crew, "start", edit_then_start)
        report = lab.build(graph(step("x", inputs={"image": image})))
    failure = report.steps["x"].failure
    assert failure is not None
    assert failure.message == f"'{image.path}' changed during the build"
    assert lab.store.trace(report.steps["x"].key) is None
    assert lab.ran() == []
    after = lab.build(graph(step("x", inputs={"image": image})))
    assert b"behind" in after.path("x", "main.txt").read_bytes()


# Missing and damaged things.


@pytest.mark.parametrize("name", ["a", "left", "right", "top"])
def test_a_missing_blob_is_made_again(lab: Lab, name: str) -> None:
    """P26: the step whose blob is gone reruns, nothing else does, and the results are what they were."""
    first = lab.build(diamond(lab))
    lab.ran()
    first.path(name, "main.txt").unlink()
    second = lab.build(diamond(lab))
    assert lab.ran() == [name]
    assert second.steps[name].reason == "output evicted"
    assert digests(second) == digests(first)
    assert lab.build(diamond(lab)).status == "up-to-date"


@pytest.mark.parametrize("damage", ["truncate", "flip", "empty", "delete"])
def test_any_damage_is_mended(lab: Lab, damage: str) -> None:
    """P21: whatever file of the store is damaged, the next build gives the same results without a word."""
    first = lab.build(diamond(lab))
    expected = digests(first)
    files = [path for path in lab.store.home.rglob("*") if path.is_file()]
    assert len(files) > 15
    for path in files:
        raw = path.read_bytes() if path.exists() else b""
        path.unlink(missing_ok=True)
        if damage != "delete":
            path.parent.mkdir(parents=True, exist_ok=True)
            changed = {"truncate": raw[: len(raw) // 2], "empty": b"", "flip": bytes(reversed(raw))}[damage]
            path.write_bytes(changed)
        report = lab.build(diamond(lab))
        assert digests(report) == expected, path
        assert all(report.path(one, name).is_file() for one in report.steps for name in report.steps[one].outputs)
    assert lab.build(diamond(lab)).status == "up-to-date"


def test_the_store_may_be_deleted(lab: Lab) -> None:
    """Without the store everything is made again, and the same."""
    import shutil

    first = lab.build(diamond(lab))
    shutil.rmtree(lab.store.root)
    second = lab.build(diamond(lab))
    assert len(second.ran) == 5
    assert digests(second) == digests(first)


def test_a_random_result_is_one_for_all_who_read_it(lab: Lab) -> None:
    """P10: within a build and after it, everything follows from one take; a lost take is replaced everywhere."""
    plan = graph(
        step("voice", "random_take"),
        *[step(f"film{n}", inputs={"voice": Product("voice", "main.txt")}, n=n) for n in range(3)],
    )
    first = lab.build(plan)
    first.path("voice", "main.txt").unlink()
    for report in (first, lab.build(plan), lab.build(plan)):
        take = report.steps["voice"].outputs["main.txt"].digest
        for n in range(3):
            trace = lab.store.trace(report.steps[f"film{n}"].key)
            assert trace is not None
            assert trace.inputs == {"voice": take + ".txt"}
    assert report.status == "up-to-date"


# Order and limits.


@pytest.mark.parametrize("seed", range(4))
def test_order_changes_nothing(lab: Lab, seed: int) -> None:
    """P13: steps planned and run in any order, on any number of workers, give the same digests."""
    steps = list(diamond(lab).steps.values())
    random.Random(seed).shuffle(steps)
    expected = digests(lab.build(diamond(lab)))
    assert digests(lab.clean().build(graph(*steps), jobs=1 + seed)) == {
        name: expected[name] for name in graph(*steps).steps
    }


@pytest.mark.parametrize(("limit", "jobs"), [(1, 3), (2, 3), (3, 2)])
def test_resources_are_limited(lab: Lab, limit: int, jobs: int) -> None:
    """P31: never more steps of a resource run at once than allowed, nor more steps than jobs."""
    lab.kinds["crowd"] = Kind("crowd", 1, "fakesteps:crowd", resource="network")
    report = lab.build(graph(*[step(f"s{n}", "crowd", n=n) for n in range(6)]), jobs=jobs, limits={"network": limit})
    assert report.status == "built"
    sizes = [int(line) for line in (lab.root / "crowd-sizes").read_text().split()]
    assert len(sizes) == 6
    assert max(sizes) <= min(limit, jobs)


def test_a_scarce_resource_keeps_nobody_else_waiting(lab: Lab) -> None:
    """P31: steps that need no scarce resource run while others wait for it."""
    lab.kinds["crowd"] = Kind("crowd", 1, "fakesteps:crowd", resource="network")
    lab.build(
        graph(*[step(f"s{n}", "crowd", n=n) for n in range(3)], step("free")), jobs=2, limits={"network": 1}
    )
    started = [event.step for event in lab.events if isinstance(event, StepStarted)]
    assert started.index("free") == 1


def test_the_longest_work_starts_first(lab: Lab) -> None:
    """What took longest last time, with all that follows from it, is started first."""
    plan = graph(
        step("short", x=1), step("long", "crowd", x=1), step("head", x=2), step("tail", "crowd", {"h": Product("head")})
    )
    lab.build(plan)
    lab.build(plan, fresh=["short", "long", "head"], jobs=1)
    started = [event.step for event in lab.events if isinstance(event, StepStarted)]
    assert started[-1] == "short"
    assert set(started[:2]) == {"long", "head"}
    assert all(event.expected is not None for event in lab.events if isinstance(event, StepStarted))


def test_warnings_are_told_each_time(lab: Lab) -> None:
    """A step's warnings are in its report and among the events, on a hit as on the first run."""
    plan = graph(step("x", "warn"))
    for _ in range(3):
        report = lab.build(plan)
        assert [(w.message, w.field, w.hint) for w in report.steps["x"].warnings] == [("too quiet", "voice", "raise it")]
        told = [event for event in lab.events if isinstance(event, StepWarned)]
        assert [(event.step, event.message) for event in told] == [("x", "too quiet")]
        (lab.store.home / "index").exists() and [path.unlink() for path in (lab.store.home / "index").iterdir()]


def test_two_entries_share_the_store(lab: Lab) -> None:
    """What one spec made is a hit for another, whatever its steps are called."""
    lab.build(graph(step("one", x=1)), entry="a.yaml")
    report = lab.build(graph(step("other", x=1)), entry="b.yaml")
    assert states(report) == {"other": State.CACHED}


def test_an_empty_graph_is_up_to_date(lab: Lab) -> None:
    """Nothing to build is built at once."""
    assert lab.build(graph()).status == "up-to-date"


def test_a_long_chain_of_steps(lab: Lab) -> None:
    """A chain of steps longer than Python's stack is planned, built in part, explained and found again."""
    steps = [step("s0", "length", x=0)]
    steps += [step(f"s{n}", "length", {"p": Product(f"s{n - 1}", "main.txt")}) for n in range(1, 1500)]
    plan = graph(*steps)
    explained = lab.explain(plan)
    assert explained["s1499"].short() == "s1499  may run: s0 will"
    report = lab.build(plan, targets=["s40"])
    assert len(report.ran) + len(report.cached) == 41


@pytest.mark.parametrize("count", range(1, 4))
def test_equal_steps_in_one_graph_wait_for_each_other(lab: Lab, count: int) -> None:
    """Steps with one key, however many, run once, whatever the number of jobs."""
    plan = graph(*[step(f"s{n}", "crowd") for n in range(count)])
    assert lab.build(plan, jobs=3).status == "built"
    assert len(lab.ran()) == 1


def test_graph_survives_json(lab: Lab) -> None:
    """A graph that went through its memo has the same keys."""
    plan = diamond(lab)
    again = Graph.from_data(plan.to_data())
    assert lab.build(plan).status == "built"
    assert lab.build(again).status == "up-to-date"


def test_steps_are_plain_data() -> None:
    """A step holds no code and no open things: its repr builds it again."""
    one = Step("x", "film", {"a": [1, 2.0, None]}, {"i": Product("y", "z"), "s": Source("/a")})
    assert eval(repr(one)) == one


def test_combinations_of_damage_and_edits(lab: Lab) -> None:
    """P1: every pair of edits, with a blob lost in between, ends as a clean build would."""
    edits = [{}, {"a": "two"}, {"right": 2}, {"image": b"Picture"}]
    for before, after in itertools.permutations(edits, 2):
        first = lab.build(diamond(lab, **before))
        first.path("right", "main.txt").unlink()
        second = lab.build(diamond(lab, **after))
        trace = {name: found for name, found in digests(second).items()}
        lab.store.home.rename(lab.root / "old")
        assert digests(lab.build(diamond(lab, **after))) == trace
        import shutil

        shutil.rmtree(lab.store.home)
        (lab.root / "old").rename(lab.store.home)
