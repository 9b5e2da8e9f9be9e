"""A run in a page of text: what was trained, how it came out, what its curves say."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from datetime import datetime

from tui.common.numbers import metric_value
from tui.common.text import clean
from tui.geometry import GeometryError, network_totals, parse_network, trace_network
from tui.runs.control.effective_settings import start_settings
from tui.runs.control.history import place
from tui.runs.diagnosis.time_shares import share_text
from tui.runs.events.event_types import Failed, Finished
from tui.runs.export.report import (
    METRIC_ORDER,
    cached_phrase,
    duration,
    failure_sentence,
    images_phrase,
    limits,
    speed_text,
    state_name,
)
from tui.runs.settings.changed import changes
from tui.runs.settings.named import setting_rows
from tui.runs.store.loaded_run import LoadedRun
from tui.runs.store.model_files import stale_best

WIDTH = 78
_NAMES = 16
"""Columns of a line's name."""
_LAST_EPOCHS = 5
_QUIET = ("classes", "folder", "interpolation", "rescale", "colour mode")
"""Settings that only a comparison needs."""


def summary_lines(one: LoadedRun) -> list[str]:
    """Return a run's summary, no line of it longer than 78 columns unless a name is.

    Args:
        one: the run, read whole.
    """
    return [line for part in _parts(one) for line in part]


def _parts(one: LoadedRun) -> Iterator[list[str]]:
    yield [one.title, one.run.name, _state(one)]
    if one.label.note:
        yield textwrap.wrap(one.label.note, WIDTH)
    ending = _ending(one)
    if ending:
        yield _wrap(ending, WIDTH)
    if one.state == "queued":
        yield _line("starts with", str(start_settings(one.run, one.spec, one.progress)))
    yield ["", *_settings(one)]
    yield ["", *_data(one)]
    yield ["", *_epochs(one)]
    yield ["", *_diagnoses(one)]
    shares = _time(one)
    if shares:
        yield ["", *shares]
    history = course_lines(one)
    if history:
        yield ["", *history]


def _state(one: LoadedRun) -> str:
    progress = one.progress
    began = ""
    if progress.started_at > 0:
        began = datetime.fromtimestamp(progress.started_at).strftime(", started %Y-%m-%d %H:%M")
    wanted = progress.epochs or (one.spec.epochs if one.spec is not None else 0)
    if one.state == "queued":
        wanted = start_settings(one.run, one.spec, progress).epochs
    said = state_name(one.state, begun=progress.started_at > 0)
    return f"{said}, {progress.epochs_done} of {wanted} epochs{began}"


def _ending(one: LoadedRun) -> str:
    ending = one.progress.ending
    if isinstance(ending, Failed):
        return failure_sentence(ending)
    if isinstance(ending, Finished):
        return clean(ending.sentence)
    if one.state == "died":
        return (
            f"The trainer died at epoch {one.progress.epoch_of_death} without a last word. "
            f"{one.cause} What it printed is in {clean(one.run.log)}."
        )
    return ""


def _wrap(text: str, width: int) -> list[str]:
    """Return a text in lines; paths and the names of runs, to be copied, stay whole."""
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def _line(name: str, value: str) -> list[str]:
    """Return a named value, wrapped under itself."""
    wrapped = _wrap(value, WIDTH - _NAMES) or [""]
    rest = [" " * _NAMES + line for line in wrapped[1:]]
    return [f"{name:<{_NAMES}}{wrapped[0]}".rstrip(), *rest]


def _settings(one: LoadedRun) -> Iterator[str]:
    if one.spec is None:
        yield "The spec.json is damaged: the settings are not known."
        return
    for name, value in setting_rows(one.spec).items():
        if name in _QUIET or (name in ("share", "left out", "patience") and value in _PLAIN):
            continue
        yield from _line(name, value)
        if name == "network":
            yield from _line("", _parameters(one))
    changed = [
        f"{request.request} {clean(request.value, 60)} since {place(request)}"
        for request in changes(one)
    ]
    if changed:
        yield from _line("changed", "; ".join(changed))


_PLAIN = ("all", "none")


