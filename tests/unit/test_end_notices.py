"""Notices that a training has ended: which runs, in which words, in which terminals."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tui.app.end_notices import EndedRuns, ending_text, notice_codes
from tui.common.paths import runs_dir
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_summary import RunSummary


def summary(name: str = "a", state: str = "running") -> RunSummary:
    """Return a run in a state."""
    run = RunFolder(runs_dir() / name)
    return RunSummary(run, state, name, 3, 9, 0.91234, 2, "val_accuracy")  # type: ignore[arg-type]


@pytest.mark.parametrize("before", ["queued", "starting", "running"])
@pytest.mark.parametrize("after", ["finished", "stopped", "failed", "died"])
def test_a_run_that_ended_is_found_once(before: str, after: str) -> None:
    ended = EndedRuns()
    assert ended.look([summary(state=before)]) == []
    assert ended.look([summary(state="unknown")]) == []
    assert [one.state for one in ended.look([summary(state=after)])] == [after]
    assert ended.look([summary(state=after)]) == []
    # A resumed run ends anew.
    ended.look([summary(state="starting")])
    assert len(ended.look([summary(state=after)])) == 1


def test_what_had_ended_before_the_app_was_opened_is_not_reported() -> None:
    ended = EndedRuns()
    assert ended.look([summary(state="finished"), summary("b", "died")]) == []
    assert ended.look([summary(state="aside")]) == []


def test_a_watched_log_has_no_end() -> None:
    ended, log = EndedRuns(), ExternalSpec(name="log", source="log")
    ended.look([replace(summary(), external=log)])
    assert ended.look([replace(summary(state="finished"), external=log)]) == []


def test_the_words_say_how_it_ended() -> None:
    assert ending_text(summary("pets", "finished")) == (
        "pets: finished, val_accuracy 0.9123 (epoch 2)"
    )
    failed = replace(summary("pets", "failed"), problem="No memory.\x1b[2J")
    assert ending_text(failed) == "pets: failed. No memory.␛[2J"
    assert ending_text(summary("a\x07b", "died")).startswith("a␇b: died at epoch 4")


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"TERM": "xterm-256color"},
        {"TERM": "linux"},
        {"TERM": "dumb"},
        {"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"},
        {"TERM": "xterm-256color", "TERM_PROGRAM": "vscode"},
        {"TERM": "tmux-256color", "TERM_PROGRAM": "tmux", "LC_TERMINAL": "iTerm2"},
        {"TERM": "xterm-kitty", "TMUX": "/tmp/tmux"},
        {"TERM": "screen", "TERM_PROGRAM": "WezTerm"},
        {"TERM": "foot", "STY": "1.a"},
    ],
)
def test_a_terminal_that_may_not_have_notices_gets_none(environment: dict[str, str]) -> None:
    assert notice_codes("over", environment) == ""


@pytest.mark.parametrize(
    ("environment", "begins"),
    [
        ({"TERM": "xterm-kitty"}, "\x1b]9;"),
        ({"TERM": "xterm-ghostty"}, "\x1b]9;"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, "\x1b]9;"),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, "\x1b]9;"),  # over SSH
        ({"TERM": "foot-extra"}, "\x1b]777;notify;"),
        ({"TERM": "rxvt-unicode-256color"}, "\x1b]777;notify;"),
    ],
)
def test_nothing_in_a_name_ends_the_codes(environment: dict[str, str], begins: str) -> None:
    codes = notice_codes("a;b\x07c\x1b\\d\x9ce\u202ef\n" + "x" * 500, environment)
    assert codes.startswith(begins) and codes.endswith("\x07")
    inside = codes[2:-1]
    assert all(character.isprintable() for character in inside)
    assert len(inside) < 250
    # `777;notify;title;body`: one more would be a part of its own. In `9;text` nothing is parted.
    assert "777" not in begins or inside.count(";") == 3
