"""Reading a worker's answers, and refusing what is none."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidbuild.engine.graph.context import StepWarning
from vidbuild.engine.worker import protocol
from vidbuild.engine.worker.protocol import ProgressUpdate, ProtocolError, StepFailure, StepOutput, StepRetry
from vidbuild.errors import Failure
from vidbuild.frozen import values

FAILURE = Failure("no", command=("a",), log=("b",), transient=True)
GOOD = {
    "progress": (b'{"progress": [1, 2, "frames"]}', ProgressUpdate(1, 2, "frames")),
    "retry": (
        b'{"retry": [2, 1.5, "refused (503)"]}',
        StepRetry(2, 1.5, Failure("refused (503)", fault="unreachable", transient=True)),
    ),
    "failure": (
        json.dumps({"failure": values(FAILURE), "warnings": [["w", "f", "h"]]}).encode(),
        StepFailure(FAILURE, (StepWarning("w", "f", "h"),)),
    ),
}


@pytest.mark.parametrize("form", GOOD)
def test_answers_are_read(form: str) -> None:
    """Each form of answer is read."""
    line, expected = GOOD[form]
    assert protocol.read(line) == expected


@pytest.mark.parametrize(
    "said",
    [[1, 1.5, "x"], [True, 1.5, "x"], [2, -1.0, "x"], [2, float("inf"), "x"], [2, 1, "x"], [2, 1.5, 3], [2]],
    ids=str,
)
def test_attempts_that_cannot_be_are_no_answer(said: list[object]) -> None:
    """An attempt has a number from two on, a wait that ends, and a reason in words."""
    with pytest.raises(ProtocolError):
        protocol.read(json.dumps({"retry": said}).encode())


@pytest.mark.parametrize(
    "said", [{"progress": [0, 0, ""]}, {"progress": [2**63 - 1, 2**63 - 1, "u" * 40]}, {"retry": [2**31 - 1, 0.0, ""]}]
)
def test_numbers_at_their_limits_are_read(said: dict[str, list[object]]) -> None:
    """A count from 0 to 2^63 - 1, a unit of 40 characters, and an attempt below 2^31 without a wait are accepted."""
    answer = protocol.read(json.dumps(said).encode())
    ((form, values_sent),) = said.items()
    names = {"progress": ("done", "total"), "retry": ("attempt", "wait")}[form]
    assert [getattr(answer, name) for name in names] == values_sent[:2]


@pytest.mark.parametrize(
    "said",
    [
        {"progress": [-1, 0, ""]},
        {"progress": [0, -1, ""]},
        {"progress": [2**63, 0, ""]},
        {"progress": [0, 2**63, ""]},
        {"progress": [True, 1, ""]},
        {"progress": [0, 1.0, ""]},
        {"progress": [0, 1, "u" * 41]},
        {"progress": [0, 1, None]},
        {"retry": [2**31, 0.0, ""]},
    ],
    ids=lambda said: str(said)[:40],
)
def test_numbers_beyond_their_limits_are_no_answer(said: dict[str, list[object]]) -> None:
    """Progress and attempts beyond the limits of their numbers and units are rejected."""
    with pytest.raises(ProtocolError):
        protocol.read(json.dumps(said).encode())


def test_a_step_may_take_no_measurable_time() -> None:
    """A step that took 0 s and read sources is accepted."""
    quick = made(seconds=0.0, sources={"1" * 64: [1, 2, 3, 4]})
    assert protocol.read(json.dumps(quick).encode()) == StepOutput(quick)


def test_the_reason_of_a_retry_is_bounded() -> None:
    """Of the reason of a retry, the first 20,000 characters are kept."""
    answer = protocol.read(json.dumps({"retry": [2, 1.0, "m" * 20_001]}).encode())
    assert isinstance(answer, StepRetry)
    assert answer.failure.message == "m" * 20_000


def made(**changes: object) -> dict[str, object]:
    """An answer of a step that made one file, with changes."""
    found = {"outputs": {"a": ["0" * 64, 1, 2, 3, 4]}, "sources": {}, "warnings": [["w", "f", None]], "seconds": 0.5}
    return {**found, **changes}


@pytest.mark.parametrize(
    "changes",
    [
        {"outputs": {}},
        {"outputs": []},
        {"outputs": {"a": ["0" * 63, 1, 2, 3, 4]}},
        {"outputs": {"a": ["0" * 64, 1, 2, 3]}},
        {"outputs": {"a": ["0" * 64, 1, 2, 3, "4"]}},
        {"outputs": {"a": ["0" * 64, 1, 2, 3, True]}},
        {"sources": {"x": [1, 2, 3, 4]}},
        {"sources": None},
        {"warnings": [[]]},
        {"warnings": [[1, "f", None]]},
        {"warnings": [["w", "f", None, None]]},
        {"warnings": ["wf"]},
        {"warnings": "w"},
        {"progress": [1, 2, "frames"]},
        {"extra": 1},
        {"seconds": "0.5"},
        {"seconds": float("nan")},
        {"seconds": float("inf")},
        {"seconds": -1.0},
    ],
    ids=str,
)
def test_answers_of_another_form_are_none(changes: dict[str, object]) -> None:
    """An answer is accepted only if every part of it has its form."""
    assert protocol.read(json.dumps(made()).encode()) == StepOutput(made())
    with pytest.raises(ProtocolError):
        protocol.read(json.dumps(made(**changes)).encode())


@pytest.mark.parametrize(
    "changes",
    [
        {"log": "text"},
        {"log": {}},
        {"log": [1]},
        {"command": "ls"},
        {"command": None},
        {"command": [None]},
        {"message": None},
        {"hint": 1},
        {"field": None},
        {"fault": "other"},
        {"transient": 1},
        {"x": 1},
    ],
    ids=str,
)
def test_failures_of_another_form_are_no_answer(changes: dict[str, object]) -> None:
    """A failure's command and log are lists, and it has no field that is not known."""
    good = {**values(FAILURE), "command": ["a"], "log": ["b"]}
    assert protocol.read(json.dumps({"failure": good, "warnings": []}).encode()) == StepFailure(FAILURE)
    with pytest.raises(ProtocolError):
        protocol.read(json.dumps({"failure": {**good, **changes}, "warnings": []}).encode())


