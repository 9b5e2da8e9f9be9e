"""The images of `cnn-tui train`: a folder, a sample, or what a settings file names."""

from __future__ import annotations

from pathlib import Path

import click

from tui.cli.data.check import with_cure
from tui.cli.training.loader_options import LoaderChoices
from tui.common.paths import StateError
from tui.common.text import clean
from tui.datasets import (
    SAMPLES,
    FolderError,
    FolderSummary,
    LoaderSettings,
    describe,
    remember_folder,
)
from tui.datasets.folder.folder_summary import Reading, pluralize
from tui.datasets.loader.image_counts import count_images
from tui.runs.settings.settings_file import SettingsFile
from tui.runs.settings.settings_images import folder_of, loading_of
from tui.runs.settings.spec import SpecError


def chosen_images(
    folder: Path | None,
    sample: str | None,
    reading: Reading,
    opened: SettingsFile | None,
    loading: LoaderChoices,
) -> tuple[str, FolderSummary, LoaderSettings]:
    """Return the name of the folder or sample, its summary, and how it is loaded by default."""
    named = opened is not None and opened.names_images
    if (folder is None) == (sample is None) and not (folder is None and named):
        raise click.UsageError("Name a folder of images, or --sample digits; one of the two.")
    try:
        if sample is not None:
            if sample not in SAMPLES:
                raise click.UsageError(
                    f"There is no sample {clean(sample)!r}. Known are: {', '.join(SAMPLES)}."
                )
            folder = SAMPLES[sample].build()
        if folder is not None:
            summary = describe(folder, reading)
        else:
            assert opened is not None
            summary = folder_of(opened)
        summary = loading.summary(summary)
    except (FolderError, StateError, SpecError) as error:
        meant = f" Did you mean --sample {folder}?" if str(folder) in SAMPLES else ""
        raise click.UsageError(f"{error}{meant}") from error
    for finding in summary.findings:
        if finding.severity == "error":
            raise click.UsageError(with_cure(finding))
        click.echo(f"{finding.severity}: {finding.sentence}", err=True)
    if sample is None:
        remember_folder(Path(summary.path))
    try:
        settings = loading_of(opened, summary)
    except SpecError as error:
        raise click.UsageError(str(error)) from error
    return sample or Path(summary.path).name, summary, settings


def tell_left_out(summary: FolderSummary, settings: LoaderSettings) -> None:
    """Print how many images are left out because they were in the app."""
    left = count_images(summary, settings).left_out
    if left:
        click.echo(
            f"note: {pluralize(left, 'image')} left out, as in the app; --all-images uses "
            f"{'it' if left == 1 else 'them'} too.",
            err=True,
        )
