"""The charts of one run or of several as an SVG drawing, readable on light and on dark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from tui.common.numbers import metric_value
from tui.common.text import clean
from tui.runs.curves.compare import MARKERS, MOST, distinct_labels
from tui.runs.curves.series import envelope, epoch_points, metrics
from tui.runs.export.run_script import course_of
from tui.runs.export.svg_parts import HEIGHT, STYLE, WIDTH, Curve, Marks, legend_entry, panel
from tui.runs.export.writing import ExportError
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
