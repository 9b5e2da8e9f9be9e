"""A dataset that was checked, and what a remedy makes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from tui.datasets import LoaderSettings, describe
from tui.datasets.doctor import Diagnosis, Examination, diagnose, treat
from tui.ui.services import Dataset


@dataclass(frozen=True)
class Checked:
    """A dataset and what was found in it."""

    dataset: Dataset
    examination: Examination
    found: tuple[Diagnosis, ...]


def treated(chosen: Diagnosis, checked: Checked) -> Checked | Dataset:
    """Apply a remedy (blocking).

    Returns:
        What is found then; only the dataset where other files are read, to be looked at anew.
    """
    settings: LoaderSettings = treat(chosen, checked.examination, checked.dataset.settings)
    if checked.examination.fits(settings):
        dataset = replace(checked.dataset, settings=settings)
        return Checked(dataset, checked.examination, diagnose(checked.examination, settings))
    summary = describe(Path(settings.directory).parent)
    return Dataset(checked.dataset.name, summary, settings)
