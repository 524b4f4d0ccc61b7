"""Frozen classes: what `dataclasses` would have made, compared with the original."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import subprocess
import sys
from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from vidbuild import frozen


@frozen.dataclass(frozen=True, slots=True)
class Point:
    """A place with a name."""

    kind: ClassVar[str] = "point"
    x: int
    y: int = 0
    tags: Mapping[str, str] = frozen.field(default_factory=dict)

    @property
    def far(self) -> bool:
        """Whether it is far out."""
        return self.x + self.y > 9


@frozen.dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What others build on."""

    name: str
    size: int = 1


@frozen.dataclass(frozen=True, slots=True, kw_only=True)
class Derived(Base):
    """With a field more, and another default."""

    size: int = 2
    colour: str


@dataclasses.dataclass(frozen=True, slots=True)
class Original:
    """The same as Point, by `dataclasses`."""

    x: int
    y: int = 0
    tags: Mapping[str, str] = dataclasses.field(default_factory=dict)


def test_fields_are_taken_in_order_with_their_defaults() -> None:
    """Fields come by place or by name, a class variable is none, a factory's default is each instance's own."""
    first, second = Point(1), Point(x=1, y=0)
    assert (first.x, first.y, first.tags, first.kind, first.far) == (1, 0, {}, "point", False)
    assert first == second
    assert first.tags is not second.tags
    with pytest.raises(TypeError):
        Point()  # type: ignore[call-arg] # that is the point
    with pytest.raises(TypeError):
        Point(1, z=2)  # type: ignore[call-arg] # as above


def test_a_derived_record_has_all_fields() -> None:
    """Fields are inherited, defaults can be others, and by name means by name alone."""
    assert [each.name for each in dataclasses.fields(Base)] == ["name", "size"]
    assert [each.name for each in dataclasses.fields(Derived)] == ["name", "size", "colour"]
    assert repr(Derived(name="a", colour="red")) == "Derived(name='a', size=2, colour='red')"
    assert isinstance(Derived(name="a", colour="red"), Base)
    with pytest.raises(TypeError):
        Derived("a", "red")  # type: ignore[call-arg, arg-type] # as above


def test_records_are_equal_by_class_and_values() -> None:
    """Two records are equal where their class and all their values are; equal ones have the same hash."""
    assert Base(name="a") != Derived(name="a", size=1, colour="")
    assert Base(name="a") != Base(name="b")
    assert len({Base(name="a"), Base(name="a"), Base(name="b")}) == 2
    with pytest.raises(TypeError, match="unhashable"):
        hash(Point(1))


def test_records_cannot_be_changed() -> None:
    """No field can be set or deleted, and there is no room for others."""
    point = Point(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        point.x = 2  # type: ignore[misc] # as above
    with pytest.raises(dataclasses.FrozenInstanceError):
        del point.x
    with pytest.raises(dataclasses.FrozenInstanceError):
        point.z = 2  # type: ignore[attr-defined] # as above
    assert not hasattr(point, "__dict__")


@pytest.mark.parametrize("args", [(1,), (1, 2), (1, 2, {"a": "b"})])
def test_the_same_as_dataclasses(args: tuple[Any, ...]) -> None:
    """repr, fields, asdict, replace, copies and pickles are those of a dataclass with the same fields."""
    ours, theirs = Point(*args), Original(*args)
    assert repr(ours).removeprefix("Point") == repr(theirs).removeprefix("Original")
    assert [each.name for each in dataclasses.fields(ours)] == [each.name for each in dataclasses.fields(theirs)]
    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs) == frozen.values(ours)
    assert dataclasses.replace(ours, y=7) == Point(ours.x, 7, ours.tags)
    assert copy.deepcopy(ours) == pickle.loads(pickle.dumps(ours)) == ours  # noqa: S301 - our own pickle


def test_asdict_takes_records_within_records_apart() -> None:
    """`asdict` goes as deep as it does for dataclasses; `values` leaves what is inside as it is."""
    outer = Point(1, tags={"a": Base(name="b")})  # type: ignore[dict-item] # a value of any kind
    assert dataclasses.asdict(outer)["tags"] == {"a": {"name": "b", "size": 1}}
    assert frozen.values(outer)["tags"] == {"a": Base(name="b")}


def test_a_record_has_to_be_frozen_with_slots() -> None:
    """Options that would be ignored are refused."""
    with pytest.raises(TypeError, match="frozen=True and slots=True"):
        frozen.dataclass(frozen=True, slots=False)


def test_defining_records_costs_no_import_and_no_compilation() -> None:
    """P46: a record is defined without `dataclasses`; one method is compiled, with its first instance."""
    code = """
import sys
compiled = []
sys.addaudithook(lambda name, args: compiled.append(args) if name == "compile" and args[1] == "<string>" else None)
from vidbuild.frozen import dataclass
compiled.clear()
@dataclass(frozen=True, slots=True)
class A:
    a: int
    b: int
defined = len(compiled)
assert A(1, 2) == A(1, 2)
print(defined, len(compiled), "dataclasses" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, cwd=".")
    assert done.stdout.split() == ["0", "1", "False"]


def test_a_subclass_that_calls_its_base_sets_all_fields() -> None:
    """The __init__ that replaces itself is found wherever it is in the bases, before and after the first instance."""

    class Counted(Point):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)

    assert [(made.x, made.y, made.tags) for made in (Counted(1, 2), Counted(1, 2))] == [(1, 2, {})] * 2


def test_a_field_without_a_default_has_none() -> None:
    """`dataclasses.fields` shows which fields have a default, which have one made, and which have none."""

    @frozen.dataclass(frozen=True, slots=True)
    class Some:
        must: int
        may: int = 3
        made: list[int] = frozen.field(default_factory=list)

    must, may, made = dataclasses.fields(Some)
    missing = dataclasses.MISSING
    assert (must.default, must.default_factory) == (missing, missing)
    assert (may.default, may.default_factory) == (3, missing)
    assert (made.default, made.default_factory) == (missing, list)


def test_a_class_is_compiled_with_its_first_instance() -> None:
    """All instances after the first one use the method that was compiled for it."""

    @frozen.dataclass(frozen=True, slots=True)
    class Some:
        must: int

    before = Some.__init__
    Some(1)
    compiled = Some.__init__
    assert compiled is not before
    Some(2)
    assert Some.__init__ is compiled


def test_two_threads_may_make_the_first_instance() -> None:
    """One that called the method just before the other replaced it gets an instance all the same."""

    @frozen.dataclass(frozen=True, slots=True)
    class Some:
        must: int

    before = Some.__init__
    first, second = object.__new__(Some), object.__new__(Some)
    before(first, 1)
    compiled = Some.__init__
    before(second, 2)
    assert (first.must, second.must) == (1, 2)
    assert Some.__init__ is compiled


def test_fields_are_matched_in_order() -> None:
    """A `match` reads the fields by their places, but those that have none: as `dataclasses` has it."""
    match Point(1, 2):
        case Point(x, y):
            assert (x, y) == (1, 2)
    assert Point.__match_args__ == ("x", "y", "tags")
    assert Base.__match_args__ == ()


def test_what_differs_from_its_default_is_known() -> None:
    """Names of fields, and the values that are not the default ones, which JSON leaves out."""
    assert frozen.names(Point) == ("x", "y", "tags")
    assert frozen.changed_values(Point(0)) == {"x": 0}
    assert frozen.changed_values(Point(0, 3, {})) == {"x": 0, "y": 3}
    assert frozen.changed_values(Point(0, 0, {"a": "b"})) == {"x": 0, "tags": {"a": "b"}}
