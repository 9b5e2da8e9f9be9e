"""The learner's own networks, kept by name."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from tui.geometry import GeometryError, Network, from_dict, to_dict
from tui.paths import private_folder, state_dir

_NAME = re.compile(r"[\w .\-]{1,40}")


def _folder() -> Path:
    return private_folder(state_dir() / "networks")


def save_network(name: str, network: Network) -> Path:
    """Keep a network under a name; one of the same name is replaced.

    Args:
        name: letters, digits, spaces, dots and dashes, at most 40.
        network: as it is, fitting or not.

    Returns:
        The file it was written to.

    Raises:
        GeometryError: when the name cannot be one.
        StateError, OSError: when it cannot be written.
    """
    name = name.strip()
    if not _NAME.fullmatch(name) or name.startswith("."):
        raise GeometryError(
            f"{name[:60]!r} is no name for a network: take letters, digits, spaces and dashes, "
            "at most 40."
        )
    path = _folder() / f"{name}.json"
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(to_dict(network), indent=1), encoding="utf-8")
    os.replace(beside, path)
    return path


def saved_networks() -> dict[str, Network]:
    """Return the networks that were kept, by name; a damaged file is passed over.

    Raises:
        StateError: when the state folder cannot be used.
    """
    found = {}
    for path in sorted(_folder().glob("*.json")):
        try:
            found[path.stem] = from_dict(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, RecursionError):
            continue
    return found


def delete_network(name: str) -> bool:
    """Delete a kept network; False when there is none of that name."""
    path = _folder() / f"{name}.json"
    if path.parent != _folder() or not path.exists():
        return False
    path.unlink()
    return True
