"""All findings about a folder and the settings that read it, worst first."""

from __future__ import annotations

from collections.abc import Iterable

from tui.datasets.doctor.class_diagnoses import (
    diagnose_balance,
    diagnose_left_out,
    diagnose_settings,
    diagnose_split_size,
    diagnose_training_images,
    diagnose_validation_images,
)
from tui.datasets.doctor.diagnosis_types import Diagnosis
from tui.datasets.doctor.duplicate_diagnoses import diagnose_copies, diagnose_similar
from tui.datasets.doctor.examination_result import Examination
from tui.datasets.doctor.file_order_diagnoses import diagnose_file_order
from tui.datasets.doctor.folder_diagnoses import diagnose_folder
from tui.datasets.doctor.image_mode_diagnoses import diagnose_image_modes
from tui.datasets.doctor.seeded_split import seeded_split
from tui.datasets.doctor.subsets import Subsets
from tui.datasets.doctor.unreadable_diagnoses import diagnose_unreadable
from tui.datasets.loader.image_counts import ImageCounts
from tui.datasets.loader.loader_settings import LoaderSettings

_SEVERITIES = ("error", "warning", "note")

ORDER = (
    # First what spoils the result, then what only makes a class smaller, then what is merely
    # good to know.
    *(
        "undecodable_path",
        "halves",
        "names",
        "table",
        "bare_parts",
        "masks",
        "flat",
        "class_folder",
        "look_inside",
        "no_images",
        "single_class",
    ),
    *("undecodable_class", "binary_classes", "no_training_images", "no_validation_images"),
    *("same_inside", "same_names", "names_left"),
    *("copies_split", "copies_across", "alike_split", "order_bias"),
    *(
        "gray16",
        "truncated",
        "damaged",
        "foreign",
        "not_image",
        "empty",
        "bomb",
        "locked",
        "dangling",
    ),
    *("file_loop", "special", "apple_double", "unreadable", "dangling_folder"),
    *("other_pictures", "stray_images", "links_not_followed", "validation_empty"),
    *("validation_missing", "few_images", "validation_extra", "alike_across", "imbalance"),
    *("turned", "huge", "hidden_nested", "empty_class", "link_loop", "control_characters"),
    *("hidden_folders", "no_validation", "copies_within", "alike_within", "alpha", "cmyk"),
    *("palette", "odd_mode", "wrong_ending", "nested", "split_above", "other_folders"),
    *("unlabelled", "test_validates", "label_order", "left_out", "skipped_files"),
    *("halves_read", "names_read", "table_read"),
)
"""Every kind of finding, worst first within each severity."""


def diagnose(examination: Examination, settings: LoaderSettings) -> tuple[Diagnosis, ...]:
    """Return the findings about a folder under given settings.

    Fast enough to call again after each change of the settings: no file is opened.

    Args:
        examination: the examined files; `examination.fits(settings)` must be true.
        settings: how they are loaded.

    Returns:
        The findings, worst first.

    Raises:
        ValueError: if other files were examined than these settings read.
    """
    if not examination.fits(settings):
        raise ValueError(
            f"{examination.directory} was examined, but the settings read {settings.directory} "
            "or other classes: examine that first."
        )
    subsets = Subsets(examination, settings)
    return tuple(sorted(_all_diagnoses(subsets), key=_rank))


def counts_in_use(examination: Examination, settings: LoaderSettings) -> ImageCounts:
    """Return how many images a run reads, without those left out and those unreadable.

    Args:
        examination: the examined files; `examination.fits(settings)` must be true.
        settings: how they are loaded.
    """
    return Subsets(examination, settings).counts


def apply_remedy(
    diagnosis: Diagnosis, examination: Examination, settings: LoaderSettings
) -> LoaderSettings:
    """Return the settings with a finding's remedy; no file of the user's is touched.

    Args:
        diagnosis: a finding with a remedy.
        examination: the examination that it comes from.
        settings: the settings that it was found with.

    Raises:
        StateError: when the links of a seeded split cannot be written.
        ValueError: when the finding has no remedy.
    """
    if diagnosis.remedy is None:
        raise ValueError(f"There is no remedy for {diagnosis.kind}: look at `sentence`.")
    after = diagnosis.remedy.settings
    return after if after is not None else seeded_split(examination, settings)


def _all_diagnoses(subsets: Subsets) -> Iterable[Diagnosis]:
    summary = subsets.examination.summary
    yield from diagnose_folder(summary)
    open_ = any(finding.suggestion or finding.readings for finding in summary.findings)
    if not summary.trainable and open_:
        return  # another folder or reading was meant, so more findings would not help
    yield from diagnose_settings(subsets)
    yield from diagnose_unreadable(subsets)
    yield from diagnose_left_out(subsets)
    if not len(subsets.files):
        return
    yield from diagnose_training_images(subsets)
    yield from diagnose_validation_images(subsets)
    yield from diagnose_image_modes(subsets)
    yield from diagnose_copies(subsets)
    yield from diagnose_similar(subsets)
    yield from diagnose_balance(subsets)
    yield from diagnose_split_size(subsets)
    yield from diagnose_file_order(subsets)


def _rank(diagnosis: Diagnosis) -> tuple[int, int, int]:
    place = ORDER.index(diagnosis.kind) if diagnosis.kind in ORDER else -1
    return _SEVERITIES.index(diagnosis.severity), place, -diagnosis.count
