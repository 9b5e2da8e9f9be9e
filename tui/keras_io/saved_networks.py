"""The learner's own networks, saved by name."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tui.common.atomic_write import delete_leftovers, replace_file
from tui.common.paths import folder_to_read, private_folder, state_dir
from tui.common.safe_files import read_small
from tui.geometry import GeometryError, Network, from_dict, to_dict

_NAME = re.compile(r"[\w .\-]{1,40}")


def _folder() -> Path:
    return private_folder(state_dir() / "networks")


def save_network(name: str, network: Network) -> Path:
    """Save a network under a name, replacing one of the same name.

    Args:
        name: letters, digits, spaces, dots and dashes, at most 40.
        network: whether it fits or not.

    Returns:
        The file that was written.

    Raises:
        GeometryError: the name is not allowed.
        StateError, OSError: the file cannot be written.
    """
    name = name.strip()
    if not _NAME.fullmatch(name) or name.startswith("."):
        raise GeometryError(
            f"{name[:60]!r} cannot be the name of a network: take letters, digits, spaces and "
            "dashes, at most 40."
        )
    path = _folder() / f"{name}.json"
    delete_leftovers(path.parent, "*.new")  # as earlier versions left them
    delete_leftovers(path.parent, "*.new-*")
    replace_file(path, json.dumps(to_dict(network), indent=1).encode(), sync=True)
    return path


def saved_networks() -> dict[str, Network]:
    """Return the saved networks by name; damaged files are skipped.

    Raises:
        StateError: the state folder cannot be used.
    """
    found = {}
    for path in sorted(folder_to_read(state_dir(to_read=True) / "networks").glob("*.json")):
        try:
            found[path.stem] = from_dict(json.loads(read_small(path)))
        except (OSError, ValueError, RecursionError):
            continue
    return found


def delete_network(name: str) -> bool:
    """Delete a saved network; False when there is none of that name.

    Raises:
        StateError, OSError: it cannot be deleted.
    """
    path = _folder() / f"{name}.json"
    if path.parent != _folder():
        return False
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True
