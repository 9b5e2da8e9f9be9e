"""Structs as tables of a settings file: which keys there are, which values, and what is wrong.

All of it is derived from the fields of a struct and their types, so a new field is written and read
without a line here. A struct that has a text of its own (`parse` and `str`, as a stop rule) is
written as that text; any other is a table.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Mapping
from typing import Any, Literal, Union, get_args, get_origin

import msgspec

from tui.common.stop_rule import SpecError
from tui.common.text import clean
from tui.geometry.errors import did_you_mean, shown

NONE = "none"
"""A value that is switched off, where that is not the default; TOML has no word for it."""
_LONGEST = 60


class ValueProblem(ValueError):
    """A key or a value that cannot be.

    Args:
        path: the keys that lead to it.
        sentence: what is wrong, and the cure.
    """

    def __init__(self, path: tuple[str, ...], sentence: str) -> None:
        super().__init__(sentence)
        self.path, self.sentence = path, sentence


class Table(dict[str, Any]):
    """Some fields of a struct with their values; those of an inner struct are a `Table` too."""


def as_table(struct: msgspec.Struct) -> dict[str, Any]:
    """Return a struct as a table of plain values.

    None and empty values are left out where they are the default: a reader supplies them.

    >>> from tui.datasets import Augmentation
    >>> as_table(Augmentation(zoom_range=0.2))["zoom_range"]
    0.2
    """
    table: dict[str, Any] = {}
    for field in msgspec.structs.fields(struct):
        value = getattr(struct, field.name)
        default = _default(field)
        if value is None:
            if default is not None:
                table[field.name] = NONE
        elif value == default and not value and isinstance(value, str | tuple | list | dict):
            continue
        elif isinstance(value, msgspec.Struct):
            table[field.name] = str(value) if _has_text(value) else as_table(value)
        else:
            table[field.name] = msgspec.to_builtins(value)
    return table


def read_table(
    kind: type[msgspec.Struct], table: Mapping[str, Any], above: tuple[str, ...] = ()
) -> Table:
    """Return the fields of a struct that a table has, each checked on its own.

    Args:
        kind: the struct's class.
        table: as tomllib reads it.
        above: the keys that lead to it.

    Raises:
        ValueProblem: for the first key that is unknown, or value of another type.
    """
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    found = Table()
    for key, value in table.items():
        path = (*above, key)
        if key not in fields:
            where = f" in [{'.'.join(above)}]" if above else ""
            raise ValueProblem(
                path, f"there is no setting {shown(key)}{where}: {did_you_mean(key, fields)}."
            )
        found[key] = _read(fields[key], value, path)
    return found


def build(kind: type[msgspec.Struct], table: Table, above: tuple[str, ...] = ()) -> Any:
    """Return a struct with the values of a table, and its defaults for the rest.

    Raises:
        ValueProblem: when a value is missing that has no default, or the struct refuses one.
    """
    values = {}
    for field in msgspec.structs.fields(kind):
        if field.name in table:
            value = table[field.name]
            inner = struct_of(field.type)
            if isinstance(value, Table) and inner is not None:
                value = build(inner, value, (*above, field.name))
            values[field.name] = value
        elif field.required:
            table_name = f"[{'.'.join(above)}]" if above else "the file"
            said = f"{table_name} needs {field.name}, and it is missing: {expected(field.type)}."
            raise ValueProblem(above, said)
    return _made(kind, values, list(table), above)


def lay_over(struct: Any, table: Table, above: tuple[str, ...] = ()) -> Any:
    """Return a struct with the values of a table in place of its own.

    Raises:
        ValueProblem: as `build`.
    """
    values = {field.name: getattr(struct, field.name) for field in msgspec.structs.fields(struct)}
    kinds = {field.name: field.type for field in msgspec.structs.fields(struct)}
    for key, value in table.items():
        path, inner = (*above, key), struct_of(kinds[key])
        if not isinstance(value, Table) or inner is None:
            values[key] = value
        elif isinstance(values[key], msgspec.Struct):
            values[key] = lay_over(values[key], value, path)
        else:
            values[key] = build(inner, value, path)
    return _made(type(struct), values, list(table), above)


def _made(
    kind: type[msgspec.Struct], values: dict[str, Any], given: list[str], above: tuple[str, ...]
) -> Any:
    try:
        return kind(**values)
    except ValueError as error:
        said = clean(error, 400)
        raise ValueProblem((*above, *_culprit(kind, values, given, said)), said) from error


def _culprit(
    kind: type[msgspec.Struct], values: dict[str, Any], given: list[str], said: str
) -> tuple[str, ...]:
    """Return the key of the value that a struct refuses; an empty tuple where it is not known.

    It is the last without which there is no error; one that cannot be left out is recognised by its
    value in the message.
    """
    required = {field.name for field in msgspec.structs.fields(kind) if field.required}
    for key in reversed(given):
        if key in required:
            continue
        try:
            kind(**{name: value for name, value in values.items() if name != key})
        except ValueError:
            continue
        return (key,)
    named = [key for key in given if values[key] and repr(values[key]) in said]
    return tuple(named[:1])


def _read(field: msgspec.structs.FieldInfo, value: Any, path: tuple[str, ...]) -> Any:
    kinds = _alternatives(field.type)
    may_be_none = type(None) in kinds
    # None that is the default is left out, so that a text "none" is a text.
    if may_be_none and value == NONE and (str not in kinds or _default(field) is not None):
        return None
    inner = struct_of(field.type)
    if inner is not None and isinstance(value, Mapping):
        return read_table(inner, value, path)
    if inner is not None and isinstance(value, str) and hasattr(inner, "parse"):
        try:
            return inner.parse(value)
        except (SpecError, ValueError) as error:
            raise ValueProblem(path, clean(error, 400)) from error
    try:
        return msgspec.convert(value, field.type)
    except (msgspec.ValidationError, ValueError) as error:
        said = f"{path[-1]} is {shown(value, _LONGEST)}: {expected(field.type)} is needed."
        raise ValueProblem(path, f"{said}{_example(field)}") from error


def _example(field: msgspec.structs.FieldInfo) -> str:
    default = _default(field)
    if default is None or default is msgspec.NODEFAULT or isinstance(default, dict):
        return ""
    if isinstance(default, msgspec.Struct):
        if not _has_text(default):
            return ""
        default = str(default)
    if default == "" or get_origin(field.type) is Literal:
        return ""
    # What JSON writes of a text, a number, a list or true is TOML too.
    text = json.dumps(msgspec.to_builtins(default), ensure_ascii=False)
    return f" Write for example {field.name} = {text}."


def expected(kind: Any) -> str:
    """Return the values of a type in words.

    >>> expected(int | None), expected(tuple[str, ...]), expected(Literal["sgd", "adam"])
    ('a whole number or "none"', 'a list of texts', '"sgd" or "adam"')
    >>> expected(tuple[int, int])
    'a list of 2 whole numbers'
    """
    words = [_expected(one) for one in _alternatives(kind) if one is not type(None)]
    if type(None) in _alternatives(kind) and str not in _alternatives(kind):
        words.append(f'"{NONE}"')
    return " or ".join(words)


_WORDS = {
    int: "a whole number",
    float: "a number",
    str: 'a text in "quotes"',
    bool: "true or false",
}


def _expected(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return " or ".join(f'"{value}"' for value in get_args(kind))
    if get_origin(kind) in (tuple, list):
        parts = [part for part in get_args(kind) if part is not ...]
        many = "" if ... in get_args(kind) or get_origin(kind) is list else f"{len(parts)} "
        plurals = {int: "whole numbers", float: "numbers", str: "texts"}
        return f"a list of {many}{plurals.get(parts[0], 'values')}"
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return "a text" if hasattr(kind, "parse") else "a table"
    return _WORDS.get(kind, "a table" if get_origin(kind) is dict else "another value")


def _alternatives(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)


def struct_of(kind: Any) -> Any:
    """Return the struct that a field holds; None if it holds none, or one of several."""
    found = [
        one
        for one in _alternatives(kind)
        if isinstance(one, type) and issubclass(one, msgspec.Struct)
    ]
    return found[0] if len(found) == 1 else None


def _has_text(value: msgspec.Struct) -> bool:
    """Return whether a value can be read back from its text."""
    parse = getattr(type(value), "parse", None)
    try:
        return parse is not None and bool(parse(str(value)) == value)
    except ValueError:
        return False


def _default(field: msgspec.structs.FieldInfo) -> Any:
    if field.default is not msgspec.NODEFAULT:
        return field.default
    if field.default_factory is not msgspec.NODEFAULT:
        return typing.cast(Any, field.default_factory)()
    return msgspec.NODEFAULT