def _parameters(one: LoadedRun) -> str:
    assert one.spec is not None
    try:
        totals = network_totals(trace_network(parse_network(one.spec.network)))
    except GeometryError as error:
        return error.message
    return f"{totals.parameters:,} parameters"


def _data(one: LoadedRun) -> Iterator[str]:
    progress = one.progress
    if progress.data is None:
        yield "The images were not read."
    else:
        yield from _line("images", images_phrase(progress.data))
        bad = progress.data.left_out
        if bad:
            names = ", ".join(
                f"{clean(file.file, 40)} ({clean(file.reason, 40)})" for file in bad[:3]
            )
            more = f" and {len(bad) - 3} more" if len(bad) > 3 else ""
            yield from _line("left out", f"{len(bad)}: {names}{more}")
        if progress.data.loader == "cached":
            yield from _line("loader", cached_phrase(progress.data).removeprefix("loader "))
        else:
            yield from _line("loader", "keras: every epoch reads the files")
    libraries = progress.libraries
    if libraries is not None:
        text = f"{libraries.device}; Keras {libraries.keras} on {libraries.backend}"
        yield from _line("device", clean(text))


def _epochs(one: LoadedRun) -> Iterator[str]:
    progress = one.progress
    if not progress.epoch_numbers:
        yield "No epoch has ended."
        return
    rule = one.spec.stop_rule if one.spec is not None else None
    columns = [name for name in METRIC_ORDER if name in progress.history]
    columns += sorted(set(progress.history) - set(METRIC_ORDER))[:2]
    yield f"{'epoch':>7}  " + "  ".join(f"{clean(name, 12):>12}" for name in columns) + "      time"
    count = len(progress.epoch_numbers)
    skipped = max(count - _LAST_EPOCHS, 0)
    if skipped:
        yield f"{'…':>7}"
    for row in range(skipped, count):
        epoch = progress.epoch_numbers[row]
        mark = "▲" if epoch == progress.best_epoch else " "
        cells = "  ".join(
            f"{metric_value(progress.history[name][row], 12, limits(rule, name)):>12}"
            for name in columns
        )
        yield f"{mark}{epoch:>6}  {cells}  {duration(progress.epoch_seconds[row]):>8}"
    if progress.best is not None:
        value = metric_value(progress.best, against=limits(rule, progress.best_metric))
        best = f"{progress.best_metric} {value} after epoch {progress.best_epoch}"
        yield from _line("▲ best", best)
        stale = stale_best(one.run, progress.best_epoch)
        if stale is not None and stale.saved_epoch:
            yield from _line("", stale.sentence)
    seconds = sum(progress.epoch_seconds)
    speed = sorted(progress.epoch_speeds)[count // 2]
    yield from _line("time", f"{duration(seconds)} in all, {speed_text(speed)} images/s")


def _diagnoses(one: LoadedRun) -> Iterator[str]:
    for found in one.diagnoses():
        yield f"{found.sign} {found.label}"
        for text in (found.sentence, found.advice):
            yield from textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="  ")


def _time(one: LoadedRun) -> list[str]:
    shares = one.time_shares()
    if shares is None:
        return []
    parts = ", ".join(f"{name} {share_text(share)}" for name, share in shares.parts())
    lines = _line("where it went", f"{parts}: {shares.verdict}.")
    return lines + _line("", shares.suggestion)


def course_lines(one: LoadedRun) -> list[str]:
    """Return `history.epoch` and the last of each metric, as the course prints them.

    Keras counts epochs from 0 in `history.epoch`.
    """
    progress = one.progress
    if not progress.epoch_numbers:
        return []
    epochs = [epoch - 1 for epoch in progress.epoch_numbers]
    text = repr(epochs) if len(epochs) <= 12 else f"{repr(epochs[:10])[:-1]}, …, {epochs[-1]}]"
    lines = [f"history.epoch                        {text}"]
    for name in ("accuracy", "loss", "val_accuracy", "val_loss"):
        row = progress.history.get(name)
        if row:
            lines.append(f"{f'history.history[{name!r}][-1]':<36} {row[-1]!r}")
    return lines
