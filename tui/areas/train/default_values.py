"""The images of a training in words, and what is not the default about how they are loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec
from textual.content import Content

from tui.areas.train.train_form import NOT_DEFAULT
from tui.common.text import clean
from tui.datasets.loader.image_counts import count_images
from tui.runs.settings.setting_rows import non_default_loading
from tui.ui.services import Dataset


def changed_loading(dataset: Dataset | None) -> list[str]:
    """Return the settings of a loader that are not the folder's default."""
    if dataset is None or dataset.default is None:
        return []
    return non_default_loading(dataset.settings, dataset.default)


def with_default_loading(dataset: Dataset) -> Dataset:
    """Return a dataset that is loaded by the default; images that are left out stay so."""
    if dataset.default is None:
        return replace(dataset, class_weight="")
    left_out = dataset.settings.leave_out
    default = msgspec.structs.replace(dataset.default, leave_out=left_out)
    return replace(dataset, settings=default, class_weight="")


def dataset_text(dataset: Dataset | None) -> Content:
    """Return the chosen images in four lines."""
    if dataset is None:
        return Content("No images chosen yet: d takes the handwritten digits, o a folder.")
    settings = dataset.settings
    counts = count_images(dataset.summary, settings)
    augmented = bool(settings.augmentation.arguments())
    left_out = len(settings.leave_out)
    return Content.assemble(
        (dataset.name, "bold"),
        f"  {counts.classes_text}\n{counts.short_text}\n{settings.input_volume_text}, ",
        f"batch {settings.batch_size}, {settings.class_mode}\n",
        f"{NOT_DEFAULT} augmented, " if augmented else "no augmentation, ",
        f"{NOT_DEFAULT} {left_out:,} left out" if left_out else "nothing left out",
    )


def defaults_text(fields: Sequence[str], dataset: Dataset) -> Content:
    """Return what is not the default, and the key that sets it back; empty if all is.

    Args:
        fields: the labels of the form's fields that are marked.
        dataset: the images.
    """
    loading, left_out = changed_loading(dataset), len(dataset.settings.leave_out)
    lines = [f"{NOT_DEFAULT} {clean(setting)}" for setting in loading]
    if left_out:
        lines.append(f"{NOT_DEFAULT} left out: {left_out:,} image{'s' * (left_out > 1)}")
    texts = [Content.styled(line, "$text-accent") for line in lines]
    if fields or loading:
        key = ("ctrl+r", "bold $text-accent")
        texts.append(Content.assemble(f"{NOT_DEFAULT} not the default: ", key, " resets"))
    return Content("\n").join([*texts, Content("")] if texts else [])
