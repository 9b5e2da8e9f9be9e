"""What a log is understood as, in words: for the settings of its run and for the windows."""

from __future__ import annotations

from tui.common.text import clean, size_text
from tui.runs.settings.external_spec import CurveRoles
from tui.runs.watched.log_state import LogState
from tui.runs.watched.series_names import ROLE_NAMES, ROLES

GUESSED = " (guessed)"
NONE = "none"


def role_text(roles: CurveRoles, role: str, *, guessed: bool) -> str:
    """Return the series in a role, and that it was guessed; clean.

    >>> role_text(CurveRoles(loss="train/loss"), "loss", guessed=True)
    'train/loss (guessed)'
    """
    series = getattr(roles, role)
    if not series:
        return NONE
    return clean(series, 60) + (GUESSED if guessed else "")


def log_rows(log: LogState | None) -> dict[str, str]:
    """Return which series of a log is what, and what an epoch is in it, as rows of settings."""
    if log is None or not log.series:
        return {}
    rows = {}
    for role in ROLES:
        text = role_text(log.roles, role, guessed=role in log.guessed)
        if text != NONE or role not in log.guessed:
            rows[ROLE_NAMES[role]] = text
    if log.axis:
        rows["an epoch"] = clean(log.axis, 200)
    return rows


def roles_line(roles: CurveRoles, guessed: tuple[str, ...], *, brief: bool = False) -> str:
    """Return in a line which roles have a series, and which one; clean.

    Args:
        roles: which series is what.
        guessed: the roles that were guessed.
        brief: whether to leave out the names of the series.

    >>> roles = CurveRoles(loss="loss", val_loss="Loss/val")
    >>> roles_line(roles, ("loss", "val_loss"))
    'guessed: loss, val_loss is Loss/val'
    >>> roles_line(roles, ("loss",), brief=True)
    'chosen: val_loss; guessed: loss'
    """
    parts: dict[bool, list[str]] = {False: [], True: []}
    for role in ROLES:
        if series := getattr(roles, role):
            name = role.replace("_", " ") if role == "learning_rate" else role
            plain = brief or series == role
            parts[role in guessed].append(name if plain else f"{name} is {clean(series, 40)}")
    words = {False: "chosen", True: "guessed"}
    texts = [f"{words[known]}: {', '.join(part)}" for known, part in parts.items() if part]
    return "; ".join(texts) or "no series is known to be a loss or an accuracy"


def progress_text(read: int, total: int) -> str:
    """Return how many bytes of a log were read.

    >>> progress_text(500, 1000), progress_text(0, 0)
    ('500 bytes of 1 kB read', 'nothing read yet')
    """
    if not total:
        return "nothing read yet"
    part = f"{size_text(read)} of " if read < total else ""
    return f"{part}{size_text(total)} read"
