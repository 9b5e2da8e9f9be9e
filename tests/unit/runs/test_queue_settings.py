"""The settings of the queue: kept, changed by variables, and damaged."""

from __future__ import annotations

import pytest

from tui.common.paths import state_dir
from tui.runs.queue.queue_settings import (
    QueueSettings,
    QueueSettingsError,
    read_settings,
    settings_problem,
    write_settings,
)


def test_settings_are_kept_and_variables_come_first() -> None:
    assert read_settings({}) == QueueSettings()
    write_settings(QueueSettings(slots=3, gpu_use_percent=5))
    assert read_settings({}) == QueueSettings(slots=3, gpu_use_percent=5)
    changed = read_settings({"CNN_TUI_SLOTS": "2", "CNN_TUI_GPU_MEMORY_GB": "0.5"})
    assert (changed.slots, changed.gpu_memory_gb, changed.gpu_use_percent) == (2, 0.5, 5)


@pytest.mark.parametrize(
    ("variable", "text", "words"),
    [
        ("CNN_TUI_SLOTS", "many", "CNN_TUI_SLOTS is 'many', which is no number"),
        ("CNN_TUI_SLOTS", "-1", "-1 runs at once cannot be; choose 1 to 1,000"),
        ("CNN_TUI_GPU_USE_PERCENT", "200", "200 percent of a GPU cannot be"),
        ("CNN_TUI_GPU_MEMORY_GB", "nan", "nan GB of a GPU's memory cannot be"),
    ],
)
def test_a_wrong_variable_is_not_used_and_is_said(variable: str, text: str, words: str) -> None:
    assert read_settings({variable: text}) == QueueSettings()
    assert words in settings_problem({variable: text})
    others = {"CNN_TUI_GPU_MEMORY_PERCENT": "20", variable: text}
    assert read_settings(others) == QueueSettings(gpu_memory_percent=20), "the others are"


@pytest.mark.parametrize("text", [b"", b"{", b'{"slots": -3}', b'{"slots": "x"}', b"\xff"])
def test_a_damaged_file_is_the_default(text: bytes) -> None:
    (state_dir() / "queue.json").write_bytes(text)
    assert read_settings({}) == QueueSettings()
    assert "is damaged" in settings_problem({})
    write_settings(QueueSettings(slots=2))
    assert read_settings({}).slots == 2 and settings_problem({}) == ""


def test_settings_have_bounds() -> None:
    with pytest.raises(QueueSettingsError):
        QueueSettings(slots=1001)
