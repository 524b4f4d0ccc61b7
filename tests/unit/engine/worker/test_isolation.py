"""What a step can see, and what it cannot."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.canary import WORD, found
from tests.support.engine_lab import Lab, graph, step
from vidbuild.engine.graph.graph import Product, Step
from vidbuild.engine.schedule.dispatch import Dispatcher


def test_an_undeclared_variable_is_not_there(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """P9: what is in the user's environment does not reach a step."""
    monkeypatch.setenv("UNDECLARED", "secret")
    report = lab.build(graph(step("x", "leak_env")))
    assert report.status == "failed"
    lab.env["UNDECLARED"] = "declared"
    assert lab.build(graph(step("x", "leak_env"))).status == "built"


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_tools_variable_reaches_only_the_steps_that_use_it(lab: Lab, jobs: int) -> None:
    """P9: a variable that one tool declares is in its steps' environment, and in no other step of the same build."""
    lab.tool_env |= {"KEY": "for the service", "OTHER": "for no step", "PATH": "/nowhere"}
    lab.tool("service", env=("KEY", "PATH", "MISSING"))
    lab.tool("plain")
    names = [f"{tool}{number}" for number in range(3) for tool in ("service", "plain")]
    report = lab.build(
        graph(*(Step(name, "surroundings", {"n": name}, tools=(name[:-1],)) for name in names)), jobs=jobs
    )
    seen = {name: report.path(name, "main.txt").read_text() for name in names}
    usual = sorted([*lab.env, "HOME", "TMPDIR"])
    for name, text in seen.items():
        assert text.endswith(f" {sorted([*usual, 'KEY']) if 'service' in name else usual}")
        assert "/nowhere" not in text


def test_a_variables_value_is_in_no_key(lab: Lab) -> None:
    """P43: the value of a tool's variable is neither in keys nor in the cache, nor in what is logged of the run."""
    lab.tool("service", env=("KEY",))
    keys = set()
    for value in (f"{WORD}1", f"{WORD}2"):
        lab.tool_env["KEY"] = value
        report = lab.build(graph(Step("x", "concat", {}, tools=("service",))))
        keys.add(report.steps["x"].key)
    assert report.status == "up-to-date"
    assert len(keys) == 1
    assert found(lab.root) == []


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
    image = lab.source("image.png", "before")
    start = Dispatcher.start

    def edit_then_start(self: Dispatcher, *arguments: Any) -> None:
        lab.source("image.png", "behind")
        start(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(Dispatcher, "start", edit_then_start)
        report = lab.build(graph(step("x", inputs={"image": image})))
    failure = report.steps["x"].failure
    assert failure is not None
    assert failure.message == f"'{image.path}' changed during the build"
    assert lab.store.trace(report.steps["x"].key) is None
    assert lab.ran() == []
    after = lab.build(graph(step("x", inputs={"image": image})))
    assert b"behind" in after.path("x", "main.txt").read_bytes()
