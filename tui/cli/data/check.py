"""`cnn-tui data check`: what is wrong with a folder of images, worst first."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click
import msgspec

from tui.cli.complete import complete_folder
from tui.common.streams import json_text
from tui.common.text import clean
from tui.datasets import ClassMode, ColorMode, Finding, FolderError, LoaderSettings, describe
from tui.datasets import suggest_settings as suggested
from tui.datasets.folder.folder_summary import READINGS, Reading, pluralize
from tui.runs.export.run_formatting import duration

if TYPE_CHECKING:
    from tui.datasets.doctor import Diagnosis, Examination, ExaminationProgress
    from tui.datasets.loader.image_counts import ImageCounts

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


_SHOWN = 5
_COLUMN = 11
_WIDEST = 100


@click.command()
@click.argument("folder", shell_complete=complete_folder, type=click.Path(path_type=Path))
@layout_option
@click.option("--class-mode", type=click.Choice(get_args(ClassMode)), help="Shape of the labels.")
@click.option("--color-mode", type=click.Choice(get_args(ColorMode)), help="Kind of the images.")
@click.option("--validation-split", type=float, help="Share of each class for validation.")
@click.option("--all", "every", is_flag=True, help=f"Print every name, not the first {_SHOWN}.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with every name.")
def check(
    folder: Path,
    reading: Reading,
    class_mode: str | None,
    color_mode: str | None,
    validation_split: float | None,
    every: bool,
    as_json: bool,
) -> None:
    """Look at every image in FOLDER and say what is wrong, worst first.

    Nothing in FOLDER is changed. A second look opens only the files that have changed.

    Exit status: 0 a training would run, 1 it would fail, 2 FOLDER cannot be read, 130 stopped.

    \b
    For example:
      cnn-tui data check photos/
      cnn-tui data check dogs/ --layout names
    """
    given = {
        "class_mode": class_mode,
        "color_mode": color_mode,
        "validation_split": validation_split,
    }
    try:
        summary = describe(folder, reading)
        settings = suggested(summary)
    except FolderError as error:
        raise click.UsageError(str(error)) from error
    changed = {name: value for name, value in given.items() if value is not None}
    settings = msgspec.convert({**msgspec.structs.asdict(settings), **changed}, LoaderSettings)

    from tui.datasets.doctor import counts_in_use, diagnose, examine

    show = _Progress()
    try:
        examination = examine(summary, settings, progress=show)
    except KeyboardInterrupt:
        show.end()
        click.echo("Stopped. What was read is known next time.", err=True)
        sys.exit(130)
    show.end()
    found, counts = diagnose(examination, settings), counts_in_use(examination, settings)
    if as_json:
        for piece in _json(_record(examination, counts, found)):
            click.echo(json_text(piece), nl=False)
        click.echo()
    else:
        for line in _report(examination, counts, found, None if every else _SHOWN):
            click.echo(line)
    sys.exit(1 if _fails(found) else 0)


class _Progress:
    """One line on standard error that counts, where that is a terminal."""

    def __init__(self) -> None:
        self._shown = False

    def __call__(self, progress: ExaminationProgress) -> None:
        if sys.stderr.isatty():
            self._shown = True
            line = f"\rlooking at image {progress.done:,} of {progress.total:,} "
            click.echo(line, nl=False, err=True)

    def end(self) -> None:
        """Take the line away."""
        if self._shown:
            click.echo("\r\x1b[K", nl=False, err=True)


def _fails(found: Iterable[Diagnosis]) -> bool:
    return any(one.severity == "error" for one in found)


def _record(
    examination: Examination, counts: ImageCounts, found: Iterable[Diagnosis]
) -> dict[str, object]:
    found = tuple(found)
    return {
        "folder": clean(examination.summary.path),
        "images": len(examination.files),
        "training_images": sum(counts.training),
        "validation_images": sum(counts.validation),
        "left_out": counts.left_out,
        "opened": examination.read,
        "seconds": round(examination.seconds, 3),
        "would_train": not _fails(found),
        "layouts": list(examination.summary.readings),
        "findings": [
            {
                "severity": one.severity,
                "kind": one.kind,
                "title": one.title,
                "count": one.count,
                "sentence": one.sentence,
                "why": one.why,
                "training": one.training,
                "remedy": one.remedy.text if one.remedy else None,
                "names": _Texts(one.names),
                "details": _Texts(one.details),
            }
            for one in found
        ],
    }


class _Texts(list[str]):
    """Texts as a list that the encoder goes through one by one: there may be half a million."""

    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__()
        self._texts = texts

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


def _json(record: dict[str, object]) -> Iterator[str]:
    """Yield JSON in pieces of some thousand letters."""
    pieces = json.JSONEncoder(indent=2, ensure_ascii=False).iterencode(record)
    while some := "".join(islice(pieces, 1000)):
        yield some


def _report(
    examination: Examination, counts: ImageCounts, found: tuple[Diagnosis, ...], most: int | None
) -> Iterable[str]:
    """Yield the lines of a report."""
    width = min(max(shutil.get_terminal_size((80, 24)).columns, 60), _WIDEST)
    summary = examination.summary
    known = len(examination.files) - examination.read
    before = f", {known:,} of them from an earlier check" if known else ""
    yield clean(summary.path)
    images = pluralize(len(examination.files), "image")
    classes = pluralize(len(examination.classes), "class", "classes")
    if summary.readings and not summary.trainable:
        yield "No image was checked: first the classes have to be clear."
    else:
        yield f"{images} of {classes} checked in {duration(examination.seconds)}{before}"
        yield f"In use: {counts.text}."
    cures = {finding.kind: with_cure(finding) for finding in summary.findings if finding.readings}
    for one in found:
        yield ""
        yield from _wrapped(one.severity, one.title, width)
        yield from _wrapped("", cures.get(one.kind, one.sentence), width)
        yield from _wrapped("why", one.why, width)
        yield from _wrapped("training", one.training, width)
        if one.remedy is not None:
            option = "--class-weight balanced" if one.remedy.class_weight else ""
            where = f"one key in the app, or train {option}" if option else "one key in the app"
            yield from _wrapped("remedy", f"{one.remedy.text} ({where})", width)
        # A name is never broken: it is there to be found by, and to be copied.
        yield from (f"{'':<{_COLUMN}}  {line}" for line in islice(one.lines(), most))
        if most is not None and one.count > most:
            yield f"{'':<{_COLUMN}}  and {one.count - most:,} more (--all names them)"
    yield ""
    yield _verdict(found)


def _wrapped(label: str, text: str, width: int) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=f"{label:<{_COLUMN}}",
        subsequent_indent=" " * _COLUMN,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _verdict(found: tuple[Diagnosis, ...]) -> str:
    if not found:
        return "Nothing is wrong with this folder."
    numbers = []
    for severity in ("error", "warning", "note"):
        count = sum(one.severity == severity for one in found)
        if count:
            numbers.append(pluralize(count, severity))
    end = "A training would fail." if _fails(found) else "A training would run."
    return f"{', '.join(numbers)}. {end}"
