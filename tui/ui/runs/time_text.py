"""Where a training's time went: one line for its screen, and bars with words."""

from __future__ import annotations

from textual.content import Content

from tui.runs.diagnosis.time_shares import TimeShares, share_text
from tui.runs.events.event_types import DeviceStats

SIGNS = {"computing": "█", "waiting for data": "▒", "validating": "░", "saving": "·"}
"""One ground for each share: colour is not needed."""
STYLES = {
    "computing": "$training",
    "waiting for data": "$validation",
    "validating": "$success",
    "saving": "$text-muted",
}
SHORT = {"waiting for data": "waiting"}
"""Names for a narrow screen."""
BAR = 20


def time_line(shares: TimeShares | None, width: int) -> Content:
    """Return what bounds the training and its shares, as many of them as there is room for.

    Args:
        shares: None where nothing was measured.
        width: columns.
    """
    if shares is None:
        return Content("")
    parts = sorted(shares.parts(), key=lambda one: -one[1])
    line = Content.assemble((f" {shares.verdict}", "bold"), ": ")
    if width >= 110:
        line = Content.assemble(line, time_bar(shares, BAR), "  ")
    signs = {name: f"{SIGNS[name]} " if width >= 110 else "" for name, _ in parts}
    whole = line.cell_length + sum(
        len(f"{signs[name]}{name} {share_text(share)}  ") for name, share in parts
    )
    for number, (name, share) in enumerate(parts):
        called = name if whole <= width else SHORT.get(name, name)
        word = f"{signs[name]}{called} {share_text(share)}"
        if line.cell_length + len(word) + 2 > width:
            break
        line = Content.assemble(line, "  " if number else "", (word, STYLES[name]))
    return line


def time_bar(shares: TimeShares, width: int) -> Content:
    """Return the shares as one bar, each with a ground of its own; no share is lost to rounding."""
    found: list[tuple[str, str]] = []
    filled, reached = 0, 0.0
    for name, share in shares.parts():
        reached += share
        end = round(reached * width)
        found.append((SIGNS[name] * (end - filled), STYLES[name]))
        filled = end
    return Content.assemble(*found)


def time_text(shares: TimeShares | None, device: DeviceStats | None) -> Content:
    """Return the shares a line each, what bounds the training, and what would help."""
    if shares is None:
        return Content(" Nothing was measured yet: it is told with each epoch that ends.")
    lines = []
    for name, share in shares.parts():
        bar = SIGNS[name] * max(round(share * 2 * BAR), 1 if share else 0)
        lines.append(Content.assemble(f" {name:<17}{share_text(share):>5}  ", (bar, STYLES[name])))
    lines.append(Content.assemble("\n ", (f"{shares.verdict}. ", "bold"), shares.suggestion))
    if device is not None:
        lines.append(Content(f" {gpu_text(device)}"))
    return Content("\n").join(lines)


def gpu_text(device: DeviceStats) -> str:
    """Return how busy the GPU is.

    >>> gpu_text(DeviceStats(at=0, gpu_percent=71.2, memory_used=31 * 10**8, memory_total=15**9))
    'GPU 71 %, 3.1 of 38.4 GB'
    """
    used, total = device.memory_used / 1e9, device.memory_total / 1e9
    return f"GPU {device.gpu_percent:.0f} %, {used:.1f} of {total:.3g} GB"
