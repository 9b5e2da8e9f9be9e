"""`cnn-tui train`: a training from the shell, with lines that suit a log file."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import get_args

import click
import msgspec

from tui.datasets import (
    SAMPLES,
    ClassMode,
    ColorMode,
    FolderError,
    LoaderSettings,
    describe,
    remember_folder,
    suggest_settings,
)
from tui.paths import StateError
from tui.text import clean
from tui.training.eventlog import encode
from tui.training.events import Event, Failed
from tui.training.follow import RunFollower
from tui.training.launch import Launcher
from tui.training.recipe import make_spec
from tui.training.report import log_lines
from tui.training.runs import RunError, create_run
from tui.training.spec import LOADERS, Loader, SpecError, StopRule, TrainingSpec


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--sample", help=f"Train on a built-in set: {', '.join(SAMPLES)}.")
@click.option("--model", help="course, digits, or a network such as '28x28x1 flatten dense:k=10'.")
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
@click.option("--json", "as_json", is_flag=True, help="Print the events as JSON lines.")
def train(
    folder: Path | None,
    sample: str | None,
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
    as_json: bool,
) -> None:
    """Train on FOLDER (one sub-folder for each class), or on a --sample.

    The run is saved as it goes and shows in the app as well. Ctrl-C stops after the current
    batch. Exit status: 0 trained, 1 the training failed, 2 wrong usage, 130 stopped.
    """
    name, settings = _chosen(folder, sample)
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
        )
    except (SpecError, msgspec.ValidationError) as error:
        raise click.UsageError(str(error)) from error
    sys.exit(run_training(spec, as_json=as_json))


def _chosen(folder: Path | None, sample: str | None) -> tuple[str, LoaderSettings]:
    """Return the name and the suggested loader of what the user chose."""
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
        summary = describe(folder)
    except (FolderError, StateError) as error:
        raise click.UsageError(str(error)) from error
    for finding in summary.findings:
        if finding.severity == "error":
            raise click.UsageError(finding.sentence)
        click.echo(f"{finding.severity}: {finding.sentence}", err=True)
    if sample is None:
        remember_folder(folder)
    return sample or Path(summary.path).name, suggest_settings(summary)


def _target_size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    parts = text.lower().replace("×", "x").split("x")
    if len(parts) > 2 or not all(part.strip().isdecimal() for part in parts):
        raise click.UsageError(
            f"{clean(text)!r} is no target size. Write 150, or height x width as in 150x100."
        )
    sides = [int(part) for part in parts]
    return sides[0], sides[-1]


def run_training(spec: TrainingSpec, *, as_json: bool = False) -> int:
    """Train a spec and print its lines; Ctrl-C stops it in good order.

    Returns:
        The exit status for the shell.
    """
    try:
        run = create_run(spec)
        Launcher().start(run)
    except StateError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    print(f"run {clean(run.path)}", file=sys.stderr if as_json else sys.stdout, flush=True)
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        if stopping:  # a second Ctrl-C: do not wait for it
            print(f"Leaving; the run stops by itself: {clean(run.path)}", file=sys.stderr)
            os._exit(130)
        stopping = True
        try:
            run.ask_to_stop()
        except RunError as error:
            print(error, file=sys.stderr)

    before = signal.signal(signal.SIGINT, stop)
    try:
        follower = RunFollower(run)
        while not follower.over:
            for event in follower.poll():
                _print(event, as_json)
            time.sleep(0.1)
    except BrokenPipeError:
        # Whoever read our lines went away (`| head`): the run itself goes on.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    finally:
        signal.signal(signal.SIGINT, before)
    if follower.state == "died":
        print(
            f"Training failed: the trainer died at epoch {follower.progress.epochs_done + 1} "
            f"without a word; what it printed is in {clean(run.log)}.",
            file=sys.stderr,
        )
    return {"finished": 0, "stopped": 130}.get(follower.state, 1)


def _print(event: Event, as_json: bool) -> None:
    if as_json:
        print(encode(event).decode(), flush=True)
        return
    for line in log_lines(event):
        print(line, file=sys.stderr if isinstance(event, Failed) else sys.stdout, flush=True)
