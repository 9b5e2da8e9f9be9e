"""What the doctor found: as lines of text, and after a remedy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from textual.content import Content

from tui.datasets import describe
from tui.datasets.doctor import (
    Diagnosis,
    Examination,
    ExaminationProgress,
    apply_remedy,
    counts_in_use,
    diagnose,
)
from tui.datasets.folder.folder_summary import pluralize
from tui.datasets.loader.loader_settings import LoaderSettings
from tui.ui.folder_text import reading_keys
from tui.ui.services import Dataset


@dataclass(frozen=True)
class Checked:
    """A dataset and what was found in it."""

    dataset: Dataset
    examination: Examination
    found: tuple[Diagnosis, ...]


def apply_chosen_remedy(chosen: Diagnosis, checked: Checked) -> Checked | Dataset:
    """Apply a remedy (blocking).

    Returns:
        What is found then; only the dataset where other files are read: they have to be checked.
    """
    settings: LoaderSettings = apply_remedy(chosen, checked.examination, checked.dataset.settings)
    dataset = replace(checked.dataset, settings=settings)
    if chosen.remedy is not None and chosen.remedy.class_weight:
        dataset = replace(dataset, class_weight=chosen.remedy.class_weight)
    if checked.examination.fits(settings):
        return Checked(dataset, checked.examination, diagnose_dataset(checked.examination, dataset))
    return replace(dataset, summary=describe(Path(settings.directory).parent))


def diagnose_dataset(examination: Examination, dataset: Dataset) -> tuple[Diagnosis, ...]:
    """Return what is found in the images of a dataset, as they are loaded and weighted."""
    found = diagnose(examination, dataset.settings)
    if not dataset.class_weight:
        return found
    return tuple(
        replace(one, training=WEIGHTED, remedy=None)
        if one.remedy is not None and one.remedy.class_weight
        else one
        for one in found
    )


WEIGHTED = "Balanced class weights are set in 4 Train, where they can be changed."


_SIGNS = {"error": ("✗", "$text-error"), "warning": ("!", "$text-warning"), "note": ("·", "")}
_BAR = 30
MOST_NAMES = 300
"""Names shown of one finding; more would make scrolling slow, and all can be copied."""


def finding_row(diagnosis: Diagnosis) -> Content:
    """Return one finding for the list; a mark at its end says that there is a remedy."""
    sign, style = _SIGNS[diagnosis.severity]
    mark = (("  r", "bold $text-accent"), " remedy") if diagnosis.remedy else ()
    return Content.assemble((f"{sign} ", style), diagnosis.title, *mark)


def details_text(diagnosis: Diagnosis) -> Content:
    """Return all there is to say about one finding, its names last."""
    sign, style = _SIGNS[diagnosis.severity]
    lines = [
        Content.styled(f"{sign} {diagnosis.severity}: {diagnosis.title}", f"bold {style}".strip()),
        Content(diagnosis.sentence),
        _labelled("Why", diagnosis.why),
        _labelled("Training", diagnosis.training),
    ]
    keys = []
    if diagnosis.remedy is not None:
        keys.append(("r", f"{diagnosis.remedy.text} (files stay)"))
    if diagnosis.pairs:
        keys.append(("s", "side by side"))
    keys += reading_keys(diagnosis.readings, suggested=diagnosis.suggestion is not None)
    if keys:
        key = "bold $text-accent"
        shown = [Content.assemble((name, key), f" {words}") for name, words in keys]
        lines.append(Content("   ").join(shown))
    if diagnosis.names:
        lines.append(Content(""))
        lines += _names(diagnosis)
    return Content("\n").join(lines)


def _labelled(label: str, text: str) -> Content:
    return Content.assemble((f"{label} ", "bold"), text)


def _names(diagnosis: Diagnosis) -> Iterable[Content]:
    for line, _ in zip(diagnosis.lines(), range(MOST_NAMES), strict=False):
        yield Content(line)
    if diagnosis.count > MOST_NAMES:
        yield Content(f"and {diagnosis.count - MOST_NAMES:,} more: y copies all names")


def progress_text(progress: ExaminationProgress | None) -> Content:
    """Return a bar and the number of images that were checked."""
    if progress is None:
        return Content("listing the files …")
    if progress.done == progress.total:
        return Content("comparing the images …")
    filled = _BAR * progress.done // max(progress.total, 1)
    return Content.assemble(
        ("█" * filled, "$primary"),
        ("░" * (_BAR - filled), "$text-muted"),
        f" {progress.done:,} of {progress.total:,} images   escape stops",
    )


def verdict_text(
    examination: Examination, settings: LoaderSettings, found: Sequence[Diagnosis]
) -> Content:
    """Return how many findings there are, whether a training would run, and on how many images."""
    verdict = _verdict(examination, found)
    if found and found[0].severity == "error":
        return verdict
    return Content.assemble(verdict, f"\n{counts_in_use(examination, settings).text}")


def _verdict(examination: Examination, found: Sequence[Diagnosis]) -> Content:
    checked = f"{pluralize(len(examination.files), 'image')} checked"
    if not found:
        return Content.styled(f"✓ {checked}: nothing is wrong", "$text-success")
    numbers = []
    for severity in ("error", "warning", "note"):
        count = sum(one.severity == severity for one in found)
        if count:
            numbers.append(pluralize(count, severity))
    fails = found[0].severity == "error"
    end = ("✗ a training would fail", "$text-error") if fails else "a training would run"
    return Content.assemble(f"{checked}: {', '.join(numbers)}; ", end)
