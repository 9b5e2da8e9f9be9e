"""Which terminals get real pictures, and asking one for its name."""

from __future__ import annotations

import os
import pty
import threading

import pytest

from tui.ui.pictures.graphics import (
    GraphicsError,
    lacks_placeholders,
    terminal_protocol,
    terminal_version,
)


@pytest.mark.parametrize(
    ("environment", "protocol"),
    [
        ({}, "none"),
        ({"TERM": "xterm-256color"}, "none"),
        ({"TERM": "xterm-kitty"}, "kitty"),
        ({"TERM": "xterm-ghostty"}, "kitty"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "ghostty"}, "kitty"),
        ({"TERM": "foot-extra"}, "sixel"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, "sixel"),
        ({"TERM": "xterm-kitty", "TMUX": "/tmp/tmux-0/default,1,0"}, "none"),
        ({"TERM": "tmux-256color", "TERM_PROGRAM": "ghostty"}, "none"),
        ({"TERM": "xterm-kitty", "CNN_TUI_GRAPHICS": "none"}, "none"),
        ({"TERM": "screen", "CNN_TUI_GRAPHICS": "Sixel "}, "sixel"),
        ({"TERM": "vt100", "CNN_TUI_GRAPHICS": "kitty"}, "kitty"),
        ({"TERM": "foot", "CNN_TUI_GRAPHICS": "auto"}, "sixel"),
    ],
)
def test_the_environment_decides(environment: dict[str, str], protocol: str) -> None:
    assert terminal_protocol(environment) == protocol


def test_a_request_that_cannot_be_is_named() -> None:
    with pytest.raises(GraphicsError, match=r"is 'png␛'; it can be kitty, sixel or none"):
        terminal_protocol({"CNN_TUI_GRAPHICS": "png\x1b"})


@pytest.mark.parametrize(
    ("answer", "version"),
    [
        (b"\x1bP>|kitty(0.35.2)\x1b\\", "kitty(0.35.2)"),
        (b"x\x1bP>|XTerm(370)\x1b\\", "XTerm(370)"),
        (b"\x1b[?62;c", ""),
        (b"", ""),
    ],
    ids=["kitty", "after a key", "another answer", "silence"],
)
def test_a_terminal_is_asked_for_its_name(answer: bytes, version: str) -> None:
    ours, theirs = pty.openpty()
    heard: list[bytes] = []

    def terminal() -> None:
        heard.append(os.read(ours, 100))
        os.write(ours, answer)

    thread = threading.Thread(target=terminal)
    thread.start()
    try:
        assert terminal_version(theirs, wait=1.0 if version else 0.1) == version
    finally:
        thread.join()
        os.close(ours)
        os.close(theirs)
    assert heard == [b"\x1b[>0q"]


def test_what_is_no_terminal_says_nothing() -> None:
    read, write = os.pipe()
    assert terminal_version(read) == ""
    os.close(read)
    os.close(write)


def test_an_old_kitty_is_known() -> None:
    assert lacks_placeholders("kitty(0.27.1)") and not lacks_placeholders("kitty(0.28.0)")
    assert not lacks_placeholders("XTerm(370)") and not lacks_placeholders("")
