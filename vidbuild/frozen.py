"""A substitute for frozen dataclasses, for the modules that every build imports.

`dataclasses` compiles several methods for each class, half a millisecond in all; with the sixty classes of a null build
that was a quarter of its time. Here one method is compiled for each class, with its first instance. `fields`,
`replace` and `asdict` of `dataclasses` work on these classes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

if TYPE_CHECKING:
    from dataclasses import dataclass, field
else:

    def dataclass(*, frozen: bool, slots: bool, kw_only: bool = False) -> Callable[[type], type]:
        """Make a class a record, as dataclasses.dataclass does; records are always frozen and have slots."""
        if not (frozen and slots):
            raise TypeError("a record must have frozen=True and slots=True")
        return lambda cls: _record_class(cls, kw_only=kw_only)

    def field(*, default_factory: Callable[[], object]) -> object:
        """Declare a default that is made for each instance, as dataclasses.field does."""
        return _Factory(default_factory)


RecordT = TypeVar("RecordT")

__all__ = ["changed_values", "dataclass", "defaults", "field", "names", "replaced", "values"]


def names(record_class: type) -> tuple[str, ...]:
    """Return the names of a record class's fields, in order."""
    found: tuple[str, ...] = vars(record_class)["record_names"]
    return found


def defaults(record_class: type) -> Mapping[str, Any]:
    """Return the defaults of a record class's fields that have one."""
    found: Mapping[str, Any] = vars(record_class)["record_defaults"]
    return found


def values(record: object) -> dict[str, Any]:
    """Return a record's fields and their values, in order; unlike asdict, it leaves the values as they are."""
    return {name: getattr(record, name) for name in vars(type(record))["record_names"]}


def changed_values(record: object) -> dict[str, Any]:
    """Return the fields that differ from their default, or have none, and their values, in order."""
    plain_values = defaults(type(record)).items()
    made = {name: plain.make() if isinstance(plain, _Factory) else plain for name, plain in plain_values}
    return {name: value for name, value in values(record).items() if name not in made or value != made[name]}


def replaced(record: RecordT, **changes: Any) -> RecordT:  # noqa: ANN401 - of any of its fields
    """Return a copy of a record with other values in some of its fields."""
    return type(record)(**{**values(record), **changes})


class _Factory:
    def __init__(self, make: Callable[[], object]) -> None:
        self.make = make


class _DataclassFields:
    """The attribute that `dataclasses` reads, made when it is first read."""

    def __get__(self, instance: object, owner: Any) -> Mapping[str, Any]:  # noqa: ANN401 - any record's class
        import dataclasses

        def field_of(name: str) -> Any:  # noqa: ANN401 - dataclasses.field is typed as any default
            default = owner.record_defaults.get(name, dataclasses.MISSING)
            options = {"default_factory": default.make} if isinstance(default, _Factory) else {"default": default}
            return dataclasses.field(**options)

        own = [(name, Any, field_of(name)) for name in owner.record_names]
        equivalent: Any = dataclasses.make_dataclass(owner.__name__, own, kw_only=True)
        described: Mapping[str, Any] = equivalent.__dataclass_fields__
        owner.__dataclass_fields__ = described
        return described


class _Record:
    """The methods that all records share."""

    __slots__ = ()
    __match_args__: ClassVar[tuple[str, ...]] = ()
    record_names: ClassVar[tuple[str, ...]] = ()
    record_defaults: ClassVar[Mapping[str, Any]] = {}
    record_values: ClassVar[Callable[[Any], Any]]

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        values = type(self).record_values
        return bool(values(self) == values(other))

    def __hash__(self) -> int:
        return hash(type(self).record_values(self))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.record_names)
        return f"{type(self).__qualname__}({shown})"

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


def _record_class(cls: type, *, kw_only: bool) -> type:
    """Return a record class with a class's fields and methods."""
    content = {name: value for name, value in vars(cls).items() if name not in {"__dict__", "__weakref__"}}
    inherited = next((base for base in cls.__bases__ if issubclass(base, _Record)), _Record)
    own = [name for name, kind in content.get("__annotations__", {}).items() if not str(kind).startswith("ClassVar")]
    defaults = {**inherited.record_defaults, **{name: content.pop(name) for name in own if name in content}}
    names = tuple(dict.fromkeys((*inherited.record_names, *own)))
    content |= {
        "__slots__": tuple(name for name in own if name not in inherited.record_names),
        "__init__": _compiled_later(names, defaults, kw_only=kw_only),
        "__match_args__": tuple(dict.fromkeys((*inherited.__match_args__, *(() if kw_only else own)))),
        "record_names": names,
        "record_defaults": defaults,
        "record_values": attrgetter(*names),
        "__dataclass_fields__": _DataclassFields(),
    }
    bases = tuple(base for base in cls.__bases__ if base is not object)
    return type(cls)(cls.__name__, bases if inherited is not _Record else (*bases, _Record), content)


def _compiled_later(names: tuple[str, ...], defaults: Mapping[str, Any], *, kw_only: bool) -> Callable[..., None]:
    """Return an __init__ that is compiled with the first instance: a build makes instances of half of its records."""

    def __init__(self: _Record, *args: object, **kwargs: object) -> None:  # noqa: N807 - it becomes a method
        compiled = _compiled(names, defaults, kw_only=kw_only)
        for owner in type(self).__mro__:
            if vars(owner).get("__init__") is __init__:  # else another thread, which came here too, has replaced it
                type.__setattr__(owner, "__init__", compiled)
        compiled(self, *args, **kwargs)

    return __init__


def _compiled(names: tuple[str, ...], defaults: Mapping[str, Any], *, kw_only: bool) -> Callable[..., None]:
    """Return the compiled __init__ of a record class."""
    parameters = [f"{name}=_default_{name}" if name in defaults else name for name in names]
    lines = [
        f"_set(self, {name!r}, _default_{name}.make() if {name} is _default_{name} else {name})"
        if isinstance(defaults.get(name), _Factory)
        else f"_set(self, {name!r}, {name})"
        for name in names
    ]
    namespace: dict[str, Any] = {f"_default_{name}": value for name, value in defaults.items()}
    namespace["_set"] = object.__setattr__
    code = f"def __init__(self, {'*, ' if kw_only else ''}{', '.join(parameters)}):\n " + "\n ".join(lines)
    exec(code, namespace)  # noqa: S102 - the code has only names of fields, which are in our own source
    init: Callable[..., None] = namespace["__init__"]
    return init
