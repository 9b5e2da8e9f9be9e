"""The charts of one run or of several as an SVG drawing, readable on light and on dark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from tui.common.numbers import axis_texts, figure, metric_value
from tui.common.stop_rule import StopRule
from tui.common.text import clean
from tui.runs.curves.epoch_curves import envelope, epoch_points, metrics
from tui.runs.export.comparison import MARKERS, MOST, distinct_labels
from tui.runs.export.export_file import ExportError
from tui.runs.export.run_script import course_of
from tui.runs.export.svg_layout import Axis, Box, beside_line, range_of
from tui.runs.store.loaded_run import LoadedRun

_COLUMNS = 400
"""Stretches of a curve: finer than the drawing can show."""
_TOP = 64
_LEGEND_ROW = 20


def runs_svg(runs: Sequence[LoadedRun]) -> str:
    """Return accuracy and loss over the epochs, whole epochs, as one SVG document.

    One run: training solid, validation dashed with dots, the best epoch, the stop rule. Several:
    a colour and a sign for each, training thin, validation bold.

    Args:
        runs: one to six.

    Raises:
        ExportError: when there are more.
    """
    if len(runs) > MOST:
        raise ExportError(f"{len(runs)} runs are too many for one drawing; name {MOST} at most.")
    names = [one.title for one in runs] if len(runs) == 1 else distinct_labels(runs)
    entries = [] if len(runs) == 1 else names
    height = HEIGHT + (_LEGEND_ROW * len(entries) + 16 if entries else 0)
    title = names[0] if len(runs) == 1 else f"{len(runs)} runs compared"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="title desc">',
        f'<title id="title">{_text(title)}</title>',
        f'<desc id="desc">{_text(_description(runs, names))}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="ground" width="{WIDTH}" height="{height}"/>',
        f'<text class="heading" x="24" y="32">{_text(title)}</text>',
    ]
    lines += [f'<text class="note" x="24" y="52">{_text(_subtitle(runs))}</text>']
    for number, metric in enumerate(shown(runs)):
        lines += panel(metric, curves(runs, metric), number, _TOP, marks(runs, metric))
    for number, name in enumerate(entries):
        y = HEIGHT + 16 + _LEGEND_ROW * number
        lines.append(legend_entry(24, y, number, MARKERS[number], _text(name)))
    return "\n".join([*lines, "</svg>", ""])


def shown(runs: Sequence[LoadedRun]) -> tuple[str, str]:
    """Return the two metrics that are drawn: accuracy and loss, or what stands in their place."""
    known = list(dict.fromkeys(name for one in runs for name in metrics(one.progress)))
    wanted: list[str] = [name for name in ("accuracy", "loss") if name in known]
    wanted += [name for name in known if name not in wanted]
    first, second = [*wanted, "accuracy", "loss"][:2]
    return first, second


def curves(runs: Sequence[LoadedRun], metric: str) -> list[Curve]:
    """Return what a panel draws: the training and the validation curve of each run."""
    found = []
    for place, one in enumerate(runs):
        training, validation = (
            envelope(epoch_points(one.progress, name), _COLUMNS)
            for name in (metric, f"val_{metric}")
        )
        if len(runs) == 1:
            found += [Curve(training, 0, "", ""), Curve(validation, 1, "dashed", MARKERS[0])]
        else:
            found.append(Curve(training, place, "thin dashed", ""))
            found.append(Curve(validation, place, "", MARKERS[place]))
    return found


def marks(runs: Sequence[LoadedRun], metric: str) -> Marks:
    """Return how far the axis goes, and of a single run its best epoch and its last stop rule."""
    last = max(one.progress.epochs_done for one in runs)
    if len(runs) > 1:
        return Marks(last)
    one = runs[0]
    rule = course_of(one).rule if one.spec is not None else None
    if rule is not None and rule.metric.removeprefix("val_") != metric:
        rule = None
    return Marks(last, one.progress.best_epoch, rule)


def _subtitle(runs: Sequence[LoadedRun]) -> str:
    if len(runs) > 1:
        return "validation: bold with signs; training: thin and dashed"
    found = runs[0].diagnoses()[0]
    return f"training: solid; validation: dashed with dots; {found.label}"


def _description(runs: Sequence[LoadedRun], names: Sequence[str]) -> str:
    """Return the drawing in words, for whoever cannot see it."""
    said = []
    for one, name in zip(runs, names, strict=True):
        last = ", ".join(_last(one))
        said.append(f"{name}: {one.progress.epochs_done} epochs" + (f", {last}" if last else ""))
    return "; ".join(said)


def _last(one: LoadedRun) -> Iterator[str]:
    for name, row in one.progress.history.items():
        if row and row[-1] is not None:
            yield f"{clean(name, 40)} {metric_value(row[-1])}"


def _text(text: str) -> str:
    """Return a text for XML: cleaned of what it cannot hold, and escaped."""
    safe = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
    return escape(clean(safe, 200))


WIDTH, HEIGHT = 960, 400
_LEFT, _RIGHT, _GAP, _BOTTOM = 56, 20, 48, 44
_SIGNS_APART = 36
"""Units between two signs of a curve."""
_FAR_OUT = 20.0
"""Values above so many times what four fifths of them stay below are cut."""

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
    """A line of the drawing.

    Args:
        points: (epoch, value), finite, epochs rising.
        slot: 0 to 5, the place of its colour.
        look: `""` is a solid line; `dashed`, or `thin dashed` for one that steps back.
        sign: one of `tui.runs.export.comparison.MARKERS` on its points; empty for none.
    """

    points: list[tuple[float, float]]
    slot: int
    look: str
    sign: str


@dataclass(frozen=True)
class Marks:
    """What is marked in a panel beside its curves.

    Args:
        last: the greatest epoch of the axis.
        best: the best epoch; 0 for none.
        rule: a stop rule whose value is drawn as a line.
    """

    last: int
    best: int = 0
    rule: StopRule | None = None


def panel(metric: str, curves: list[Curve], number: int, top: float, marks: Marks) -> list[str]:
    """Return a chart: its frame, grid, axes, marks and curves.

    Args:
        metric: its title.
        curves: what it shows.
        number: 0 on the left, 1 on the right.
        top: y of its title.
        marks: what is marked besides.
    """
    best, rule, last = marks.best, marks.rule, max(marks.last, 1)
    width = (WIDTH - _LEFT - _RIGHT - _GAP) / 2
    left = _LEFT + number * (width + _GAP)
    values = [y for one in curves for _, y in one.points]
    accuracy = metric.endswith("accuracy")
    if rule is not None and values:
        values.append(rule.value)
    limit, note = far_out(values)
    low, high = range_of(
        [value for value in values if value <= limit], 0.0, 1.0 if accuracy else None
    )
    y_axis = Axis(low, high, HEIGHT - _BOTTOM, top + 30)
    x_axis = Axis(min(1, last - 1), last, left, left + width)
    lines = [f'<text x="{left:g}" y="{top + 20:g}">{metric_text(metric)}{note}</text>']
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
    label = []
    if rule is not None and low <= rule.value <= high:
        y, text = y_axis.at(rule.value), str(rule)
        lines.append(f'<path class="mark" d="M{left:.1f} {y:.1f}h{width:.1f}"/>')
        drawn = [_places(one, x_axis, y_axis) for one in curves]
        if best:
            drawn.append([(x_axis.at(best), y_axis.end), (x_axis.at(best), floor)])
        at = beside_line(text, y, Box(left, y_axis.end, left + width, floor), drawn)
        # Above the curves, where no place is free of them.
        label = [f'<text class="over" x="{at.x:.1f}" y="{at.y:.1f}">{metric_text(text)}</text>']
    for one in curves:
        lines += _curve(one, x_axis, y_axis)
    return lines + label


def far_out(values: list[float]) -> tuple[float, str]:
    """Return up to which value a panel reaches, and what to say where some lie beyond.

    A training that began with a loss of 10¹⁴ would leave nothing to see of the rest.

    >>> far_out([0.5, 0.7, 0.6]), far_out([9e9, *[0.5] * 9])
    ((0.7, ''), (0.5, ' (up to 9e9, cut here)'))
    """
    known = sorted(values) or [1.0]
    usual = known[(len(known) - 1) * 4 // 5]
    if usual > 0 and known[-1] > _FAR_OUT * usual:
        return max(
            v for v in known if v <= _FAR_OUT * usual
        ), f" (up to {figure(known[-1])}, cut here)"
    return known[-1], ""


def metric_text(text: str) -> str:
    """Return a metric's name or a rule for XML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _places(curve: Curve, x_axis: Axis, y_axis: Axis) -> list[tuple[float, float]]:
    return [(x_axis.at(x), y_axis.at(y)) for x, y in curve.points]


