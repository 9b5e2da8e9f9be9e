"""`cnn-tui look`: look inside a trained network from the shell."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import click

from tui.cli.calculator.calc_graph import print_graph
from tui.cli.complete import complete_file, complete_run
from tui.cli.look.requests import Request, look_for
from tui.cli.runs.named_run import named_run
from tui.common.paths import StateError
from tui.common.text import clean
from tui.geometry import GeometryError
from tui.inspection.choices import available_weights
from tui.inspection.inspector_client import InspectionError
from tui.inspection.requests import OpenFile, OpenRun
from tui.keras_io.network_files import graph_from_file
from tui.keras_io.unsupported_files import error_text
from tui.runs.store.find_runs import find_run
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder


@click.command()
@click.argument("run", shell_complete=complete_run)
@click.option("--weights", help="best (the default where there is one), final, last or epoch-N.")
@click.option("--layer", help="A layer's name, such as conv2d_1.")
@click.option("--image", shell_complete=complete_file, help="The image to look at.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write the image to a .png file, or the matrix of --confusion or the table of --report to "
    "a .csv file.",
)
@click.option("--force", is_flag=True, help="Overwrite the file of --out.")
@click.option(
    "--grad-cam", is_flag=True, help="With --image and --out: draw where the network looked."
)
@click.option(
    "--trace",
    metavar="COLUMN,ROW,CHANNEL",
    help="With --layer and --image: print the products that one value is the sum of. Columns and "
    "rows count from 1, channels from 0; a layer without height and width has only a UNIT.",
)
@click.option("--json", "as_json", is_flag=True, help="With --trace or --report: print JSON.")
@click.option(
    "--confusion",
    is_flag=True,
    help="Predict the validation images and print the confusion matrix. If it is wider than the "
    "terminal, the most confused pairs and the worst classes are listed instead.",
)
@click.option(
    "--report",
    is_flag=True,
    help="Predict the validation images and print precision, recall, F1 and the number of images "
    "of each class, with their means.",
)
@click.option(
    "--predict",
    metavar="PATH",
    help="Predict an image or all images of a folder; with --confusion or --report, a folder of "
    "classes.",
)
@click.option("--run-file", is_flag=True, help="Allow RUN to be a .keras or .h5 file, and run it.")
def look(
    run: str,
    weights: str | None,
    layer: str | None,
    image: str | None,
    out: Path | None,
    force: bool,
    grad_cam: bool,
    trace: str | None,
    as_json: bool,
    confusion: bool,
    report: bool,
    predict: str | None,
    run_file: bool,
) -> None:
    """Look inside the network of RUN: its layers, feature maps and predictions.

    RUN is a run's name (`cnn-tui runs`) or folder, or a file with a network: .keras, .h5, or any
    that cnn-tui calc --from FILE takes. With --layer, --image and --out the layer's channels are
    written as one image; without --out they are described in words; --trace prints what one of
    their values is computed from. The layers of a file from
    elsewhere are shown without running it; it is run only with --run-file, in a separate process
    and in Keras's safe mode. cnn-tui calc --from FILE --steps shows the arithmetic of its layers.

    \b
    For example:
      cnn-tui look digits
      cnn-tui look digits --layer conv2d_1 --image seven.png --out maps.png
      cnn-tui look digits --confusion
      cnn-tui look pets --report --predict ~/pets/test
    """
    if image is None and (layer is not None or grad_cam):
        raise click.UsageError("--layer and --grad-cam need an image: name it with --image.")
    if layer is not None and grad_cam:
        raise click.UsageError("Choose --layer or --grad-cam: each writes one file.")
    if trace is not None and (layer is None or out is not None):
        raise click.UsageError(
            "--trace needs a layer and an image, and prints: give --layer and --image, not --out."
        )
    if as_json and trace is None and not report:
        raise click.UsageError("--json needs --trace or --report, which have that output.")
    if as_json and report and (confusion or image is not None):
        raise click.UsageError("--report --json prints one report: leave the other views out.")
    if out is not None:
        drawn = layer is not None or grad_cam
        if not (drawn or confusion or report):
            raise click.UsageError(
                "--out needs --layer, --grad-cam, --confusion or --report, which say what to write."
            )
        if confusion and report:
            raise click.UsageError("Choose --confusion or --report: --out writes one table.")
        kind = ".png" if drawn else ".csv"
        if out.suffix.lower() != kind:
            raise click.UsageError(f"{clean(out)} is no {kind} file: name one.")
        if out.exists() and not force:
            raise click.ClickException(
                f"{clean(out)} is there already. Name another file, or add --force."
            )
    elif grad_cam:
        raise click.UsageError("--grad-cam draws a picture: name a file with --out.")
    if is_from_elsewhere(run) and weights is not None:
        raise click.UsageError(f"{clean(run)} contains its own weights only: leave out --weights.")
    if predict is not None and not os.path.exists(predict):
        raise click.ClickException(f"There is no {clean(predict)}. Name an image or a folder.")
    if is_from_elsewhere(run) and not (
        run_file or layer or image or confusion or report or predict
    ):
        try:
            graph = graph_from_file(Path(run))
        except GeometryError as error:
            raise click.ClickException(error_text(error)) from error
        raise SystemExit(print_graph(graph, batch=None, as_json=False))
    request = Request(
        what=_opening(run, weights, run_file),
        layer=layer,
        image=image,
        out=out,
        force=force,
        grad_cam=grad_cam,
        trace=trace,
        as_json=as_json,
        confusion=confusion,
        report=report,
        predict=predict,
    )
    try:
        asyncio.run(look_for(request))
    except (InspectionError, StateError) as error:
        raise click.ClickException(str(error)) from error


def is_from_elsewhere(run: str) -> bool:
    """Return whether RUN is a file from elsewhere, or a folder that is no run's."""
    if os.path.isfile(run):
        return True
    return os.path.isdir(run) and not _is_run(run)


def _is_run(path: str) -> bool:
    """Return whether a folder is a run's, or one of a run's own name may be meant."""
    if os.path.exists(os.path.join(path, "spec.json")):
        return True
    try:
        find_run(path, "newest")
    except (RunError, StateError):
        return False
    return True


def _opening(run: str, weights: str | None, run_file: bool) -> OpenRun | OpenFile:
    path = Path(run)
    if is_from_elsewhere(run):
        if not run_file:
            raise click.UsageError(
                f"{clean(run)} is a file that may come from anywhere. Without other options its "
                "layers are shown as data; add --run-file to run it, in a process of its own."
            )
        return OpenFile(path=os.path.abspath(path))
    if (path / "spec.json").is_file():
        folder = RunFolder(path.absolute())
    else:
        folder = named_run(run, "newest")
    if weights is None:  # a run that was stopped in its first epoch has no best ones
        weights = next((name for name, _ in available_weights(folder)), "best")
    return OpenRun(run=str(folder.path), weights=weights)
