"""`cnn-tui data`, `data get` and `data cache`: get images, and see which decoded ones are kept."""

from __future__ import annotations

import shlex
import time
from pathlib import Path

import click

from tui.cli.command import LazyCommands
from tui.cli.complete import complete_set
from tui.cli.data.watch_transfer import run_transfer
from tui.common.paths import StateError
from tui.common.text import clean, size_text
from tui.datasets.cache import (
    BUDGET_VARIABLE,
    NoRoomError,
    cache_budget,
    cached_arrays,
    clear_cache,
)
from tui.datasets.cache.feature_plan import FLOAT_BYTES


@click.group(commands=LazyCommands({"check": "data.check:check"}))
def data() -> None:
    """Get and check folders of images, and list the decoded images in the cache.

    \b
    For example:
      cnn-tui data check photos/
      cnn-tui data get rock-paper-scissors
    """


@data.command()
@click.option("--clear", "clearing", is_flag=True, help="Delete all of them.")
def cache(clearing: bool) -> None:
    """List the decoded images that are kept, most recently used first.

    The outputs of pretrained backbones are among them. A training that needs them decodes the
    images, or calculates the outputs, again. A running training keeps those that it uses
    until it ends.

    \b
    For example:
      cnn-tui data cache
    """
    try:
        if clearing:
            click.echo(f"Freed {size_text(clear_cache())}.")
            return
        arrays, allowed = cached_arrays(), cache_budget()
    except (StateError, NoRoomError) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(
            f"Cannot delete {clean(error.filename)}: {error.strerror}. Change its permissions."
        ) from error
    for array in arrays:
        images, height, width, channels = array.metadata.shape
        used = time.strftime("%Y-%m-%d %H:%M", time.localtime(array.used))
        what = "images of"
        if array.metadata.backbone:
            what = f"outputs of {clean(array.metadata.backbone, 40)},"
            channels //= FLOAT_BYTES
        click.echo(
            f"{size_text(array.bytes):>8}  {used}  {images:>7,} {what} "
            f"{width}×{height}×{channels}  {array.metadata.directory}"
        )
    taken = size_text(sum(array.bytes for array in arrays))
    click.echo(
        f"{taken} of at most {size_text(allowed)} ({BUDGET_VARIABLE} sets the limit in gigabytes)."
        if arrays
        else "No decoded images are kept yet: the first training on a folder decodes them."
    )


@data.command()
@click.argument("what", required=False, metavar="[NAME|URL|FILE]", shell_complete=complete_set)
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Put it into DIR instead of the program's own folder.",
)
@click.option(
    "--inner",
    multiple=True,
    metavar="ARCHIVE",
    help="Unpack this archive inside it; repeat the option for one inside that.",
)
def get(what: str | None, to: Path | None, inner: tuple[str, ...]) -> None:
    """Get a set of images, and print the folder that holds its classes.

    NAME is a sample or a set of the course; without one they are listed. URL is the http or https
    address of a .zip or .tar.gz of class folders, FILE such an archive on disk.

    If an archive contains archives, as those of competitions do, they are listed; --inner chooses
    the one to unpack.

    An interrupted download is kept: the same command resumes it. A set that is already there is
    not downloaded again, and existing files in DIR are never changed.

    \b
    For example:
      cnn-tui data get
      cnn-tui data get rock-paper-scissors
      cnn-tui data get dogs-vs-cats.zip --inner train.zip
    """
    if what is None:
        _list()
        return
    from tui.datasets.getting import Transfer

    transfer = Transfer(what, to, inner)
    run_transfer(transfer)
    if transfer.inner_archives:
        given = " ".join(
            f"--inner {shlex.quote(name)}" for name in (*inner, transfer.inner_archives[-1])
        )
        raise click.ClickException(f"{transfer.error} For example: {clean(given)}.")
    if transfer.result is None:
        raise click.ClickException(transfer.error or "It could not be downloaded.")
    for note in transfer.result.notes:
        click.echo(f"Note: {note}", err=True)
    click.echo(str(transfer.result.folder))


def _list() -> None:
    from tui.datasets import SAMPLES
    from tui.datasets.getting import COURSE_SETS

    click.echo("Available without a download:")
    for sample in SAMPLES.values():
        click.echo(f"  {sample.name:<24} {'':>8}  {sample.sentence}")
    click.echo("\nTo download:")
    for item in COURSE_SETS.values():
        click.echo(f"  {item.name:<24} {size_text(item.size or 0):>8}  {clean(item.sentence)}")
        click.echo(f"  {'':<24} {'':>8}  {clean(item.licence)}")
    click.echo(
        "\nOr an archive of your own: cnn-tui data get pets.zip, cnn-tui data get https://…/pets.zip"
    )
