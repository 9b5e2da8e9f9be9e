"""All findings about a folder and the settings that read it, worst first."""

from __future__ import annotations

from collections.abc import Iterable

from tui.datasets.doctor.class_diagnoses import (
    about_balance,
    about_left_out,
    about_settings,
    about_split_size,
    about_training_images,
    about_validation_images,
)
from tui.datasets.doctor.diagnosis import Diagnosis
from tui.datasets.doctor.duplicate_diagnoses import about_alike, about_copies
from tui.datasets.doctor.examination import Examination
from tui.datasets.doctor.file_order_diagnoses import about_order
from tui.datasets.doctor.folder_diagnoses import about_folder
from tui.datasets.doctor.image_mode_diagnoses import about_modes
from tui.datasets.doctor.seeded_split import seeded_split
from tui.datasets.doctor.subsets import Members
from tui.datasets.doctor.unreadable_diagnoses import about_files
from tui.datasets.loader.image_counts import Planned
from tui.datasets.loader.loader_settings import LoaderSettings

_SEVERITIES = ("error", "warning", "note")

ORDER = (
    # What spoils the result comes before what only makes a class smaller, and that before what
    # is good to know.
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
"""Every kind, the worst first among those of one severity."""


def diagnose(examination: Examination, settings: LoaderSettings) -> tuple[Diagnosis, ...]:
    """Say what is wrong with a folder and what a training would do about it.

    Quick enough to be asked again after each change of the settings: no file is opened.

    Args:
        examination: what the files show; `examination.fits(settings)` holds.
        settings: how they are to be loaded.

    Returns:
        The findings, worst first.

    Raises:
        ValueError: when other files were looked at than these settings read.
    """
    if not examination.fits(settings):
        raise ValueError(
            f"{examination.directory} was looked at, and the settings read {settings.directory} "
            "or other classes: examine that first."
        )
    members = Members(examination, settings)
    return tuple(sorted(_all(members), key=_rank))


def in_use(examination: Examination, settings: LoaderSettings) -> Planned:
    """Return how many images a training reads: those left out and those unreadable taken away.

    Args:
        examination: what the files show; `examination.fits(settings)` holds.
        settings: how they are to be loaded.
    """
    return Members(examination, settings).counts


def treat(
    diagnosis: Diagnosis, examination: Examination, settings: LoaderSettings
) -> LoaderSettings:
    """Return the settings with a finding's remedy; no file of the user's is touched.

    Args:
        diagnosis: a finding with a remedy.
        examination: what it was found in.
        settings: what it was found with.

    Raises:
        StateError: when the links of a seeded split cannot be written.
        ValueError: when the finding has no remedy.
    """
    if diagnosis.remedy is None:
        raise ValueError(f"There is no remedy for {diagnosis.kind}: look at `sentence`.")
    after = diagnosis.remedy.settings
    return after if after is not None else seeded_split(examination, settings)


def _all(members: Members) -> Iterable[Diagnosis]:
    summary = members.examination.summary
    yield from about_folder(summary)
    open_ = any(finding.suggestion or finding.readings for finding in summary.findings)
    if not summary.trainable and open_:
        return  # another folder was meant: what is true of this one helps nobody
    yield from about_settings(members)
    yield from about_files(members)
    yield from about_left_out(members)
    if not len(members.files):
        return
    yield from about_training_images(members)
    yield from about_validation_images(members)
    yield from about_modes(members)
    yield from about_copies(members)
    yield from about_alike(members)
    yield from about_balance(members)
    yield from about_split_size(members)
    yield from about_order(members)


def _rank(diagnosis: Diagnosis) -> tuple[int, int, int]:
    place = ORDER.index(diagnosis.kind) if diagnosis.kind in ORDER else -1
    return _SEVERITIES.index(diagnosis.severity), place, -diagnosis.count
