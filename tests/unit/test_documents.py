"""The documents name files, modules and folders that are there."""

from __future__ import annotations

import re
import runpy
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


PICTURES = runpy.run_path(str(ROOT / "scripts" / "pictures.py"))


@pytest.mark.parametrize("name", PICTURES["TAKEN"])
def test_a_picture_of_the_documents_is_what_the_app_shows_now(name: str) -> None:
    """The tests of the app hold the snapshots that they are made of."""
    assert (ROOT / "docs" / "pictures" / name).read_text() == PICTURES["picture"](name), (
        "write them anew: python scripts/pictures.py"
    )


def test_a_link_into_a_page_leads_to_a_heading() -> None:
    for document in DOCUMENTS:
        for path, anchor in re.findall(r"\]\(([^)#\s:]*)#([^)\s]+)\)", document.read_text()):
            text = (document.parent / path if path else document).read_text()
            heads = re.findall(r"^#+ (.*)$", text, re.M)
            anchors = [re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads]
            assert anchor in anchors, (document.name, path, anchor)


def test_every_page_is_reached_from_the_readme() -> None:
    reached, todo = set(), [ROOT / "README.md"]
    while todo:
        page = todo.pop()
        if page not in reached:
            reached.add(page)
            links = re.findall(r"\]\(([\w./-]+\.md)[#)]", page.read_text())
            todo += [(page.parent / link).resolve() for link in links]
    assert [page.name for page in DOCUMENTS if page not in reached] == []


def test_the_tree_has_every_folder_of_the_source() -> None:
    _, tree, _ = (ROOT / "CONTRIBUTING.md").read_text().split("```", 2)
    folders = [one for one in (ROOT / "tui").rglob("*/") if any(one.glob("*.py"))]
    missing = [one.name for one in folders if not re.search(rf"\b{one.name}/", tree)]
    assert len(folders) > 50 and not missing
