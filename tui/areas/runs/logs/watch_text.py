"""What the window on logs says: what was found, and how it is understood."""

from __future__ import annotations

from textual.content import Content

from tui.common.shorten import shorten_path
from tui.common.text import clean
from tui.datasets.folder.folder_summary import pluralize
from tui.runs.settings.external_spec import CurveRoles
from tui.runs.watched.find_logs import FORMAT_NAMES, FoundLog, FoundLogs
from tui.runs.watched.log_rows import progress_text, roles_line
from tui.runs.watched.reader_messages import LookedAt
from tui.runs.watched.series_names import name_series

_SHOWN_PROBLEMS = 3
_NAME_WIDTH = 34


def found_text(found: FoundLogs) -> Content:
    """Return what was found, and what could not be read."""
    lines = []
    if found.logs:
        counts = [
            f"{sum(log.format == kind for log in found.logs)} {name}"
            for kind, name in FORMAT_NAMES.items()
            if any(log.format == kind for log in found.logs)
        ]
        runs = pluralize(len(found.logs), "run")
        what = "shows it" if len(found.logs) == 1 else "shows all of them"
        lines.append(Content(f"{runs} found: {', '.join(counts)}. enter {what}."))
    for problem in found.problems[:_SHOWN_PROBLEMS]:
        sign, style = ("!", "$text-warning") if found.logs else ("✗", "$text-error")
        lines.append(Content.styled(f"{sign} {clean(problem)}", style))
    more = len(found.problems) - _SHOWN_PROBLEMS
    if more > 0:
        lines.append(Content.styled(f"! and {more} more", "$text-warning"))
    return Content("\n").join(lines)


def found_line(log: FoundLog, looked: LookedAt | None) -> Content:
    """Return a log in a line: name, format, series, epochs."""
    name = shorten_path(log.name, _NAME_WIDTH)
    rest = f"{FORMAT_NAMES[log.format]:<12}"
    if looked is not None:
        rest += f"{looked.series_count:>6,} series"
        if looked.epochs:
            rest += f"{looked.epochs:>6,} ep{'+' if looked.more else ''}"
        if looked.problem:
            rest += "  !"
    return Content.assemble(f"{name:<{_NAME_WIDTH}} ", (rest, "$text-muted"))


def about_found(log: FoundLog, looked: LookedAt | None, chosen: CurveRoles | None) -> Content:
    """Return how a log is understood."""
    lines = [Content.styled(shorten_path(clean(log.path), 74), "$text-muted")]
    if looked is None:
        return lines[0]
    if looked.problem:
        lines.append(Content.styled(f"! {clean(looked.problem)}", "$text-warning"))
    if looked.series:
        named = name_series(looked.series, chosen)
        roles = named.roles if chosen is not None else looked.roles
        lines.append(Content(roles_line(roles, named.guessed)))
        lines.append(Content.styled(clean(looked.axis, 150), "$text-muted"))
    elif not looked.problem:
        lines.append(
            Content(f"No value yet ({progress_text(looked.read_bytes, looked.total_bytes)}).")
        )
    return Content("\n").join(lines)
