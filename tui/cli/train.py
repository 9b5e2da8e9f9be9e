"""`cnn-tui train`: a training from the shell, with lines that suit a log file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import get_args

import click
import msgspec

from tui.cli.data_check import layout_option, with_cure
from tui.cli.start_training import confirm, queue_training, refused, run_training, yes_option
from tui.common.paths import StateError
from tui.common.text import clean
from tui.datasets import (
    SAMPLES,
    ClassMode,
    ColorMode,
    FolderError,
    FolderSummary,
    LoaderSettings,
    describe,
    remember_folder,
    suggest_settings,
)
from tui.datasets.folder.folder_summary import Reading, pluralize
from tui.datasets.loader.image_counts import count_images, validation_problem
from tui.runs.process.needs import training_problem
from tui.runs.settings.findings import NetworkRefused
from tui.runs.settings.make_spec import make_spec, spec_findings
from tui.runs.settings.several_gpus import parse_gpus
from tui.runs.settings.spec import LOADERS, OPTIMIZERS, Loader, Optimizer, SpecError, StopRule
from tui.runs.store.run_label import NAME_LIMIT, NOTE_LIMIT

EXAMPLE_MODEL = "28x28x1 flatten dense:k=10,a=softmax"
"""A network for ten classes of grey images of 28×28."""


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--sample", help=f"Train on a built-in set: {', '.join(SAMPLES)}.")
@layout_option
@click.option(
    "--all-images",
    "everything",
    is_flag=True,
    help="Also use the images that were left out of this folder in the app.",
)
@click.option("--model", help=f"course, digits, or a network such as '{EXAMPLE_MODEL}'.")
@click.option("--epochs", type=int, default=15, show_default=True, help="At most this many.")
@click.option("--target-size", help="Height and width of the loaded images: 150 or 150x100.")
@click.option("--batch-size", type=int, help="Images a batch.")
@click.option("--validation-split", type=float, help="Share of each class for validation.")
@click.option("--class-mode", type=click.Choice(get_args(ClassMode)), help="Shape of the labels.")
@click.option("--color-mode", type=click.Choice(get_args(ColorMode)), help="Kind of the images.")
@click.option("--learning-rate", type=float, default=0.001, show_default=True)
@click.option("--stop-when", default="accuracy>0.997", show_default=True, help="A rule, or never.")
@click.option("--seed", type=int, default=42, show_default=True)
@click.option("--share", type=float, help="Share of each class's training images: 0.1 is a tenth.")
@click.option(
    "--loader",
    type=click.Choice(LOADERS),
    default="cached",
    show_default=True,
    help="cached decodes each file once; keras in every epoch. The batches are the same.",
)
@click.option(
    "--optimizer", type=click.Choice(OPTIMIZERS), default=OPTIMIZERS[0], show_default=True
)
@click.option(
    "--patience",
    type=int,
    default=0,
    help="Stop when val_loss has not improved for this many epochs; 0: never.",
)
@click.option(
    "--gpus",
    default="1",
    show_default=True,
    help="GPUs of this machine that share each batch: a number, or all.",
)
@click.option("--name", "title", default="", help="What to call the run.")
@click.option("--note", default="", help="A line for yourself, shown in the list of runs.")
@click.option(
    "--queue", "queued", is_flag=True, help="Start it after the other runs; return at once."
)
@click.option(
    "--on-end",
    default="",
    metavar="COMMAND",
    help="A shell command to run once when the training has ended, however it did.",
)
@yes_option
@click.option("--json", "as_json", is_flag=True, help="Print the events as JSON lines.")
def train(
    folder: Path | None,
    sample: str | None,
    reading: Reading,
    everything: bool,
    model: str | None,
    epochs: int,
    target_size: str | None,
    batch_size: int | None,
    validation_split: float | None,
    class_mode: str | None,
    color_mode: str | None,
    learning_rate: float,
    stop_when: str,
    seed: int,
    share: float | None,
    loader: Loader,
    optimizer: Optimizer,
    patience: int,
    gpus: str,
    title: str,
    note: str,
    queued: bool,
    on_end: str,
    yes: bool,
    as_json: bool,
) -> None:
    """Train on FOLDER (one sub-folder for each class), or on a --sample.

    The run is saved as it goes, and the app shows it too. Ctrl-C stops after the current
    batch. Exit status: 0 trained, 1 the training failed, 2 wrong usage, 130 stopped.

    A network that cannot learn these classes is not trained, and its correction is printed. An
    unusual value, such as a learning rate of 30, is asked about, or needs --yes where nobody can
    answer.

    The command of --on-end finds what became of the run in its environment: CNN_TUI_RUN (the
    folder), CNN_TUI_NAME, CNN_TUI_STATE (finished, stopped, failed or died), CNN_TUI_SENTENCE,
    CNN_TUI_BEST_METRIC, CNN_TUI_BEST, CNN_TUI_BEST_EPOCH and CNN_TUI_EPOCHS. What it prints goes
    into the run's log. After 5 minutes it is ended.

    \b
    For example:
      cnn-tui train --sample digits --epochs 10
      cnn-tui train --sample digits --target-size 28 --epochs 10 \\
        --model '28x28x1 flatten dense:k=10,a=softmax'

    With --queue the run waits in the queue and starts when no other run is training. Exit status:
    0 queued, 1 it could not be queued, 2 wrong usage.
    """
    if problem := training_problem():
        raise click.ClickException(problem)
    name, summary, settings = _chosen(folder, sample, reading)
    if everything:
        settings = msgspec.structs.replace(settings, leave_out=())
    changes: dict[str, object] = {
        "batch_size": batch_size,
        "validation_split": validation_split,
        "class_mode": class_mode,
        "color_mode": color_mode,
        "target_size": _target_size(target_size),
        "seed": seed,
    }
    given = {key: value for key, value in changes.items() if value is not None}
    try:
        changed = msgspec.convert({**msgspec.structs.asdict(settings), **given}, LoaderSettings)
        problem = validation_problem(summary, changed)
        if problem:
            raise SpecError(problem)
        spec = make_spec(
            name,
            changed,
            model=model,
            epochs=epochs,
            learning_rate=learning_rate,
            stop_rule=StopRule.parse(stop_when),
            seed=seed,
            share=1.0 if share is None else share,
            loader=loader,
            optimizer=optimizer,
            patience=patience,
            gpus=parse_gpus(gpus),
            title=clean(title, NAME_LIMIT).strip(),
        )
        spec = msgspec.structs.replace(spec, on_end=on_end.strip())
    except NetworkRefused as error:
        raise refused(error) from error
    except (SpecError, msgspec.ValidationError) as error:
        text = str(error)
        if class_mode == "binary" and len(settings.classes) > 2:
            text += "\nCorrected: --class-mode categorical"
        raise click.UsageError(text) from error
    left = count_images(summary, changed).left_out
    if left:
        click.echo(
            f"note: {pluralize(left, 'image')} left out, as in the app; --all-images uses "
            f"{'it' if left == 1 else 'them'} too.",
            err=True,
        )
    if len(note) > NOTE_LIMIT:
        raise click.UsageError(f"The note has {len(note)} characters; {NOTE_LIMIT} at most.")
    confirm(spec_findings(spec), yes=yes, asks=not as_json)
    if queued:
        sys.exit(queue_training(spec, note, as_json=as_json))
    sys.exit(run_training(spec, note, as_json=as_json))


def _chosen(
    folder: Path | None, sample: str | None, reading: Reading
) -> tuple[str, FolderSummary, LoaderSettings]:
    """Return the name of the folder or sample, its summary, and suggested loader settings."""
    if (folder is None) == (sample is None):
        raise click.UsageError("Name a folder of images, or --sample digits; one of the two.")
    try:
        if sample is not None:
            if sample not in SAMPLES:
                raise click.UsageError(
                    f"There is no sample {clean(sample)!r}. Known are: {', '.join(SAMPLES)}."
                )
            folder = SAMPLES[sample].build()
        assert folder is not None
        summary = describe(folder, reading)
    except (FolderError, StateError) as error:
        meant = f" Did you mean --sample {folder}?" if str(folder) in SAMPLES else ""
        raise click.UsageError(f"{error}{meant}") from error
    for finding in summary.findings:
        if finding.severity == "error":
            raise click.UsageError(with_cure(finding))
        click.echo(f"{finding.severity}: {finding.sentence}", err=True)
    if sample is None:
        remember_folder(folder)
    return sample or Path(summary.path).name, summary, suggest_settings(summary)


def _target_size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    parts = text.lower().replace("×", "x").split("x")
    if len(parts) > 2 or not all(part.strip().isdecimal() for part in parts):
        raise click.UsageError(
            f"{clean(text)!r} is not a target size. Write 150, or height x width as in 150x100."
        )
    sides = [int(part) for part in parts]
    return sides[0], sides[-1]
