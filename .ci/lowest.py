"""Print the constraints with which pip installs the lowest versions that pyproject.toml allows.

What pyproject.toml names is held at its lower bound; everything else, which comes along with it, is
as in constraints.txt. So nothing but the lower bounds differs from what is tested otherwise.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
_BOUND = re.compile(r"([\w.-]+)(?:\[[\w,-]+\])?>=([\w.]+)(?:,<[\w.]+)?(?: *;.*)?")


def lowest(root: Path = ROOT) -> dict[str, str]:
    """Return the version of each package, by its normalized name.

    Args:
        root: the folder of pyproject.toml and constraints.txt.
    """
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = (line.split("==") for line in lines if "==" in line and not line.startswith("#"))
    found = {normal(name): version for name, version in pinned}
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    for wanted in [*project["dependencies"], *(one for extra in extras for one in extra)]:
        bound = _BOUND.fullmatch(wanted)
        if bound is not None:
            found[normal(bound[1])] = bound[2]
    return found


def normal(name: str) -> str:
    """Return a package's name as the index of packages writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    for name, version in lowest().items():
        print(f"{name}=={version}")
