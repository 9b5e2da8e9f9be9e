"""Weights typed into a filter."""

from __future__ import annotations

from tui.geometry import KERNELS
from tui.ui.filters.kernel_editor import KernelEditing

EDGES, BLUR = KERNELS["vertical-edges"], KERNELS["blur"]


def test_what_is_typed_makes_a_filter_of_ones_own_behind_the_ready_made_ones() -> None:
    editing = KernelEditing([EDGES, BLUR])
    assert editing.press(0, "5", "5") == 2
    assert editing.kernels[:2] == [EDGES, BLUR]
    assert editing.kernels[2].weights == ((5, 0, -1), *EDGES.weights[1:])
    assert editing.press(2, "minus", "-") == 2
    assert editing.kernels[2].weights[0] == (-5, 0, -1)


def test_there_is_one_of_ones_own() -> None:
    editing = KernelEditing([EDGES, BLUR])
    editing.press(0, "5", "5")
    assert editing.press(1, "7", "7") == 2
    assert len(editing.kernels) == 3
    assert editing.kernels[2].divisor == BLUR.divisor


def test_the_arrows_stay_within_the_filter() -> None:
    editing = KernelEditing([EDGES])
    for key in ("down", "right", "right", "right"):
        assert editing.press(0, key, "") == 0
    assert editing.cell == (1, 2)
    for key in ("up", "up", "left"):
        editing.press(0, key, "")
    assert editing.cell == (0, 1)
    assert editing.kernels == [EDGES]


def test_other_keys_are_left_to_the_commands() -> None:
    editing = KernelEditing([EDGES])
    assert editing.press(0, "s", "s") is None
    assert editing.press(0, "two", "²") is None
    assert editing.kernels == [EDGES]
