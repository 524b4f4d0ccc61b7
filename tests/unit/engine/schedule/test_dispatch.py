"""Which step may start now, and what is released."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tests.support.engine_lab import Lab, names, step
from tests.support.fake_pool import FakePool, Script
from vidbuild.engine.keys.tools import Access
from vidbuild.engine.schedule.dispatch import Claim, Dispatcher
from vidbuild.engine.store.store import Store

KEYS = {name: name * 64 for name in "abcd"}
NO_LIMIT = Access()
ONE_AT_A_TIME = Access(limits={"service": 1})


@pytest.fixture
def crew(lab: Lab) -> Iterator[Dispatcher]:
    """Three jobs."""
    lab.store.prepare()
    crew = Dispatcher(lab.store, 3, lab.env, {}, lambda: None)
    yield crew
    crew.close()


def claim(crew: Dispatcher, name: str, access: Access = NO_LIMIT) -> Claim:
    """Claim a key for a step of the same name."""
    return crew.claim(name, KEYS[name], access)


def test_as_many_steps_as_jobs(crew: Dispatcher) -> None:
    """P31: once as many steps are claimed as there are jobs, the next must wait."""
    assert [claim(crew, name) for name in "abcd"] == [Claim.ACQUIRED] * 3 + [Claim.NO_SLOT]
    assert crew.full()
    crew.release("b")
    assert claim(crew, "d") is Claim.ACQUIRED


def test_as_many_steps_as_their_tools_allow(crew: Dispatcher) -> None:
    """P31: a step waits while one of its tools is at its limit; steps with other tools continue."""
    assert claim(crew, "a", ONE_AT_A_TIME) is Claim.ACQUIRED
    assert claim(crew, "b", Access(limits={"disk": 3, "service": 1})) is Claim.NO_SLOT
    assert claim(crew, "c", Access(limits={"disk": 1})) is Claim.ACQUIRED
    assert claim(crew, "d") is Claim.ACQUIRED
    crew.release("a")
    crew.release("d")
    assert claim(crew, "b", ONE_AT_A_TIME) is Claim.ACQUIRED


def test_a_key_is_made_by_one_build(lab: Lab, crew: Dispatcher) -> None:
    """P28: a key that another build has is reported as such, whatever is free here, and is free once given back."""
    other = Dispatcher(Store(lab.store.root), 1, lab.env, {}, lambda: None)
    assert claim(other, "a") is Claim.ACQUIRED
    assert claim(crew, "a") is Claim.LOCKED_ELSEWHERE
    assert claim(crew, "b") is Claim.ACQUIRED
    other.close()
    assert claim(crew, "a") is Claim.ACQUIRED


def test_a_key_refused_takes_nothing(lab: Lab, crew: Dispatcher) -> None:
    """P31: a step that waits for another build holds neither a job nor a slot of a tool."""
    other = Dispatcher(Store(lab.store.root), 1, lab.env, {}, lambda: None)
    claim(other, "a")
    assert [claim(crew, "a", ONE_AT_A_TIME) for _ in range(5)] == [Claim.LOCKED_ELSEWHERE] * 5
    assert not crew.busy
    assert claim(crew, "b", ONE_AT_A_TIME) is Claim.ACQUIRED
    other.close()


def test_claiming_starts_nothing(lab: Lab, crew: Dispatcher) -> None:
    """V25: neither a claim nor listening makes a private folder or a process."""
    claim(crew, "a")
    assert crew.poll(0.0) == []
    assert not (lab.store.home / "tmp").exists()


def test_closing_gives_everything_back(lab: Lab, crew: Dispatcher) -> None:
    """P18: a closed crew leaves no lock, no lock's file and no private folder."""
    for name in "ab":
        claim(crew, name)
    crew.start("a", step("a", "noop"), lab.kinds["noop"], {})
    assert len(names(lab.store.home / "tmp")) == 1
    crew.close()
    assert not crew.busy
    assert names(lab.store.home / "tmp") == names(lab.store.home / "locks") == []
    assert [claim(crew, name) for name in "ab"] == [Claim.ACQUIRED] * 2


def test_an_executor_says_how_many_steps_run(lab: Lab) -> None:
    """P31: once it is there, its slots count instead of the jobs, and they may change while steps run."""
    lab.store.prepare()
    pool = FakePool(Script(), 2)
    crew = Dispatcher(lab.store, 1, lab.env, {}, lambda: None, new_executor=lambda _: pool)
    claim(crew, "a")
    assert crew.full()
    crew.start("a", step("a"), lab.kinds["concat"], {})
    assert not crew.full()
    assert [claim(crew, name) for name in "bc"] == [Claim.ACQUIRED, Claim.NO_SLOT]
    pool.slots = 0
    crew.release("b")
    assert claim(crew, "c") is Claim.NO_SLOT
    crew.close()


def test_traces_that_wait_for_the_disk_are_few(lab: Lab) -> None:
    """P14, P15: a step has its slot until its trace is written: a kill costs no more steps than run at a time."""
    lab.store.prepare()
    crew = Dispatcher(lab.store, 2, lab.env, {}, lambda: None, new_executor=lambda _: FakePool(Script(), 2))
    can_write = threading.Event()
    for name in "ab":
        assert claim(crew, name) is Claim.ACQUIRED
        assert crew.defer(name, can_write.wait)
    assert crew.full()
    assert claim(crew, "c") is Claim.NO_SLOT
    can_write.set()
    for name, written in crew.written(wait=True):
        assert written()
        crew.release(name)
    for name in "abc":
        assert not crew.full()
        assert claim(crew, name) is Claim.ACQUIRED
        crew.release(name)
    crew.close()
