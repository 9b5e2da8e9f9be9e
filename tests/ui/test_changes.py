"""What is sent to the terminal: only what changed, and always enough."""

from __future__ import annotations

import time
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.control import Control
from rich.segment import ControlType, Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, InlineUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from tests.support.in_terminal import Terminal, app
from tui.ui.textual_patches.changes import SentCells

WIDTH, HEIGHT = 24, 3
CONSOLE = Console(force_terminal=True, color_system="truecolor", width=WIDTH)
STYLES = (None, Style(bold=True), Style(color="#ff0000", bgcolor="#000020"), Style(reverse=True))


@st.composite
def rows(draw: st.DrawFn) -> list[Strip]:
    """Make a row: some strips that fill its width together, wide letters among them."""
    letters = draw(st.lists(st.sampled_from("aab  ─é"), min_size=WIDTH, max_size=WIDTH))
    if draw(st.integers(0, 4)) == 0:
        place = draw(st.integers(0, WIDTH - 2))
        letters[place : place + 2] = ["漢"]
    cuts = draw(st.sets(st.integers(1, len(letters) - 1), max_size=4))
    segments = []
    for first, last in zip([0, *sorted(cuts)], [*sorted(cuts), len(letters)], strict=True):
        segments.append(Segment("".join(letters[first:last]), draw(st.sampled_from(STYLES))))
    whole = Strip(segments)
    places = sorted(draw(st.sets(st.integers(1, WIDTH - 1), max_size=2)))
    return list(whole.divide([*places, WIDTH]))


@st.composite
def updates(draw: st.DrawFn) -> CompositorUpdate:
    """Make an update of the whole screen, or of a stretch of some rows."""
    strips = [draw(rows()) for _ in range(HEIGHT)]
    if draw(st.booleans()):
        return LayoutUpdate(list(strips), Region(0, 0, WIDTH, HEIGHT))
    chops: list[dict[int, Strip | None]] = []
    ends = []
    for row in strips:
        x, chop = 0, {}
        for strip in row:
            chop[x] = draw(st.sampled_from((strip, strip, None)))
            x += strip.cell_length
        chops.append(chop)
        ends.append([*list(chop)[1:], WIDTH])
    spans = []
    for y in sorted(draw(st.sets(st.integers(0, HEIGHT - 1), min_size=1))):
        first = draw(st.integers(0, WIDTH - 1))
        spans.append((y, first, draw(st.integers(first + 1, WIDTH))))
    return ChopsUpdate(chops, spans, ends)


@settings(max_examples=300, deadline=None)
@given(st.lists(updates(), min_size=1, max_size=6))
def test_the_terminal_shows_the_same_as_if_everything_was_sent(
    sequence: list[CompositorUpdate],
) -> None:
    shown = SentCells()
    ours, theirs = Terminal(WIDTH, HEIGHT), Terminal(WIDTH, HEIGHT)
    for update in sequence:
        cut = shown.only_changes(update)
        assert cut is not None
        for terminal, code in ((ours, cut), (theirs, update)):
            # Textual leaves the cursor where it may blink, and never in the last row.
            terminal.write(f"{code.render_segments(CONSOLE)}{Control.home().segment.text}")
        assert ours.cells == theirs.cells


def screen(*lines: str) -> LayoutUpdate:
    return LayoutUpdate([[Strip([Segment(line)])] for line in lines], Region(0, 0, 10, len(lines)))


def sent(shown: SentCells, update: CompositorUpdate) -> str:
    cut = shown.only_changes(update)
    assert cut is not None
    return cut.render_segments(CONSOLE)


def test_what_stands_there_already_is_not_sent() -> None:
    shown = SentCells()
    assert "0123456789" in sent(shown, screen("0123456789", "abcdefghij"))
    assert sent(shown, screen("0123456789", "abcdefghij")) == ""
    assert sent(shown, screen("0123X56789", "abcdefghij")) == "\x1b[1;5HX"


def test_two_changes_far_apart_are_sent_without_what_is_between() -> None:
    shown = SentCells()
    sent(shown, screen("│        │", "abcdefghij"))
    assert sent(shown, screen("┃        ┃", "abcdefghij")) == "\x1b[1;1H┃\x1b[1;10H┃"


def test_after_forgetting_everything_is_sent() -> None:
    shown = SentCells()
    sent(shown, screen("0123456789"))
    shown.forget()
    assert "0123456789" in sent(shown, screen("0123456789"))


def test_a_picture_is_always_sent_and_what_it_covered_is_unknown_after_it() -> None:
    shown = SentCells()
    picture = Strip([Segment("\x1bPq…\x1b\\", None, [(ControlType.CURSOR_FORWARD, 0)])], 10)
    drawn = LayoutUpdate([[picture]], Region(0, 0, 10, 1))
    sent(shown, screen("0123456789"))
    assert "\x1bPq" in sent(shown, drawn)
    assert "\x1bPq" in sent(shown, drawn)
    assert "0123456789" in sent(shown, screen("0123456789"))


def test_updates_of_other_kinds_go_through_untouched() -> None:
    shown = SentCells()
    inline = InlineUpdate([Strip([Segment("x")])])
    assert shown.only_changes(inline) is inline
    assert shown.only_changes(None) is None


def test_little_is_sent_for_a_key_and_the_screen_is_whole_all_the_same(tmp_path: Path) -> None:
    with app(tmp_path) as process:
        process.wait_for("handwritten")
        process.press(b"2")
        process.wait_for("filter size")
        # Again and again: what a busy machine draws late is not the key's.
        assert min(process.press(keys) for keys in (b"\x1b[B", b"\t", b"\x1b[B", b"\t")) < 3000
        for keys, words in (
            (b"?", "One more"),
            (b"\x1b", "filter size"),
            (b"\x1b", "filter size"),  # out of the field
            (b"1", "A stack of layers"),
        ):
            process.press(keys)
            process.wait_for(words)
        until = time.monotonic() + 60
        while True:
            process.press(b"\x1b[B")  # the next lesson
            kept = process.terminal.cells
            process.terminal.write("\x1b[5;1HBroadcast message: the system goes down")
            assert process.terminal.cells != kept
            assert process.press(b"\x0c") > 3000
            if process.terminal.cells == kept:
                break
            assert time.monotonic() < until, process.terminal.text
