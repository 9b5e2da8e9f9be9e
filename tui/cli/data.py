"""`cnn-tui data`: what is known of folders of images, and what is kept of them."""

from __future__ import annotations

import time

import click

from tui.cli.lazy import LazyCommands
from tui.common.paths import StateError
from tui.common.text import clean, size_text
from tui.datasets.cache import BUDGET_VARIABLE, NoRoomError, budget, clear, kept_arrays


@click.group(commands=LazyCommands({"check": "data_check:check", "get": "data_get:get"}))
def data() -> None:
    """Look at folders of images, and at what is kept of them."""


@data.command()
@click.option("--clear", "clearing", is_flag=True, help="Take all of it away.")
def cache(clearing: bool) -> None:
    """List the decoded images that are kept, the ones used last first.

    They are made again when a training needs them. A training that uses some keeps them until it
    ends.
    """
    try:
        if clearing:
            click.echo(f"Freed {size_text(clear())}.")
            return
        arrays, allowed = kept_arrays(), budget()
    except (StateError, NoRoomError) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(
            f"Cannot take {clean(error.filename)} away: {error.strerror}. Change its permissions."
        ) from error
    for array in arrays:
        images, height, width, channels = array.facts.shape
        used = time.strftime("%Y-%m-%d %H:%M", time.localtime(array.used))
        click.echo(
            f"{size_text(array.bytes):>8}  {used}  {images:>7,} images of "
            f"{width}×{height}×{channels}  {array.facts.directory}"
        )
    taken = size_text(sum(array.bytes for array in arrays))
    click.echo(
        f"{taken} of at most {size_text(allowed)} (set {BUDGET_VARIABLE} to other gigabytes)."
        if arrays
        else "No decoded images are kept yet: the first training of a folder makes them."
    )