@pytest.mark.parametrize("form", GOOD)
def test_a_file_name_that_is_not_utf8_is_read_and_an_extra_key_is_not(form: str) -> None:
    """Text may hold what a file name holds that is not UTF-8; a line with a key too many is no answer."""
    line, _ = GOOD[form]
    assert protocol.read(line.replace(b'"w"', b'"\\udcff"').replace(b"frames", b"\\udcff"))
    with pytest.raises(ProtocolError):
        protocol.read(line[:-1] + b', "x": 1}')


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=6)
        | st.dictionaries(
            st.sampled_from(
                ["progress", "retry", "failure", "outputs", "sources", "warnings", "seconds", "message", "log", "x"]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@given(st.binary(max_size=200) | JSON.map(lambda data: json.dumps(data).encode()))
def test_any_bytes_are_an_answer_or_none(line: bytes) -> None:
    """Whatever bytes a worker sends, reading them gives an answer or a ProtocolError."""
    with contextlib.suppress(ProtocolError):
        assert isinstance(protocol.read(line), (ProgressUpdate, StepRetry, StepOutput, StepFailure))


def test_a_failure_is_bounded() -> None:
    """A failure keeps the end of its log, and its lines are cut."""
    data: dict[str, object] = {
        "message": "m" * 50_000,
        "hint": None,
        "field": "",
        "command": [],
        "fault": "bug",
        "transient": False,
    }
    log = [f"{number:03}" + "x" * 5000 for number in range(500)]
    line = json.dumps({"failure": {**data, "log": log}, "warnings": []}).encode()
    said = protocol.read(line)
    assert isinstance(said, StepFailure)
    assert len(said.failure.message) == 20_000
    assert [len(text) for text in said.failure.log] == [2000] * 100
    assert [text[:3] for text in said.failure.log] == [f"{number}" for number in range(400, 500)]
