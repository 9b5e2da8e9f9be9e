"""The settings of a training as a TOML file: written whole, read whole or in part.

The file has the fields of `TrainingSpec` under their names, those of the loader in `[data]`, and a
version. What a file does not name is left to whoever reads it.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from tui.common.safe_files import read_small
from tui.common.stop_rule import SpecError
from tui.common.text import clean
from tui.common.toml_lines import KeyPath, toml_lines
from tui.datasets import Augmentation, LoaderSettings, validate
from tui.geometry import GeometryError, parse_network
from tui.geometry.errors import shown
from tui.runs.settings.spec import TrainingSpec
from tui.runs.settings.struct_tables import (
    Table,
    ValueProblem,
    as_table,
    build,
    lay_over,
    read_table,
    struct_of,
)

VERSION = 1
"""Of the files that are written; a later program reads this one too."""
_VERSION_KEY = "version"
_HEAD = """\
# The settings of a training of cnn-tui. To train with them:
#   cnn-tui train --settings FILE
# Options given beside it win. A line that is left out takes its default.
"""
_OF_THE_FOLDER = ("directory", "classes", "validation_directory", "leave_out")
"""Settings in [data] that say which images, not how they are loaded."""
_OF_THE_NETWORK = ("network", "base", "model_file")
_PATHS: tuple[KeyPath, ...] = (
    ("data", "directory"),
    ("data", "validation_directory"),
    ("base", "weights"),
    ("model_file", "path"),
    ("test_directory",),
)
"""Values that are paths; a relative one begins at the file's folder."""
_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")


class SettingsError(SpecError):
    """A settings file cannot be read, or has something that cannot be."""


def settings_text(spec: TrainingSpec) -> str:
    """Return the settings of a training as TOML, complete: read again they are the same.

    Raises:
        SettingsError: when a name in it is no text that a file can hold.
    """
    import tomli_w

    text = tomli_w.dumps({_VERSION_KEY: VERSION, **as_table(spec)})
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise SettingsError(
            "A name in these settings holds bytes that are not UTF-8, which TOML cannot hold. "
            "Rename the folder or the file."
        ) from error
    return f"{_HEAD}{text}"


@dataclass(frozen=True)
class SettingsFile:
    """The settings that a file names.

    Args:
        path: of the file.
        table: its values, those of `[data]` in a table of their own.
        lines: the line of each key.
    """

    path: Path
    table: Table
    lines: Mapping[KeyPath, int]

    @property
    def data(self) -> Table:
        """What it says about the images."""
        return Table(self.table.get("data", {}))

    @property
    def names_images(self) -> bool:
        """Whether it says where the images are."""
        return "directory" in self.data

    @property
    def network(self) -> str | None:
        """The network in its one-line form; None where the file leaves it open."""
        alone = not any(self.table.get(name) for name in _OF_THE_NETWORK[1:])
        return (self.table.get("network") or None) if alone else None

    def loader(self, suggested: LoaderSettings | None = None) -> LoaderSettings:
        """Return how the images are loaded.

        Args:
            suggested: for what the file leaves open; None: it names the images, and the defaults.

        Raises:
            SettingsError: when it cannot be so.
        """
        data = self.data
        try:
            if suggested is None:
                made: LoaderSettings = build(LoaderSettings, data, ("data",))
            else:
                made = lay_over(suggested, data, ("data",))
        except ValueProblem as problem:
            raise self._error(problem) from problem
        return self.checked(made)

    def spec(self) -> TrainingSpec:
        """Return the whole settings.

        Raises:
            SettingsError: when the file lacks one that has no default, or it cannot be so.
        """
        try:
            made: TrainingSpec = build(TrainingSpec, self.table)
        except ValueProblem as problem:
            raise self._error(problem) from problem
        self.checked(made.data)
        return made

    def over(self, spec: TrainingSpec, given: Collection[KeyPath] = ()) -> TrainingSpec:
        """Return a spec with the settings of the file, except those that were given beside it.

        Args:
            spec: with what was given, and defaults.
            given: the paths of what was given: `("epochs",)`, `("data", "batch_size")`.

        Raises:
            SettingsError: when it cannot be so.
        """
        try:
            made: TrainingSpec = lay_over(spec, without(self.table, given))
        except ValueProblem as problem:
            raise self._error(problem) from problem
        self.checked(made.data)
        return made

    def without_folder(self) -> SettingsFile:
        """Return the same without the images, what names their classes, and the run's name."""
        paths: list[KeyPath] = [("name",), ("test_directory",)]
        paths += [("data", name) for name in _OF_THE_FOLDER]
        if isinstance(self.table.get("class_weight"), Mapping):
            paths.append(("class_weight",))  # of these classes
        return SettingsFile(self.path, without(self.table, paths), self.lines)

    def without_network(self) -> SettingsFile:
        """Return the same without the network and the name of the run, for another network."""
        paths: list[KeyPath] = [("name",), *((name,) for name in _OF_THE_NETWORK)]
        if self.table.get("base"):
            paths.append(("data", "rescale_divisor"))  # 1: a backbone scales the pixels itself
        return SettingsFile(self.path, without(self.table, paths), self.lines)

    def checked(self, data: LoaderSettings) -> LoaderSettings:
        """Return settings of a loader.

        Raises:
            SettingsError: when they cannot be used; with the line, where the file has one.
        """
        for problem in validate(data):
            raise self._error(ValueProblem(data_path(problem.field), problem.sentence))
        return data

    def _error(self, problem: ValueProblem) -> SettingsError:
        return _error(self.path, problem, self.lines)


