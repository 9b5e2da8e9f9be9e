"""The option `--layout`: how a folder is read where its look leaves that open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from tui.datasets import Finding
from tui.datasets.folder.summary import READINGS, Reading

_MEANING: dict[Reading, str] = {
    "halves": "reads it so",
    "names": "trains by the names of the images",
    "table": "trains by that table",
    "folders": "takes every folder for a class",
}


def layout_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option `--layout`."""
    return click.option(
        "--layout",
        "reading",
        type=click.Choice(READINGS),
        default="auto",
        show_default=True,
        help="Where the classes are: folders (each folder is one), halves (folders in a train and "
        "a validation folder), names (cat.0.jpg, dog.0.jpg), table (a CSV beside the images).",
    )(command)


def with_cure(finding: Finding) -> str:
    """Return what is wrong with a folder, with the option that settles it."""
    if not finding.readings:
        return finding.sentence
    options = [f"--layout {one} {_MEANING[one]}" for one in finding.readings]
    return f"{finding.sentence} {'; '.join(options)}."
