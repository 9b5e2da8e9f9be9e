"""The learner's own networks, kept by name."""

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
    delete_leftovers(path.parent, "*.new")  # as earlier versions left them
    delete_leftovers(path.parent, "*.new-*")
    replace_file(path, json.dumps(to_dict(network), indent=1).encode(), sync=True)
    return path


def saved_networks() -> dict[str, Network]:
    """Return the networks that were kept, by name; a damaged file is passed over.

    Raises:
        StateError: when the state folder cannot be used.
    """
    found = {}
    for path in sorted(folder_to_read(state_dir(to_read=True) / "networks").glob("*.json")):
        try:
            found[path.stem] = from_dict(json.loads(read_small(path)))
        except (OSError, ValueError, RecursionError):
            continue
    return found


def delete_network(name: str) -> bool:
    """Delete a kept network; False when there is none of that name.

    Raises:
        StateError, OSError: when it cannot be deleted.
    """
    path = _folder() / f"{name}.json"
    if path.parent != _folder():
        return False
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True
