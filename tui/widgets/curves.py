"""The accuracy and the loss chart of a run, side by side."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content

from tui.training.progress import RunProgress
from tui.training.spec import StopRule
from tui.widgets.chart import Chart, Series


class RunCharts(Horizontal):
    """Curves over the epochs, live within the epoch at work."""

    DEFAULT_CSS = """
    RunCharts { height: 1fr; min-height: 8; }
    RunCharts > Vertical { border: round $panel-lighten-2; width: 1fr; height: 100%; }
    """

    METRICS = ("accuracy", "loss")

    def compose(self) -> ComposeResult:
        for metric in self.METRICS:
            with Vertical(id=f"{metric}-box") as box:
                box.border_title = Content.assemble(
                    (f"{metric} ", "bold $text"),
                    ("⣀ training", "$training"),
                    " ",
                    ("● validation", "$validation"),
                )
                yield Chart(
                    id=f"{metric}-chart",
                    floor=0.0,
                    ceiling=1.0 if metric == "accuracy" else None,
                )

    def show(self, progress: RunProgress, rule: StopRule | None, *, every_batch: bool) -> None:
        """Draw what is known of a run.

        Args:
            progress: the run so far.
            rule: the stop rule, drawn as a line where its metric is shown.
            every_batch: whether to draw the running means within every epoch, not only within
                the one at work.
        """
        last = max(progress.epochs_done, progress.epoch, 1)
        if progress.ending is None:
            last = max(last, min(progress.epochs, last + 1))
        for metric in self.METRICS:
            chart = self.query_one(f"#{metric}-chart", Chart)
            if not chart.size.width:
                continue  # hidden behind the history
            wanted = rule is not None and rule.metric.removeprefix("val_") == metric
            chart.show(
                series(progress, metric, chart.size.width, every_batch=every_batch),
                (0.0, float(last)),
                rule.value if wanted and rule is not None else None,
            )


def series(progress: RunProgress, metric: str, columns: int, *, every_batch: bool) -> list[Series]:
    """Return the training and the validation curve of a metric.

    Args:
        progress: the run so far.
        metric: `accuracy` or `loss`.
        columns: width of the chart, which bounds the number of points.
        every_batch: as for `RunCharts.show`.
    """
    curve = progress.batch_curves.get(metric)
    done = progress.history.get(metric, [])
    ended = [
        (float(epoch), value)
        for epoch, value in zip(progress.epoch_numbers, done, strict=False)
        if value is not None
    ]
    stretches = max(columns // 2, 8)
    if curve is None:
        training = ended
    elif every_batch or len(ended) < 2:
        # With one epoch or none there is no curve yet but the one within it.
        training = curve.sample(stretches)
    else:
        # The running mean starts anew with each epoch: join it to the last whole one.
        now = [(x, y) for x, y in curve.sample(stretches, start=ended[-1][0] + 1e-9)]
        # Its first batches say little and jump: leave them out until a twentieth is done.
        training = ended + [point for point in now if point[0] > ended[-1][0] + 0.05]
    validation = [
        (float(epoch), value)
        for epoch, value in zip(
            progress.epoch_numbers, progress.history.get(f"val_{metric}", []), strict=False
        )
        if value is not None
    ]
    if len(validation) > columns:
        step = -(-len(validation) // columns)
        validation = validation[::step]
    return [
        Series("training", training, "training"),
        Series("validation", validation, "validation", line=False),
    ]
