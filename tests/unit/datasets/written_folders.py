"""Folders of small pictures, and what is found in them."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from tui.datasets import FolderSummary


def write(folder: Path, *names: str) -> None:
    """Write small pictures of these names."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(names):
        colour = (40 * number % 256, len(name) * 9 % 256, 90)
        Image.new("RGB", (8, 6), colour).save(folder / name, format="JPEG")


def classes(folder: Path, *names: str, each: int = 3) -> None:
    for name in names:
        write(folder / name, *(f"{index}.jpg" for index in range(each)))


def kinds(summary: FolderSummary) -> dict[str, str]:
    return {found.kind: found.severity for found in summary.findings}


def counts(summary: FolderSummary) -> dict[str, tuple[int, int | None]]:
    return {one.name: (one.images, one.validation_images) for one in summary.classes}


def error(summary: FolderSummary) -> str:
    (found,) = [one for one in summary.findings if one.severity == "error"]
    return found.sentence
