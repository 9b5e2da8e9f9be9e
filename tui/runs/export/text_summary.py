"""The summary of a run as a page of text: its settings, its results, what its curves show."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from datetime import datetime

from tui.common.numbers import epoch_count, metric_value
from tui.common.shorten import cells as width_of
from tui.common.stop_rule import StopRule
from tui.common.text import clean
from tui.geometry import GeometryError, network_totals, parse_network, trace_network
from tui.runs.control.effective_settings import start_settings
from tui.runs.diagnosis.time_shares import share_text
from tui.runs.events.assigned_gpus import assigned_text
from tui.runs.events.event_types import Failed, Finished, Metrics, ModelReady
from tui.runs.events.last_measured import last_measured
from tui.runs.export.phase_text import features_phrase, phase_phrase, phase_spans
from tui.runs.export.report_summary import report_parts
from tui.runs.export.run_formatting import (
    cached_phrase,
    class_weights_phrase,
    duration,
    failure_sentence,
    images_phrase,
    leading_metrics,
    limits,
    measured_duration,
    speed_text,
    state_name,
)
from tui.runs.settings.setting_rows import external_rows, setting_changes, setting_rows
from tui.runs.store.loaded_run import LoadedRun
from tui.runs.store.model_files import stale_best
from tui.runs.watched.log_rows import log_rows

WIDTH = 78
_NAME_WIDTH = 16
"""Columns of the name at the start of a line."""
_LAST_EPOCHS = 5
_COLUMNS = 4
"""Metrics in the table of epochs: more are wider than a page."""
_HISTORY = 20
"""Metrics whose last value is given as in `history.history`."""
_OMITTED = ("classes", "folder", "interpolation", "rescale", "colour mode")
"""Settings that are only needed in a comparison."""


def summary_lines(run: LoadedRun) -> list[str]:
    """Return the summary of a run, in lines of at most 78 columns; a long name may exceed them."""
    return [line for part in _parts(run) for line in part]


def _parts(run: LoadedRun) -> Iterator[list[str]]:
    yield [run.title, run.folder.name, _state(run)]
    if run.label.note:
        yield textwrap.wrap(run.label.note, WIDTH)
    ending = _ending(run)
    if ending:
        yield _wrap(ending, WIDTH)
    if run.state == "queued":
        yield _line("starts with", str(start_settings(run.folder, run.spec, run.progress)))
    yield ["", *_settings(run)]
    if run.log is None:  # a log holds curves alone
        yield ["", *_data(run)]
    yield ["", *_epochs(run)]
    yield ["", *_diagnoses(run)]
    for part in report_parts(run):
        yield ["", *part]
    shares = _time(run)
    if shares:
        yield ["", *shares]
    history = history_lines(run)
    if history:
        yield ["", *history]


def _state(run: LoadedRun) -> str:
    progress = run.progress
    began = ""
    if progress.started_at > 0:
        began = datetime.fromtimestamp(progress.started_at).strftime(", started %Y-%m-%d %H:%M")
    spec = run.any_spec
    wanted = progress.epochs or (spec.epochs if spec is not None else 0)
    if run.state == "queued":
        wanted = start_settings(run.folder, run.spec, progress).epochs
    state = state_name(run.state, begun=progress.started_at > 0)
    if not wanted:
        done = epoch_count(progress.epochs_done, 0)
        return f"{state}, {done} epoch{'s' * (progress.epochs_done != 1)}{began}"
    return f"{state}, {progress.epochs_done} of {wanted} epochs{began}"


def _ending(run: LoadedRun) -> str:
    ending = run.progress.ending
    if isinstance(ending, Failed):
        return failure_sentence(ending)
    if isinstance(ending, Finished):
        return clean(ending.sentence)
    if run.state == "died" and run.external is not None:
        return (
            f"{run.external.subject} died at epoch {run.progress.epoch_of_death} without an error "
            f"message. {run.cause} {run.external.again}"
        )
    if run.state == "died":
        return (
            f"The trainer died at epoch {run.progress.epoch_of_death} without an error message. "
            f"{run.cause} Its output is in {clean(run.folder.log)}."
        )
    return ""


def _wrap(text: str, width: int) -> list[str]:
    """Return a text in lines, without breaking paths and names of runs, which may be copied."""
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def _line(name: str, value: str) -> list[str]:
    """Return a named value in lines, with a hanging indent."""
    wrapped = _wrap(value, WIDTH - _NAME_WIDTH) or [""]
    rest = [" " * _NAME_WIDTH + line for line in wrapped[1:]]
    return [f"{name:<{_NAME_WIDTH - 1}} {wrapped[0]}".rstrip(), *rest]


def _settings(run: LoadedRun) -> Iterator[str]:
    if run.external is not None:
        for name, value in {**external_rows(run.external), **log_rows(run.log)}.items():
            if value not in _NOT_SET:
                yield from _line(name, value)
        if run.progress.model is not None:
            yield from _line("network", _model(run.progress.model))
        yield from _changes(run)
        return
    if run.spec is None:
        yield "The spec.json is damaged, so the settings are unknown."
        return
    for name, value in setting_rows(run.spec).items():
        if name in _OMITTED or (name in ("share", "left out", "patience") and value in _NOT_SET):
            continue
        yield from _line(name, value)
        if name == "network":
            yield from _line("", _parameters(run))
    if run.spec.group:
        yield from _line("group", clean(run.spec.group, 80))
    yield from _changes(run)


def _model(model: ModelReady) -> str:
    layers = f"{model.layers:,} layer{'s' * (model.layers != 1)}"
    trained = ""
    if model.trainable is not None and model.trainable != model.parameters:
        trained = f", {model.trainable:,} of them trained"
    return f"{layers}, {model.parameters:,} parameters{trained}"


def _changes(run: LoadedRun) -> Iterator[str]:
    changed = [
        f"{request.request} {clean(request.value, 60)} since {request.position}"
        for request in setting_changes(run)
    ]
    if changed:
        yield from _line("changed", "; ".join(changed))
    spec = run.any_spec
    if spec is not None and spec.on_end:
        yield from _line("at the end", clean(spec.on_end, 500))


_NOT_SET = ("all", "none")


def _parameters(run: LoadedRun) -> str:
    assert run.spec is not None
    if run.spec.layers_unlisted:
        model = run.progress.model
        return _model(model) if model is not None else "not built yet"
    try:
        totals = network_totals(trace_network(parse_network(run.spec.network)))
    except GeometryError as error:
        return error.message
    return f"{totals.parameters:,} parameters"


def _data(run: LoadedRun) -> Iterator[str]:
    progress = run.progress
    if progress.data is None and run.external is None:
        yield "The images were not read."
    elif progress.data is None and not any(progress.epoch_speeds):
        assert run.external is not None
        yield f"How many images it has, {run.external.origin} has not said."
    elif progress.data is not None:
        yield from _line("images", images_phrase(progress.data))
        if weights := class_weights_phrase(progress.data):
            yield from _line("in the loss", weights)
        bad = progress.data.left_out
        if bad:
            names = ", ".join(
                f"{clean(file.file, 40)} ({clean(file.reason, 40)})" for file in bad[:3]
            )
            more = f" and {len(bad) - 3} more" if len(bad) > 3 else ""
            yield from _line("left out", f"{len(bad)}: {names}{more}")
        if run.external is not None:
            pass  # its loader is its own
        elif progress.data.loader == "cached":
            yield from _line("loader", cached_phrase(progress.data).removeprefix("loader "))
        else:
            yield from _line("loader", "keras: every epoch reads the files")
        if progress.features is not None:
            yield from _line("features", features_phrase(progress.features))
    libraries = progress.libraries
    if libraries is not None:
        parts = [libraries.device] if libraries.device else []
        parts += [assigned_text(progress.gpus)] if progress.gpus else []
        if libraries.keras:
            parts.append(f"Keras {libraries.keras} on {libraries.backend}")
        if parts:
            yield from _line("device", clean("; ".join(parts)))


def _epochs(run: LoadedRun) -> Iterator[str]:
    progress = run.progress
    if not progress.epoch_numbers:
        yield "No epoch has ended."
        return
    rule = run.stop_rule
    columns = leading_metrics(progress.history, progress.best_metric, _COLUMNS)
    yield f"{'epoch':>7}  " + "  ".join(f"{clean(name, 12):>12}" for name in columns) + "      time"
    count = len(progress.epoch_numbers)
    skipped = max(count - _LAST_EPOCHS, 0)
    if skipped:
        yield f"{'…':>7}"
    begins = {event.epoch: event for event in progress.phases}
    for row in range(skipped, count):
        epoch = progress.epoch_numbers[row]
        if epoch in begins:
            yield f"{'':>7}  ┈ {phase_phrase(begins[epoch])}"
        mark = "▲" if epoch == progress.best_epoch else " "
        cells = "  ".join(
            f"{_value(progress.epoch_details[row].metrics, name, rule):>12}" for name in columns
        )
        yield f"{mark}{epoch:>6}  {cells}  {measured_duration(progress.epoch_seconds[row]):>8}"
    more = len(progress.history) - _COLUMNS
    if more > 0:
        yield f"{'':>7}  and {more:,} more metric{'s' * (more > 1)}, below"
    if progress.best is not None:
        value = metric_value(progress.best, against=limits(rule, progress.best_metric))
        best = f"{clean(progress.best_metric, 40)} {value} after epoch {progress.best_epoch}"
        yield from _line("▲ best", best)
        stale = stale_best(run.folder, progress.best_epoch)
        if stale is not None and stale.saved_epoch:
            yield from _line("", stale.sentence)
    if progress.phases:
        yield from _line("phases", "; ".join(phase_spans(progress.phases, progress.epochs_done)))
    seconds = sum(progress.epoch_seconds)
    speed = sorted(progress.epoch_speeds)[count // 2]
    speed_part = f", {speed_text(speed)} images/s" if speed else ""
    if seconds:
        yield from _line("time", f"{duration(seconds)} in all{speed_part}")


def _value(metrics: Metrics, name: str, rule: StopRule | None) -> str:
    """Return a metric of an epoch; a dash where it was not measured in that epoch."""
    return metric_value(metrics[name], 12, limits(rule, name)) if name in metrics else "–"


def _diagnoses(run: LoadedRun) -> Iterator[str]:
    for diagnosis in run.diagnoses():
        yield f"{diagnosis.sign} {diagnosis.label}"
        for text in (diagnosis.sentence, diagnosis.advice):
            yield from textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="  ")


def _time(run: LoadedRun) -> list[str]:
    shares = run.time_shares()
    if shares is None:
        return []
    parts = ", ".join(f"{name} {share_text(share)}" for name, share in shares.parts())
    lines = _line("where it went", f"{parts}: {shares.verdict}.")
    return lines + _line("", shares.suggestion)


def history_lines(run: LoadedRun) -> list[str]:
    """Return `history.epoch`, which counts from 0, and the last value of each metric.

    Keras's own lists are shorter where an epoch had no validation.
    """
    progress = run.progress
    if not progress.epoch_numbers:
        return []
    epochs = [epoch - 1 for epoch in progress.epoch_numbers]
    text = repr(epochs) if len(epochs) <= 12 else f"{repr(epochs[:10])[:-1]}, …, {epochs[-1]}]"
    rows = {"history.epoch": text}
    for name in leading_metrics(progress.history, progress.best_metric, _HISTORY):
        value = last_measured(progress.epoch_details, name)
        rows[f"history.history[{clean(name, 40)!r}][-1]"] = repr(value)
    width = max(36, *map(width_of, rows))
    lines = [f"{name}{' ' * (width - width_of(name))} {value}" for name, value in rows.items()]
    more = len(progress.history) - _HISTORY
    if more > 0:
        all_of_them = f"`cnn-tui runs export {clean(run.folder.name)}` writes all."
        lines += _wrap(f"and {more:,} more: {all_of_them}", WIDTH)
    return lines
