"""`cnn-tui train`: a training from the shell, with lines that suit a log file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import get_args

import click
import msgspec

from tui.cli.complete import complete_folder, complete_group, complete_model, complete_sample
from tui.cli.data.check import layout_option
from tui.cli.training.asked_training import AskedTraining
from tui.cli.training.chosen_images import chosen_images, tell_left_out
from tui.cli.training.class_weight_option import class_weight_option, class_weights_of
from tui.cli.training.file_options import FileChoices, file_options, tell_files
from tui.cli.training.help_sections import TRAIN_SECTIONS, SectionedCommand
from tui.cli.training.loader_options import LoaderChoices, loader_options
from tui.cli.training.machine_options import check_gpus, check_processes, machine_options, take_part
from tui.cli.training.option_types import AUGMENTATION, TARGET_SIZE, Several, networks
from tui.cli.training.plan import dry_run_option, schedule_option, show_plan
from tui.cli.training.pretrained_options import (
    PretrainedOptions,
    pretrained_options,
    tell_loading,
)
from tui.cli.training.queue_grid import confirm_many, queue_grid
from tui.cli.training.settings_options import (
    command_finding,
    given_settings,
    opened_settings,
    save_settings,
    settings_options,
)
from tui.cli.training.start_training import (
    confirm,
    queue_training,
    refused,
    run_training,
    yes_option,
)
from tui.common.text import clean
from tui.datasets import (
    SAMPLES,
    Augmentation,
    ClassMode,
    ColorMode,
)
from tui.datasets.folder.folder_summary import Reading
from tui.datasets.loader.augmentation_text import EXAMPLE as AUGMENT_EXAMPLE
from tui.runs.process.machines import machines
from tui.runs.process.needs import training_problem
from tui.runs.settings.backbones import BACKBONES
from tui.runs.settings.findings import NetworkRefused
from tui.runs.settings.grid import Grid, grid_specs
from tui.runs.settings.make_spec import MODELS, spec_findings
from tui.runs.settings.spec import (
    LOADERS,
    OPTIMIZERS,
    Loader,
    Optimizer,
    SpecError,
)
from tui.runs.store.run_label import NAME_LIMIT, NOTE_LIMIT

EXAMPLE_MODEL = "28x28x1 flatten dense:k=10,a=softmax"
"""A network for ten classes of grey images of 28×28."""


@click.command(
    cls=SectionedCommand,
    sections=TRAIN_SECTIONS,
    epilog=f"Pretrained networks: {', '.join(BACKBONES)}.",
)
@click.argument(
    "folder", required=False, shell_complete=complete_folder, type=click.Path(path_type=Path)
)
@click.option(
    "--sample",
    shell_complete=complete_sample,
    help=f"Train on a built-in set: {', '.join(SAMPLES)}.",
)
@layout_option
@click.option(
    "--all-images",
    "everything",
    is_flag=True,
    help="Also use the images that were left out of this folder in the app.",
)
@click.option(
    "--model",
    "models",
    multiple=True,
    shell_complete=complete_model,
    help=f"{', '.join(MODELS)}, a network such as '{EXAMPLE_MODEL}', a pretrained one such as "
    "pretrained:MobileNetV2, or a .keras file; may be given several times.",
)
@click.option(
    "--epochs", type=Several(int), default="15", show_default=True, help="At most this many."
)
@click.option(
    "--target-size",
    type=Several(TARGET_SIZE),
    help="Height and width of the loaded images: 150 or 150x100.",
)
@click.option("--batch-size", type=Several(int), help="Images a batch.")
@click.option("--validation-split", type=float, help="Share of each class for validation.")
@click.option("--class-mode", type=click.Choice(get_args(ClassMode)), help="Shape of the labels.")
@click.option(
    "--color-mode", type=Several(click.Choice(get_args(ColorMode))), help="Kind of the images."
)
@click.option(
    "--augment",
    "augmentation",
    type=Several(AUGMENTATION),
    help=f"Change training images at random: none, or settings such as {AUGMENT_EXAMPLE}.",
)
@loader_options
@click.option("--learning-rate", type=Several(float), default="0.001", show_default=True)
@schedule_option
@click.option("--stop-when", default="accuracy>0.997", show_default=True, help="A rule, or never.")
@click.option("--seed", type=Several(int), default="42", show_default=True)
@click.option(
    "--share",
    type=Several(float),
    help="Share of each class's training images: 0.1 is a tenth.",
)
@click.option(
    "--loader",
    type=click.Choice(LOADERS),
    default="cached",
    show_default=True,
    help="cached decodes each file once; keras in every epoch. The batches are the same.",
)
@click.option(
    "--optimizer",
    type=Several(click.Choice(OPTIMIZERS)),
    default=OPTIMIZERS[0],
    show_default=True,
)
@click.option(
    "--patience",
    type=Several(int),
    default="0",
    help="Stop when val_loss has not improved for this many epochs; 0: never.",
)
@class_weight_option
@click.option(
    "--test",
    "test_folder",
    default="",
    metavar="FOLDER",
    help="Judge the images of FOLDER once, at the end, with the best weights; its report is kept "
    "in the run.",
)
@click.option(
    "--gpus",
    default="1",
    show_default=True,
    help="GPUs of this machine that share each batch: a number, or all.",
)
@pretrained_options
@file_options
@machine_options
@click.option("--name", "title", default="", help="What to call the run.")
@click.option(
    "--group", default="", shell_complete=complete_group, help="What to call several runs together."
)
@click.option("--note", default="", help="A line for yourself, shown in the list of runs.")
@click.option(
    "--queue", "queued", is_flag=True, help="Start it once there is a place; return at once."
)
@click.option(
    "--on-end",
    default="",
    metavar="COMMAND",
    help="A shell command to run once when the training has ended, however it did.",
)
@dry_run_option
@settings_options
@yes_option
@click.option("--json", "as_json", is_flag=True, help="Print the events as JSON lines.")
def train(
    folder: Path | None,
    sample: str | None,
    reading: Reading,
    everything: bool,
    models: tuple[str, ...],
    epochs: tuple[int, ...],
    target_size: tuple[tuple[int, int], ...] | None,
    batch_size: tuple[int, ...] | None,
    validation_split: float | None,
    class_mode: str | None,
    color_mode: tuple[str, ...] | None,
    augmentation: tuple[Augmentation, ...] | None,
    loading: LoaderChoices,
    learning_rate: tuple[float, ...],
    schedule: tuple[str, ...],
    stop_when: str,
    seed: tuple[int, ...],
    share: tuple[float, ...] | None,
    loader: Loader,
    optimizer: tuple[Optimizer, ...],
    patience: tuple[int, ...],
    class_weights: tuple[str, ...],
    test_folder: str,
    gpus: str,
    pretrained: PretrainedOptions,
    from_file: FileChoices,
    processes: int | None,
    process_id: int | None,
    coordinator: str | None,
    title: str,
    group: str,
    note: str,
    queued: bool,
    on_end: str,
    dry_run: bool,
    settings_file: Path | None,
    save_settings_to: Path | None,
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
      cnn-tui train pets --class-weight balanced --test pets/test

    --schedule changes the learning rate while it trains: constant, step, cosine or plateau, after a
    warm-up if you like. --dry-run shows its curve, and starts nothing:

    \b
      cnn-tui train pets --schedule 'warmup=2 cosine' --dry-run
      cnn-tui train pets --schedule step:every=5,factor=0.5
      cnn-tui train pets --schedule plateau:patience=3,factor=0.5,min_lr=0.00001

    A network of keras.applications, whose weights are those of ImageNet or your own, learns your
    classes with a small head on it, and stays as it is otherwise; --fine-tune then trains its last
    layers too. Its input size is used where you give none, and its preprocessing always is:

    \b
      cnn-tui train pets --model pretrained:MobileNetV2 --epochs 5
      cnn-tui train pets --model pretrained:VGG16 --weights vgg16_notop.h5 \\
        --head 'globalavg dense:k=64,a=relu dropout:rate=0.5' --fine-tune block5_conv1

    The network of a .keras file (or .h5, of model.save) is trained further, or from new weights.
    The images are loaded as it needs them, and the run keeps a copy of the file:

    \b
      cnn-tui train pets --model net.keras --epochs 5
      cnn-tui train pets --model net.keras --new-weights --optimizer adam
      cnn-tui train pets --model net.keras --as-compiled

    With --queue the run waits in the queue. It starts by itself: on a machine with GPUs when one is
    free, else when no other run is training (`cnn-tui queue` shows and changes that). Exit status:
    0 queued, 1 it could not be queued, 2 wrong usage.

    Several values, separated by commas, make one run for each combination, in the queue:

    \b
      cnn-tui train --sample digits --learning-rate 0.01,0.001 --seed 1,2,3
      cnn-tui runs compare --group digits

    The loader's settings have the names of ImageDataGenerator and flow_from_directory. All settings
    can be kept in a TOML file and taken from there:

    \b
      cnn-tui train pets --rescale 1/127.5 --rotation-range 20 --horizontal-flip \\
        --save-settings pets.toml
      cnn-tui train --settings pets.toml --epochs 30
      cnn-tui train other-pets --settings pets.toml

    Several processes train one run together, on one machine or many, with Keras on JAX. Run the
    same command once for each process and give each its number; `srun` does both by itself:

    \b
      cnn-tui train pets --processes 2 --process-id 0 --coordinator node1:29400
      cnn-tui train pets --processes 2 --process-id 1 --coordinator node1:29400

    Process 0 writes the run; the others take all settings from it, and FOLDER is where the images
    are on their machine. (TensorFlow's MultiWorkerMirroredStrategy does not work with Keras 3.)
    """
    joined = take_part(processes, process_id, coordinator, folder)
    if joined is not None:
        sys.exit(joined)
    if problem := training_problem():
        raise click.ClickException(problem)
    opened = opened_settings(
        settings_file, other_folder=bool(folder or sample), other_network=bool(models)
    )
    given = given_settings(click.get_current_context())
    name, summary, settings = chosen_images(folder, sample, reading, opened, loading)
    if everything:
        settings = msgspec.structs.replace(settings, leave_out=())
    pretrained, models = pretrained.with_file(opened, models)
    given |= pretrained.given(models)
    from_file, models = from_file.with_settings(opened, models)
    given |= from_file.given(models)
    chosen_loading = {*given, *(("data", key) for key in (opened.data if opened else ()))}
    if opened is not None and opened.network is not None and not models:
        models = (opened.network,)
        given.add(("network",))  # read and written again in its one form
    if opened is not None and not group:
        group = opened.table.get("group", "")
    varied: dict[str, tuple[object, ...] | None] = {
        "model": networks(models) or None,
        "epochs": epochs,
        "learning_rate": learning_rate,
        "schedule": schedule,
        "optimizer": optimizer,
        "patience": patience,
        "share": share,
        "seed": seed,
        "batch_size": batch_size,
        "target_size": target_size,
        "color_mode": color_mode,
        "augmentation": augmentation,
    }
    pretrained.check(networks(models))
    from_file.check(networks(models))
    fixed = {"validation_split": validation_split, "class_mode": class_mode}
    same = {key: value for key, value in fixed.items() if value is not None}
    same = {**loading.labels(settings), **same}

    asked = AskedTraining(
        name=name,
        summary=summary,
        settings=settings,
        same=same,
        loading=loading,
        pretrained=pretrained,
        from_file=from_file,
        opened=opened,
        given=frozenset(given),
        chosen_loading=frozenset(chosen_loading),
        stop_when=stop_when,
        loader=loader,
        gpus=gpus,
        test_folder=test_folder,
        title=title,
        on_end=on_end,
    )
    try:
        varied["class_weight"] = tuple(class_weights_of(class_weights, settings.classes)) or None
        grid = Grid({key: values for key, values in varied.items() if values is not None})
        specs = grid_specs(grid, asked.spec, clean(group, NAME_LIMIT).strip())
    except NetworkRefused as error:
        raise refused(error) from error
    except (SpecError, msgspec.ValidationError) as error:
        text = str(error)
        if class_mode == "binary" and len(settings.classes) > 2:
            text += "\nCorrected: --class-mode categorical"
        raise click.UsageError(text) from error
    check_gpus(specs)
    check_processes(specs)
    if specs[0].test_directory and machines() is not None:
        raise click.UsageError(
            "Several processes cannot judge test images: leave out --test, and judge them "
            "afterwards with cnn-tui look RUN --report --predict FOLDER."
        )
    tell_loading(specs)
    tell_files(specs)
    tell_left_out(summary, specs[0].data)
    if len(note) > NOTE_LIMIT:
        raise click.UsageError(f"The note has {len(note)} characters; {NOTE_LIMIT} at most.")
    found = dict.fromkeys(finding for spec in specs for finding in spec_findings(spec))
    if settings_file is not None and specs[0].on_end != on_end.strip():
        found = {command_finding(specs[0].on_end, settings_file): None, **found}
    if dry_run:
        show_plan(specs, found, as_json=as_json)
        save_settings(save_settings_to, specs)
        return
    confirm(found, yes=yes, asks=not as_json)
    save_settings(save_settings_to, specs)
    if len(specs) > 1:
        confirm_many(grid, yes=yes, asks=not as_json)
        if not queued:
            click.echo("note: several runs are put into the queue.", err=True)
        queue_grid(specs, note, grid, new_group=not group, as_json=as_json)
    elif queued:
        queue_training(specs[0], note, as_json=as_json)
    else:
        sys.exit(run_training(specs[0], note, as_json=as_json))
