"""Frozen dataclasses that are quick to define: one method is compiled for each, when the first instance is made.

Every start of vidbuild defines some sixty of them, and at half a millisecond each that was a quarter of a build that
has nothing to do. `fields`, `replace` and `asdict` of `dataclasses` work on them. It knows nothing of what they hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

if TYPE_CHECKING:
    from dataclasses import dataclass, field
else:

    def dataclass(*, frozen: bool, slots: bool, kw_only: bool = False) -> Callable[[type], type]:
        """As dataclasses.dataclass; what is made is always frozen and has slots, so both have to be said."""
        if not (frozen and slots):
            raise TypeError("a record is frozen and has slots")
        return lambda cls: _made(cls, kw_only=kw_only)

    def field(*, default_factory: Callable[[], object]) -> object:
        """As dataclasses.field, for a default that is made anew for each instance."""
        return _Factory(default_factory)


RecordT = TypeVar("RecordT")

__all__ = ["dataclass", "field", "replaced", "values"]


def values(record: object) -> dict[str, Any]:
    """A record's fields and what they hold, in order; what they hold is not taken apart."""
    return {name: getattr(record, name) for name in vars(type(record))["record_names"]}


def replaced(record: RecordT, **changes: Any) -> RecordT:  # noqa: ANN401 - of any of its fields
    """A record with other values in some of its fields."""
    return type(record)(**{**values(record), **changes})


class _Factory:
    def __init__(self, make: Callable[[], object]) -> None:
        self.make = make


class _Described:
    """What `dataclasses` goes by, made when it is asked for."""

    def __get__(self, instance: object, owner: Any) -> Mapping[str, Any]:  # noqa: ANN401 - any record's class
        import dataclasses

        def described(name: str) -> Any:  # noqa: ANN401 - dataclasses says so
            default = owner.record_defaults.get(name, dataclasses.MISSING)
            made = {"default_factory": default.make} if isinstance(default, _Factory) else {"default": default}
            return dataclasses.field(**made)

        own = [(name, Any, described(name)) for name in owner.record_names]
        made: Any = dataclasses.make_dataclass(owner.__name__, own, kw_only=True)
        found: Mapping[str, Any] = made.__dataclass_fields__
        owner.__dataclass_fields__ = found
        return found


class _Record:
    """What all records do alike."""

    __slots__ = ()
    record_names: ClassVar[tuple[str, ...]] = ()
    record_defaults: ClassVar[Mapping[str, Any]] = {}
    record_values: ClassVar[attrgetter[Any]]

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        values = type(self).record_values
        return bool(values(self) == values(other))

    def __hash__(self) -> int:
        return hash(type(self).record_values(self))

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.record_names)
        return f"{type(self).__qualname__}({told})"

    def __setattr__(self, name: str, value: object) -> None:
        self.__delattr__(name)

    def __delattr__(self, name: str) -> None:
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot change field '{name}'")

    def __getstate__(self) -> list[Any]:
        return [getattr(self, name) for name in self.record_names]

    def __setstate__(self, state: list[Any]) -> None:
        for name, value in zip(self.record_names, state, strict=True):
            object.__setattr__(self, name, value)


def _made(cls: type, *, kw_only: bool) -> type:
    content = {name: value for name, value in vars(cls).items() if name not in {"__dict__", "__weakref__"}}
    inherited = next((base for base in cls.__bases__ if issubclass(base, _Record)), _Record)
    own = [name for name, kind in content.get("__annotations__", {}).items() if not str(kind).startswith("ClassVar")]
    defaults = {**inherited.record_defaults, **{name: content.pop(name) for name in own if name in content}}
    names = tuple(dict.fromkeys((*inherited.record_names, *own)))
    content |= {
        "__slots__": tuple(name for name in own if name not in inherited.record_names),
        "__init__": _compiled_later(names, defaults, kw_only=kw_only),
        "record_names": names,
        "record_defaults": defaults,
        "record_values": attrgetter(*names),
        "__dataclass_fields__": _Described(),
    }
    bases = tuple(base for base in cls.__bases__ if base is not object)
    return type(cls)(cls.__name__, bases if inherited is not _Record else (*bases, _Record), content)


def _compiled_later(names: tuple[str, ...], defaults: Mapping[str, Any], *, kw_only: bool) -> Callable[..., None]:
    """An __init__ that is compiled when the first instance is made: a build makes instances of half of its records."""

    def __init__(self: _Record, *args: object, **kwargs: object) -> None:  # noqa: N807 - it is one
        owner = next(cls for cls in type(self).__mro__ if vars(cls).get("__init__") is __init__)
        compiled = _initialiser(names, defaults, kw_only=kw_only)
        type.__setattr__(owner, "__init__", compiled)
        compiled(self, *args, **kwargs)

    return __init__


def _initialiser(names: tuple[str, ...], defaults: Mapping[str, Any], *, kw_only: bool) -> Callable[..., None]:
    asked = [f"{name}=_default_{name}" if name in defaults else name for name in names]
    lines = [
        f"_set(self, {name!r}, _default_{name}.make() if {name} is _default_{name} else {name})"
        if isinstance(defaults.get(name), _Factory)
        else f"_set(self, {name!r}, {name})"
        for name in names
    ]
    known: dict[str, Any] = {f"_default_{name}": value for name, value in defaults.items()}
    known["_set"] = object.__setattr__
    code = f"def __init__(self, {'*, ' if kw_only else ''}{', '.join(asked)}):\n " + "\n ".join(lines)
    exec(code, known)  # noqa: S102 - names of fields, which stand in our own source
    made: Callable[..., None] = known["__init__"]
    return made
