"""The documents name files, modules and folders that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def is_there(path: str) -> bool:
    """Return whether a path leads somewhere from the top or from `tui/`; or a name alone does."""
    if "/" not in path.rstrip("/"):
        return any((ROOT / top).rglob(path.rstrip("/")) for top in ("tui", "tests", "benchmarks"))
    return (ROOT / path).exists() or (ROOT / "tui" / path).exists()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_names_is_there(document: Path) -> None:
    text = document.read_text()
    named = re.findall(r"`([\w./-]+\.py|[\w-]+(?:/[\w-]+)+/)`", text)
    modules = [one.replace(".", "/") for one in re.findall(r"python -m (tui[.\w]*)", text)]
    links = [one for one in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in one]
    missing = [path for path in named if not is_there(path)]
    missing += [path for path in modules if not (is_there(f"{path}.py") or is_there(path))]
    missing += [link for link in links if not (document.parent / link).exists()]
    assert not missing


def test_the_tree_has_every_folder_of_the_source() -> None:
    _, tree, _ = (ROOT / "CONTRIBUTING.md").read_text().split("```", 2)
    folders = [one for one in (ROOT / "tui").rglob("*/") if any(one.glob("*.py"))]
    missing = [one.name for one in folders if not re.search(rf"\b{one.name}/", tree)]
    assert len(folders) > 50 and not missing
