"""Copying says only what is known, and shows the text where nothing is."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from tests.support.seeing import opened, screen_text, until, until_seen, until_toast
from tui.ui.dialogs.saving import SaveWindow
from tui.ui.dialogs.text_windows import CopyWindow

LINE = "150x150x3 conv:k=16,f=3"


async def test_copied_is_said_where_a_program_has_the_text(clipboard: Path) -> None:
    async with opened() as (app, pilot):
        await pilot.press("2", "y")
        await until_toast(pilot, f"Copied: {LINE}")
        assert clipboard.read_text().startswith(LINE)
        assert not isinstance(app.screen, CopyWindow)


@pytest.mark.parametrize("how", ["fails", "none", "ssh", "tmux"])
async def test_what_nobody_knows_is_shown_to_be_selected_or_written(
    how: str, clipboard: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "programs"
    if how == "ssh":
        monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
    elif how == "none":
        monkeypatch.delenv("WAYLAND_DISPLAY")
    else:
        (programs / "wl-copy").write_text("#!/bin/sh\nexit 1\n")
    if how == "tmux":
        monkeypatch.setenv("TMUX", "/tmp/tmux-0/default,1,0")
        (programs / "tmux").write_text("#!/bin/sh\necho external\n")
        (programs / "tmux").chmod(0o755)
    async with opened() as (app, pilot):
        await pilot.press("2", "y")
        await until(pilot, lambda: isinstance(app.screen, CopyWindow))
        await until_seen(pilot, LINE)
        assert "does not confirm that it copied it" in " ".join(screen_text(app).split())
        assert ("set-clipboard on" in screen_text(app)) == (how == "tmux")
        assert app.clipboard.startswith(LINE), "sent to the terminal all the same"
        await pilot.press("w")
        await until(pilot, lambda: isinstance(app.screen, SaveWindow))
        line = app.screen.query_one("#save-place", Input)
        await until(pilot, lambda: line.value.endswith("network.txt"))
        target = tmp_path / "mine.txt"
        line.value = str(target)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, CopyWindow))
        assert target.read_text().startswith(LINE)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, CopyWindow))


async def test_the_focus_comes_back_after_a_small_terminal() -> None:
    async with opened() as (app, pilot):
        for area in ("2", "3", "4"):
            await pilot.press("escape", area)
            await pilot.pause()
            await pilot.press("tab")
            before = app.focused
            assert before is not None
            for size in ((60, 24), (40, 10), (80, 23)):
                await pilot.resize_terminal(*size)
                await until_seen(pilot, "This terminal has")
            await pilot.resize_terminal(80, 24)
            await until(pilot, lambda: app.focused is not None)
            assert app.focused is before
