"""The charts of one run or several as an SVG drawing for light and dark backgrounds.

Colours are classes with a light and a dark value each. Dashes and signs carry the same meaning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from tui.common.numbers import axis_texts, metric_value
from tui.common.stop_rule import StopRule
from tui.common.text import clean
from tui.runs.curves.axis_range import axis_range
from tui.runs.curves.epoch_curves import (
    envelope,
    epoch_points,
    is_bounded,
    is_metric,
    plottable,
)
from tui.runs.export.comparison import MARKERS, MAX_RUNS, distinct_labels
from tui.runs.export.export_file import ExportError
from tui.runs.export.phase_text import phase_name
from tui.runs.export.run_formatting import leading_metrics
from tui.runs.export.run_script import last_rule
from tui.runs.export.svg_layout import Axis, Box, beside_line, range_of, sign_at, upper_limit
from tui.runs.store.loaded_run import LoadedRun

_COLUMNS = 400
"""Intervals that a curve is sampled in: finer than the drawing can show."""
_COURSE = ("accuracy", "loss")
_TOP = 64
_LEGEND_ROW = 20


def runs_svg(runs: Sequence[LoadedRun]) -> str:
    """Return accuracy and loss over the whole epochs as an SVG document.

    One run: training solid, validation dashed with markers, the best epoch, the stop rule. Several:
    a colour and a sign for each, training thin, validation bold.

    Args:
        runs: run to six.

    Raises:
        ExportError: when there are more.
    """
    if len(runs) > MAX_RUNS:
        raise ExportError(
            f"{len(runs)} runs are too many for run drawing; name {MAX_RUNS} at most."
        )
    names = [run.title for run in runs] if len(runs) == 1 else distinct_labels(runs)
    entries = [] if len(runs) == 1 else names
    height = HEIGHT + (_LEGEND_ROW * len(entries) + 16 if entries else 0)
    title = names[0] if len(runs) == 1 else f"{len(runs)} runs compared"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="title desc">',
        f'<title id="title">{xml_text(title)}</title>',
        f'<desc id="desc">{xml_text(_description(runs, names))}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="ground" width="{WIDTH}" height="{height}"/>',
        f'<text class="heading" x="24" y="32">{xml_text(title)}</text>',
    ]
    lines += [f'<text class="note" x="24" y="52">{xml_text(_subtitle(runs))}</text>']
    for number, metric in enumerate(shown(runs)):
        bounded = all(is_bounded(run.progress, metric) for run in runs)
        drawn = curves(runs, metric)
        lines += panel(metric, drawn, number, _TOP, marks(runs, metric), bounded=bounded)
    for number, name in enumerate(entries):
        y = HEIGHT + 16 + _LEGEND_ROW * number
        lines.append(legend_entry(24, y, number, MARKERS[number], xml_text(name)))
    return "\n".join([*lines, "</svg>", ""])


def shown(runs: Sequence[LoadedRun]) -> list[str]:
    """Return the metrics to draw: accuracy and loss, or others in their place; one or two."""
    known = dict.fromkeys(
        name
        for run in runs
        if run.progress.history
        for name in plottable(run.progress)
        if is_metric(name)
    )
    first = [name for name in ("accuracy", "loss") if name in known]
    best = next(iter(known), "")
    return list(dict.fromkeys([*first[:1], best, *first, *known]))[:2] if known else list(_COURSE)


def curves(runs: Sequence[LoadedRun], metric: str) -> list[Curve]:
    """Return the training and the validation curve of each run."""
    found = []
    for place, run in enumerate(runs):
        training, validation = (
            envelope(epoch_points(run.progress, name), _COLUMNS)
            for name in (metric, f"val_{metric}")
        )
        if len(runs) == 1:
            found += [Curve(training, 0, "", ""), Curve(validation, 1, "dashed", MARKERS[0])]
        else:
            found.append(Curve(training, place, "thin dashed", ""))
            found.append(Curve(validation, place, "", MARKERS[place]))
    return found


def marks(runs: Sequence[LoadedRun], metric: str) -> Marks:
    """Return the last epoch, and for a single run its best epoch and its last stop rule."""
    last = max(run.progress.epochs_done for run in runs)
    if len(runs) > 1:
        return Marks(last)
    run = runs[0]
    rule = last_rule(run)
    if rule is not None and rule.metric.removeprefix("val_") != metric:
        rule = None
    later = [event for event in run.progress.phases if event.epoch > 1]
    phases = tuple((event.epoch - 1, phase_name(event)) for event in later)
    return Marks(last, run.progress.best_epoch, rule, phases)


def _subtitle(runs: Sequence[LoadedRun]) -> str:
    if len(runs) > 1:
        return "validation: bold with signs; training: thin and dashed"
    found = runs[0].diagnoses()[0]
    return f"training: solid; validation: dashed with markers; {found.label}"


def _description(runs: Sequence[LoadedRun], names: Sequence[str]) -> str:
    """Return a description of the drawing for screen readers."""
    said = []
    for run, name in zip(runs, names, strict=True):
        last = ", ".join(_last(run))
        said.append(f"{name}: {run.progress.epochs_done} epochs" + (f", {last}" if last else ""))
    return "; ".join(said)


def _last(run: LoadedRun) -> Iterator[str]:
    details = run.progress.epoch_details
    measured = details[-1].metrics if details else {}
    for name in leading_metrics(measured, run.progress.best_metric):
        if measured[name] is not None:
            yield f"{clean(name, 40)} {metric_value(measured[name])}"


def xml_text(text: str) -> str:
    """Return a text for XML: without characters that XML forbids, and escaped."""
    safe = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
    return escape(clean(safe, 200))


WIDTH, HEIGHT = 960, 400
_LEFT, _RIGHT, _GAP, _BOTTOM = 56, 20, 48, 44
_SIGN_DISTANCE = 36
"""Distance between two signs on a curve."""

_LIGHT = ("#1f5fbf", "#b45309", "#15803d", "#7c3aed", "#be123c", "#334155")
_DARK = ("#7db4ff", "#f5b041", "#6ee7a0", "#c4a5ff", "#ff8fa3", "#cbd5e1")

STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#334155}"
    ".heading{font-size:18px;font-weight:600}.middle{text-anchor:middle}.end{text-anchor:end}"
    ".ground{fill:#ffffff}.grid{stroke:#e2e8f0}.frame{fill:none;stroke:#94a3b8}"
    ".mark{stroke:#64748b;stroke-dasharray:2 4}.curve{fill:none;stroke-width:2}"
    ".thin{stroke-width:1.2;opacity:.8}.dashed{stroke-dasharray:6 4}"
    ".over{paint-order:stroke;stroke:#ffffff;stroke-width:4px;stroke-linejoin:round}"
    + "".join(f".l{n}{{stroke:{c}}}.f{n}{{fill:{c}}}" for n, c in enumerate(_LIGHT))
    + "@media(prefers-color-scheme:dark){text{fill:#e2e8f0}.ground{fill:#0f172a}"
    ".grid{stroke:#1e293b}.frame{stroke:#64748b}.mark{stroke:#94a3b8}.over{stroke:#0f172a}"
    + "".join(f".l{n}{{stroke:{c}}}.f{n}{{fill:{c}}}" for n, c in enumerate(_DARK))
    + "}"
)


@dataclass(frozen=True)
class Curve:
    """A curve of the drawing.

    Args:
        points: (epoch, value), finite, in the order of the epochs.
        slot: 0 to 5, the index of its colour.
        style: the CSS classes of its line: empty (solid), `dashed`, or `thin dashed`.
        sign: one of `comparison.MARKERS`, drawn on its points; empty for none.
    """

    points: list[tuple[float, float]]
    slot: int
    style: str
    sign: str


@dataclass(frozen=True)
class Marks:
    """What a panel marks besides its curves.

    Args:
        last: the last epoch of the axis.
        best: the best epoch; 0 for none.
        rule: a stop rule whose value is drawn as a line, or None.
        phases: for each phase after the first the epoch after which it begins, and its name.
    """

    last: int
    best: int = 0
    rule: StopRule | None = None
    phases: tuple[tuple[int, str], ...] = ()


def panel(
    metric: str,
    curves: list[Curve],
    number: int,
    top: float,
    marks: Marks,
    *,
    bounded: bool | None = None,
) -> list[str]:
    """Return a chart: its frame, grid, axes, marks and curves.

    Args:
        metric: its title.
        curves: its curves.
        number: 0 on the left, 1 on the right.
        top: y of its title.
        marks: what it marks besides.
        bounded: whether it lies between 0 and 1; None: if it is called an accuracy.
    """
    best, rule, last = marks.best, marks.rule, max(marks.last, 1)
    width = (WIDTH - _LEFT - _RIGHT - _GAP) / 2
    left = _LEFT + number * (width + _GAP)
    values = [y for curve in curves for _, y in curve.points]
    accuracy = metric.endswith("accuracy") if bounded is None else bounded
    limit, note = upper_limit(values)
    shown = [value for value in values if value <= limit]
    shown += axis_range(shown, rule=rule.value if rule is not None else None, bounded=accuracy)
    low, high = range_of(shown, 0.0, 1.0 if accuracy else None)
    y_axis = Axis(low, high, HEIGHT - _BOTTOM, top + 30)
    x_axis = Axis(min(1, last - 1), last, left, left + width)
    lines = [f'<text x="{left:g}" y="{top + 20:g}">{xml_text(metric)}{note}</text>']
    heights = y_axis.ticks(6)
    for tick, text in zip(heights, axis_texts(heights), strict=True):
        y = y_axis.at(tick)
        lines.append(
            f'<path class="grid" d="M{left:.1f} {y:.1f}h{width:.1f}"/>'
            f'<text class="end" x="{left - 6:.1f}" y="{y + 4:.1f}">{text}</text>'
        )
    floor = y_axis.start
    for tick in x_axis.ticks(9, whole=True):
        x = x_axis.at(tick)
        lines.append(
            f'<path class="frame" d="M{x:.1f} {floor:.1f}v4"/>'
            f'<text class="middle" x="{x:.1f}" y="{floor + 18:.1f}">{tick:,.0f}</text>'
        )
    lines.append(
        f'<rect class="frame" x="{left:.1f}" y="{y_axis.end:.1f}" width="{width:.1f}" '
        f'height="{floor - y_axis.end:.1f}"/>'
        f'<text class="middle" x="{left + width / 2:.1f}" y="{floor + 36:.1f}">epoch</text>'
    )
    if best:
        x = x_axis.at(best)
        lines.append(
            f'<path class="mark" d="M{x:.1f} {floor:.1f}V{y_axis.end:.1f}"/>'
            f'<text class="middle" x="{x:.1f}" y="{y_axis.end - 4:.1f}">▲ best {best:,.0f}</text>'
        )
    for begins, name in marks.phases:
        x = x_axis.at(begins)
        lines.append(
            f'<path class="mark" d="M{x:.1f} {floor:.1f}V{y_axis.end:.1f}"/>'
            f'<text class="over" x="{x + 4:.1f}" y="{floor - 6:.1f}">{xml_text(name)}</text>'
        )
    label = []
    if rule is not None:
        y, text = y_axis.at(min(max(rule.value, low), high)), str(rule)
        if low <= rule.value <= high:
            lines.append(f'<path class="mark" d="M{left:.1f} {y:.1f}h{width:.1f}"/>')
        else:  # beyond the axis: its words at the nearer edge
            text = f"{text} {'↑' if rule.value > high else '↓'}"
        drawn = [_positions(curve, x_axis, y_axis) for curve in curves]
        if best:
            drawn.append([(x_axis.at(best), y_axis.end), (x_axis.at(best), floor)])
        at = beside_line(text, y, Box(left, y_axis.end, left + width, floor), drawn)
        # Drawn over the curves, in case no position is free of them.
        label = [f'<text class="over" x="{at.x:.1f}" y="{at.y:.1f}">{xml_text(text)}</text>']
    for curve in curves:
        lines += _curve(curve, x_axis, y_axis)
    return lines + label


def _positions(curve: Curve, x_axis: Axis, y_axis: Axis) -> list[tuple[float, float]]:
    return [(x_axis.at(x), y_axis.at(y)) for x, y in curve.points]


def _curve(curve: Curve, x_axis: Axis, y_axis: Axis) -> list[str]:
    positions = _positions(curve, x_axis, y_axis)
    if not positions:
        return []
    alone = curve.sign and len(positions) == 1
    kind = f"curve l{curve.slot} {curve.style}".rstrip()
    lines = []
    if not alone:
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in positions)
        lines.append(f'<path class="{kind}" d="M{path}"/>')
    if curve.sign:
        last = float("-inf")
        for x, y in positions:
            if x - last >= _SIGN_DISTANCE or (x, y) == positions[-1]:
                lines.append(sign_at(curve.sign, x, y, curve.slot))
                last = x
    elif len(positions) == 1:
        x, y = positions[0]
        lines.append(f'<circle class="f{curve.slot}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>')
    return lines


def legend_entry(x: float, y: float, slot: int, sign: str, text: str) -> str:
    """Return an entry of the legend.

    Args:
        x, y: its lower left corner.
        slot: the index of its colour.
        sign: as on its curve.
        text: escaped.
    """
    return (
        f'<path class="curve l{slot}" d="M{x:.1f} {y - 4:.1f}h28"/>'
        + sign_at(sign, x + 14, y - 4, slot)
        + f'<text x="{x + 38:.1f}" y="{y:.1f}">{text}</text>'
    )
