"""Requests of `cnn-tui look` to the inspector process, and their printed or written results."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.cli.look.trace import print_trace
from tui.common.numbers import figure
from tui.common.streams import json_text
from tui.common.text import clean
from tui.datasets import list_images
from tui.datasets.folder.listing import is_image_name
from tui.inspection.answer_text import (
    evaluation_lines,
    layer_lines,
    matrix_csv,
    prediction_line,
    unit_lines,
    unreadable_lines,
)
from tui.inspection.answers import Opened, Progress
from tui.inspection.inspector_client import InspectorClient
from tui.inspection.kept_evaluation import evaluation_record, keep_validation_report
from tui.inspection.requests import Classify, Evaluate, Explain, LookAt, OpenFile, OpenRun, Prepare
from tui.runs.reports.classification_report import report_of
from tui.runs.reports.report_text import report_csv, report_lines

if TYPE_CHECKING:
    from PIL import Image

_EVERY_CHANNEL = 4096
_WHOLE = 1024
_TOGETHER = 256


@dataclass(frozen=True)
class Request:
    """The options of the command line."""

    what: OpenRun | OpenFile
    layer: str | None
    image: str | None
    out: Path | None
    force: bool
    grad_cam: bool
    trace: str | None
    as_json: bool
    confusion: bool
    report: bool
    predict: str | None


async def look_for(request: Request) -> None:
    """Send the requests to the inspector process, and print or write the results.

    Raises:
        InspectionError: if a request fails.
        ClickException: if a file cannot be read or written.
    """
    async with InspectorClient() as client:
        opened = await client.ask(request.what)
        if opened.note:
            click.echo(clean(opened.note), err=True)
        counted = request.confusion or request.report
        if not (request.layer or request.image or counted or request.predict):
            for line in layer_lines(opened):
                click.echo(line)
        if request.layer is not None and request.image is not None:
            await _layer(client, opened, request, os.path.abspath(request.image))
        elif request.image is not None:
            await _picture(client, opened, request, os.path.abspath(request.image))
        if counted:
            await _evaluation(client, opened, request)
        elif request.predict is not None:
            await _predictions(client, opened, request.predict)


async def _evaluation(client: InspectorClient, opened: Opened, request: Request) -> None:
    """Predict images whose classes are known; print their matrix, their report, or both."""
    folder = os.path.abspath(request.predict) if request.predict else ""
    evaluated = await client.ask(Evaluate(folder=folder, most_mistakes=10), _show_progress)
    if isinstance(request.what, OpenRun) and not folder:
        keep_validation_report(request.what.run, opened, evaluated)
    if request.confusion:
        for line in evaluation_lines(evaluated, _columns()):
            click.echo(line)
    report = report_of(evaluated.classes, evaluated.confusion)
    if request.report and request.as_json:
        click.echo(json_text(json.dumps(evaluation_record(opened, evaluated, folder), indent=2)))
    elif request.report:
        if request.confusion:
            click.echo()
        elif evaluated.note:
            click.echo(evaluated.note)
        for line in report_lines(report, _columns()):
            click.echo(line)
        if not request.confusion:
            for line in unreadable_lines(evaluated):
                click.echo(line)
    if request.out is not None and request.out.suffix.lower() == ".csv":
        table = report_csv(report) if request.report else matrix_csv(evaluated)
        _write(table.encode(), request.out, force=request.force, beside=request.as_json)


async def _layer(client: InspectorClient, opened: Opened, request: Request, image: str) -> None:
    names = [layer.name for layer in opened.layers]
    if request.layer not in names:
        raise click.UsageError(
            f"There is no layer {clean(request.layer, 40)!r}. There are: "
            f"{', '.join(clean(name, 40) for name in names)}."
        )
    position = names.index(request.layer)
    layer = opened.layers[position]
    if request.trace is not None:
        await print_trace(client, opened, position, image, request.trace, as_json=request.as_json)
        return
    tile = _WHOLE if request.out is not None else 1
    maps = await client.ask(
        LookAt(
            picture=image,
            layer=position,
            count=_EVERY_CHANNEL,
            tile_height=tile,
            tile_width=tile,
            order="index",
        )
    )
    size = f"{maps.width}×{maps.height}×{maps.depth}" if layer.spatial else f"{maps.depth:,} values"
    click.echo(f"{clean(layer.name)}  {clean(layer.kind)}  {size}")
    if not layer.spatial:
        for line in unit_lines(maps, opened.classes):
            click.echo(line)
        if request.out is not None:
            raise click.ClickException(
                f"{clean(layer.name)} has no height and width, so there is nothing to draw. "
                "Choose a layer with both."
            )
        return
    if maps.dead:
        are = "is" if maps.dead == 1 else "are"
        click.echo(f"{maps.dead} of {maps.depth} channels {are} dead: one value everywhere.")
    if request.out is None:
        click.echo("channel         least      greatest          mean")
        for channel in maps.channels:
            state = "  dead" if channel.dead else "  saturated" * channel.saturated
            click.echo(
                f"{channel.index:>7}  {figure(channel.least, 6, 12):>12}  "
                f"{figure(channel.greatest, 6, 12):>12}  {figure(channel.mean, 6, 12):>12}{state}"
            )
        return
    from tui.inspection.contact_sheet import maps_sheet

    _write(maps_sheet(maps), request.out, force=request.force)


async def _picture(client: InspectorClient, opened: Opened, request: Request, image: str) -> None:
    if request.grad_cam and request.out is not None:
        from tui.inspection.contact_sheet import heat_sheet

        explained = await client.ask(Explain(picture=image))
        prepared = await client.ask(Prepare(picture=image))
        _write(heat_sheet(prepared, explained), request.out, force=request.force)
        if not explained.greatest:
            click.echo(f"Nothing in {clean(explained.layer)} supports the class: the map is dark.")
    (prediction,) = (await client.ask(Classify(pictures=(image,)))).predictions
    click.echo(prediction_line(prediction, opened.classes))
    if prediction.problem:
        raise click.ClickException("The image cannot be read. Choose another one.")


async def _predictions(client: InspectorClient, opened: Opened, path: str) -> None:
    paths = _images_of(os.path.abspath(path))
    if not paths:
        raise click.ClickException(f"There are no images in {clean(path)}. Name another folder.")
    for first in range(0, len(paths), _TOGETHER):
        asked = Classify(pictures=tuple(paths[first : first + _TOGETHER]))
        for prediction in (await client.ask(asked)).predictions:
            click.echo(prediction_line(prediction, opened.classes))


def _images_of(path: str) -> list[str]:
    """Return one image, or all images in a folder and below it, sorted."""
    if not os.path.isdir(path):
        return [path]
    with os.scandir(path) as entries:
        found = sorted((entry.name, entry.is_dir()) for entry in entries)
    here = [
        os.path.join(path, name) for name, folder in found if not folder and is_image_name(name)
    ]
    inside = [name for name, folder in found if folder and not name.startswith(".")]
    return here + [os.path.join(path, name) for name in list_images(path, inside)]


def _columns() -> int | None:
    """Return the width of the terminal; None if the output goes elsewhere."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def _show_progress(progress: Progress) -> None:
    if sys.stderr.isatty():
        end = "\n" if progress.done == progress.total else ""
        click.echo(f"\r{progress.done:,} of {progress.total:,} images{end}", nl=False, err=True)


def _write(what: Image.Image | bytes, path: Path, *, force: bool, beside: bool = False) -> None:
    """Write an image or a table; never overwrite a file without `force`.

    Args:
        what: the image, or the table as CSV.
        path: of the file.
        force: whether to overwrite it.
        beside: whether to say so on standard error, because the output is JSON.
    """
    try:
        with path.open("wb" if force else "xb") as file:
            if isinstance(what, bytes):
                file.write(what)
            else:
                what.save(file, format="PNG")
    except FileExistsError as error:
        raise click.ClickException(
            f"{clean(path)} is there already. Name another file, or add --force."
        ) from error
    except OSError as error:
        raise click.ClickException(
            f"Cannot write {clean(path)}: {error.strerror or error}. Name another file."
        ) from error
    click.echo(f"written: {clean(path)}", err=beside)