def _curve(curve: Curve, x_axis: Axis, y_axis: Axis) -> list[str]:
    places = _places(curve, x_axis, y_axis)
    if not places:
        return []
    alone = curve.sign and len(places) == 1
    kind = f"curve l{curve.slot} {curve.look}".rstrip()
    lines = []
    if not alone:
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        lines.append(f'<path class="{kind}" d="M{path}"/>')
    if curve.sign:
        last = float("-inf")
        for x, y in places:
            if x - last >= _SIGNS_APART or (x, y) == places[-1]:
                lines.append(sign_at(curve.sign, x, y, curve.slot))
                last = x
    elif len(places) == 1:
        x, y = places[0]
        lines.append(f'<circle class="f{curve.slot}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>')
    return lines


def sign_at(sign: str, x: float, y: float, slot: int) -> str:
    """Return a sign, drawn: a font might not have it."""
    shape = {
        "▲": "M0 -5L5 4H-5Z",
        "■": "M-4 -4H4V4H-4Z",
        "◆": "M0 -5.5L5.5 0L0 5.5L-5.5 0Z",
        "✚": "M-1.5 -5H1.5V-1.5H5V1.5H1.5V5H-1.5V1.5H-5V-1.5H-1.5Z",
        "★": "M0 -6L1.5 -2H5.7L2.3 0.6L3.5 4.9L0 2.3L-3.5 4.9L-2.3 0.6L-5.7 -2H-1.5Z",
    }.get(sign, "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z")
    return f'<path class="f{slot}" transform="translate({x:.1f} {y:.1f})" d="{shape}"/>'


def legend_entry(x: float, y: float, slot: int, sign: str, text: str) -> str:
    """Return a line of the legend.

    Args:
        x, y: its lower left corner.
        slot: the place of its colour.
        sign: as on its curve.
        text: escaped already.
    """
    return (
        f'<path class="curve l{slot}" d="M{x:.1f} {y - 4:.1f}h28"/>'
        + sign_at(sign, x + 14, y - 4, slot)
        + f'<text x="{x + 38:.1f}" y="{y:.1f}">{text}</text>'
    )
