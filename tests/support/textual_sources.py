"""What the patches of Textual rely on, and a digest of each piece of its source."""

from __future__ import annotations

import ast
import hashlib
import importlib
import inspect
import textwrap
from operator import attrgetter
from typing import Any


def digest(name: str) -> str:
    """Return a short digest of the source of something of Textual's.

    Args:
        name: such as "textual.app:App._display". Of an attribute that an instance gets, the source
            is all statements of its class that set it.

    Raises:
        LookupError: when there is no such thing any more.
    """
    module_name, _, path = name.partition(":")
    try:
        found: Any = importlib.import_module(module_name)
    except ImportError as error:
        raise LookupError(f"there is no module {module_name}") from error
    try:
        found = attrgetter(path)(found)
        if isinstance(found, property):
            found = found.fget
        source = textwrap.dedent(inspect.getsource(found))
    except AttributeError:
        owner, _, attribute = path.rpartition(".")
        source = _set_by(attrgetter(owner)(found), attribute)
        if not source:
            raise LookupError(f"there is no {path} in {module_name}") from None
    return hashlib.sha256(source.encode()).hexdigest()[:12]


def _set_by(kind: type, attribute: str) -> str:
    """Return the statements of a class that give its instances an attribute."""
    source = textwrap.dedent(inspect.getsource(kind))
    found = []
    for node in ast.walk(ast.parse(source)):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, (ast.AnnAssign, ast.AugAssign)):
            targets = [node.target]
        if any(isinstance(one, ast.Attribute) and one.attr == attribute for one in targets):
            found.append(ast.get_source_segment(source, node) or "")
    return "\n".join(found)
