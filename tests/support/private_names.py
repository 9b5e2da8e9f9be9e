"""Which private names Textual has, and where a source uses one of them."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

LIBRARIES = ("textual", "textual_image", "rich")
"""Textual, what it draws with, and its widgets for pictures."""

_PRIVATE = re.compile(r"_(?!_)\w+")
_OWN = ("self", "cls")


def is_private(name: str) -> bool:
    """Return whether a name, of a module with dots, has a part that is kept to its owner."""
    return any(_PRIVATE.fullmatch(part) for part in name.split("."))


def defined(tree: ast.AST) -> set[str]:
    """Return the private names that a source defines: functions, classes, own attributes."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif (
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and _is_itself(node.value)
        ):
            names.add(node.attr)
    return {name for name in names if is_private(name)}


@cache
def private_names() -> frozenset[str]:
    """Return every private name that the libraries define anywhere."""
    names: set[str] = set()
    for library in LIBRARIES:
        spec = find_spec(library)
        assert spec is not None and spec.origin is not None
        for file in Path(spec.origin).parent.rglob("*.py"):
            names |= defined(ast.parse(file.read_bytes()))
    return frozenset(names)


def uses(source: str, *, strings: bool = True) -> Iterator[tuple[int, str]]:
    """Yield where a source uses a private name of the libraries, on others than itself.

    That is: in an import, behind a dot, and in a string, as `getattr` takes it. What a class does
    to itself is found by `overrides`.

    Args:
        source: of a file.
        strings: whether to look into strings; without a screen they are about other things.
    """
    tree = ast.parse(source)
    own = defined(tree)
    foreign = _imported_from_elsewhere(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if _of_a_library(alias.name) and is_private(alias.name):
                    yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and _of_a_library(node.module or ""):
            for alias in node.names:
                if is_private(f"{node.module}.{alias.name}"):
                    yield node.lineno, f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Attribute) and node.attr in private_names():
            if not (_is_itself(node.value) or node.attr in own or _root(node.value) in foreign):
                yield node.lineno, node.attr
        elif (
            strings
            and isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node.value in private_names() - own
        ):
            yield node.lineno, repr(node.value)


def overrides(kind: type, left_out: str) -> Iterator[str]:
    """Yield the private names of Textual's that a class uses or defines anew, by itself or a base.

    Args:
        kind: the class.
        left_out: the package whose classes may do so.
    """
    theirs = {name for base in kind.__mro__ if _of_a_library(base.__module__) for name in _of(base)}
    if not theirs:
        return
    for base in kind.__mro__:
        module = base.__module__
        if _of_a_library(module) or module.startswith(left_out) or module == "builtins":
            continue
        for name in sorted(_of(base)):
            # Textual calls `_on_…` as well as `on_…`, and keeps the former to itself.
            if name in theirs or (name.startswith("_on_") and name in _plain_methods(base)):
                yield f"{module}.{base.__qualname__}: {name}"


@cache
def _of(kind: type) -> frozenset[str]:
    """Return the private names that a class defines, or uses of itself."""
    tree = _source(kind)
    if tree is None:
        return frozenset()
    found = set()
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found.update(one.id for one in targets if isinstance(one, ast.Name))
    for inner in ast.walk(tree):
        if isinstance(inner, ast.Attribute) and _is_itself(inner.value):
            found.add(inner.attr)
    return frozenset(name for name in found if is_private(name))


def _source(kind: type) -> ast.ClassDef | None:
    """Return a class as it is written; None where it is made by C, or at run time."""
    try:
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    except (OSError, TypeError):
        return None
    return tree if isinstance(tree, ast.ClassDef) else None


def _plain_methods(kind: type) -> set[str]:
    tree = _source(kind)
    parts = tree.body if tree is not None else []
    methods = [one for one in parts if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return {one.name for one in methods if not one.decorator_list}


def _of_a_library(module: str) -> bool:
    return module.partition(".")[0] in LIBRARIES


def _is_itself(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "super"
    return isinstance(node, ast.Name) and node.id in _OWN


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _imported_from_elsewhere(tree: ast.AST) -> set[str]:
    """Return the names of modules that are imported and none of the libraries."""
    return {
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if not _of_a_library(alias.name)
    }
