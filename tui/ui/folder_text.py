"""A folder of images as text."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tui.common.text import clean
from tui.datasets import Finding, FolderSummary, ImageSizes
from tui.datasets.folder.folder_summary import Reading

_SIGNS = {"error": ("✗", "$text-error"), "warning": ("!", "$text-warning"), "note": ("·", "")}
_MEANT: dict[Reading, str] = {
    "halves": "reads them as parts of one set",
    "names": "trains by the names of the images",
    "table": "trains by the table",
}
MOST_CLASSES = 30


def finding_line(finding: Finding) -> Content:
    """Return a finding with its sign."""
    sign, style = _SIGNS[finding.severity]
    return Content.assemble((f"{sign} {finding.sentence}", style))


def findings_text(summary: FolderSummary) -> Content:
    """Return the findings on a folder, worst first, and the keys that help."""
    lines = [finding_line(finding) for finding in summary.findings]
    keys = reading_keys(
        summary.readings, suggested=any(finding.suggestion for finding in summary.findings)
    )
    lines += [Content.styled(f"  {key} {words}", "$text-accent") for key, words in keys]
    return Content("\n").join(lines)


def reading_keys(readings: Sequence[Reading], *, suggested: bool) -> list[tuple[str, str]]:
    """Return the keys that decide how a folder is read, each with what it does.

    Args:
        readings: other ways to read the folder, the most likely first.
        suggested: whether another folder was probably meant.

    >>> reading_keys(("names", "folders"), suggested=False)[1]
    ('f', 'takes each folder as a class')
    """
    keys = []
    if suggested:
        keys.append(("i", "chooses the folder that was probably meant"))
    elif readings and readings[0] in _MEANT:
        keys.append(("i", _MEANT[readings[0]]))
    if "folders" in readings:
        keys.append(("f", "takes each folder as a class"))
    return keys


def suggested_reading(summary: FolderSummary) -> Reading | None:
    """Return the reading that was probably meant; None if the layout leaves nothing open."""
    first = summary.readings[:1]
    return first[0] if first and first[0] in _MEANT else None


def folder_summary_text(summary: FolderSummary, sizes: ImageSizes | None, width: int) -> Content:
    """Return the classes of a folder with bars, and the sizes of its images."""
    if summary.readings and not summary.trainable:
        return Content("")  # the classes are not known yet
    lines: list[Content] = []
    split = summary.validation_directory is not None
    count = f"{summary.training_images:,} images in {len(summary.classes)} classes"
    if split:
        count = (
            f"{summary.training_images:,} training and {summary.validation_images:,} validation "
            f"images in {len(summary.classes)} classes"
        )
    lines.append(Content.styled(count, "bold"))
    most = max((one.images for one in summary.classes), default=1) or 1
    names = [clean(one.name, 20) for one in summary.classes[:MOST_CLASSES]]
    column = max((len(name) for name in names), default=0)
    counts = [
        f"{one.images:,}"
        + (f" + {one.validation_images:,}" if one.validation_images is not None else "")
        for one in summary.classes[:MOST_CLASSES]
    ]
    room = max(width - column - max([17, *map(len, counts)]) - 3, 1)
    for name, one, counted in zip(names, summary.classes, counts, strict=False):
        bar = "█" * max(round(one.images / most * room), 1 if one.images else 0)
        lines.append(Content.assemble(f"{name:<{column}}  ", (bar, "$primary"), f" {counted}"))
    if len(summary.classes) > MOST_CLASSES:
        lines.append(Content(f"… and {len(summary.classes) - MOST_CLASSES} more classes"))
    if sizes is not None and sizes.sampled and sizes.smallest and sizes.largest:
        named = [("grey" if mode == "L" else mode, count) for mode, count in sizes.modes]
        modes = ", ".join(
            name if count == sizes.sampled else f"{count} {name}" for name, count in named
        )
        small = "×".join(map(str, sizes.smallest))
        large = "×".join(map(str, sizes.largest))
        span = f"{small} pixels" if small == large else f"{small} to {large} pixels"
        lines += [Content(""), Content(f"{span}, {modes} ({sizes.sampled} images sampled)")]
    return Content("\n").join(lines)