def data_path(field: str) -> KeyPath:
    """Return the keys of a setting of the loader, or of its augmentation.

    >>> data_path("batch_size"), data_path("zoom_range")
    (('data', 'batch_size'), ('data', 'augmentation', 'zoom_range'))
    """
    if field in Augmentation.__struct_fields__:
        return ("data", "augmentation", field)
    return ("data", field)


def without(table: Table, paths: Collection[KeyPath]) -> Table:
    """Return a table without the values at some paths.

    >>> without(Table(a=1, data=Table(seed=2, b=3)), [("data", "seed"), ("a",)])
    {'data': {'b': 3}}
    """
    left = Table()
    for key, value in table.items():
        if (key,) in paths:
            continue
        if isinstance(value, Table):
            value = without(value, [path[1:] for path in paths if path[0] == key])
        left[key] = value
    return left


def read_settings(path: Path) -> SettingsFile:
    """Read a settings file, and check each of its keys and values (blocking).

    Raises:
        SettingsError: with the line of the first that is wrong, what was read there, and the cure.
    """
    text = _text_of(path)
    try:
        raw = tomllib.loads(text)
    except RecursionError as error:
        raise SettingsError(f"{_name(path)} is nested too deeply to be settings.") from error
    except ValueError as error:  # TOMLDecodeError, and integers of thousands of digits
        raise SettingsError(_not_toml(path, text, error)) from error
    lines = toml_lines(text)
    try:
        _check_version(raw)
        raw.pop(_VERSION_KEY, None)
        table = read_table(TrainingSpec, raw)
        _check_values(table)
    except ValueProblem as problem:
        raise _error(path, problem, lines) from problem
    for *above, key in _PATHS:
        inside = table.get(above[0], {}) if above else table
        place = inside.get(key)
        if place:
            start = path.absolute().parent
            inside[key] = os.path.normpath(start / os.path.expanduser(place))
    return SettingsFile(path, table, lines)


def _check_version(raw: Mapping[str, Any]) -> None:
    version = raw.get(_VERSION_KEY, VERSION)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ValueProblem(
            (_VERSION_KEY,), f"version is {shown(version)}. Write version = {VERSION}."
        )
    if version > VERSION:
        raise ValueProblem(
            (_VERSION_KEY,),
            f"these are settings of version {version}, and this cnn-tui reads up to {VERSION}. "
            "Use a newer cnn-tui, or write the file again with this one.",
        )


def _check_values(table: Table) -> None:
    """Check values as far as that is possible without the images.

    Raises:
        ValueProblem: for the first that cannot be.
    """
    data = table.get("data", Table())
    probe = {"directory": ".", "classes": ("a", "b"), **data}
    loader = build(LoaderSettings, Table(probe), ("data",))
    for problem in validate(loader):
        path = data_path(problem.field)
        if path[-1] in (data if len(path) == 2 else data.get("augmentation", ())):
            raise ValueProblem(path, problem.sentence)
    # Inner tables may depend on the rest, which is checked once it is whole.
    plain = {key: value for key, value in table.items() if not isinstance(value, Table)}
    if "classes" not in data:
        plain.pop("class_weight", None)  # it names classes
    build(TrainingSpec, Table({"name": "", "network": "", **plain, "data": loader}))
    for field in msgspec.structs.fields(TrainingSpec):
        inner = struct_of(field.type)
        if field.name != "data" and isinstance(table.get(field.name), Table) and inner is not None:
            build(inner, table[field.name], (field.name,))
    if table.get("network") and not table.get("base"):  # the head of one is read with it
        try:
            parse_network(table["network"])
        except GeometryError as error:
            raise ValueProblem(("network",), f"the network cannot be: {error.message}") from error


def _text_of(path: Path) -> str:
    try:
        return read_small(path.resolve()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{_name(path)} is not a text in UTF-8. Name a file of settings in TOML."
        ) from error
    except (OSError, RuntimeError) as error:
        reason = clean(getattr(error, "strerror", None) or error, 200)
        raise SettingsError(
            f"{clean(path, 300)} cannot be read: {reason}. Name a file of settings in TOML."
        ) from error


def _not_toml(path: Path, text: str, error: ValueError) -> str:
    found = _AT_LINE.search(str(error))
    reason = clean(_AT_LINE.sub("", str(error)), 200).rstrip(".")
    last = len(text.rstrip().split("\n"))
    line = int(found[1]) if found is not None and found[1] else last
    return (
        f"{_name(path)}, line {line}: this is not TOML: {reason}. A line is a key, =, and a value; "
        'a text stands in "quotes".'
    )


def _error(path: Path, problem: ValueProblem, lines: Mapping[KeyPath, int]) -> SettingsError:
    keys = problem.path
    while keys and keys not in lines:
        keys = keys[:-1]
    line = f", line {lines[keys]}" if keys else ""
    return SettingsError(f"{_name(path)}{line}: {problem.sentence}")


def _name(path: Path) -> str:
    return clean(path.name or path, 100)
