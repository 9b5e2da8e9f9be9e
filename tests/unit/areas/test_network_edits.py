"""The calculator's network is edited without a screen."""

from __future__ import annotations

import pytest

from tui.areas.calculator.calculator_text import result_texts, totals_text
from tui.areas.calculator.network_edits import FIRST_NETWORK, NetworkEdits
from tui.geometry import Solution, Volume, format_network, nearest_fits, parse_network, solve


class Edited:
    """A network under edit, what was said, and how often it was shown anew."""

    def __init__(self, line: str) -> None:
        self.said: list[str] = []
        self.shown = 0
        self.edits = NetworkEdits(changed=self._changed, notify=self.said.append)
        self.edits.load(parse_network(line))
        self.shown = 0

    def _changed(self) -> None:
        self.shown += 1

    @property
    def line(self) -> str:
        """The network in its one-line form."""
        return format_network(self.edits.network)


def test_each_edit_is_shown_and_taken_back() -> None:
    edited = Edited("8x8x1 conv:k=4,f=3 flatten")
    edited.edits.duplicate()
    edited.edits.move(1)
    assert edited.line == "8x8x1 conv:k=4,f=3 flatten conv:k=4,f=3"
    edited.edits.go(-1)
    edited.edits.delete()
    assert edited.line == "8x8x1 conv:k=4,f=3 conv:k=4,f=3"
    assert edited.shown == 4
    for _ in range(3):
        edited.edits.undo()
    assert edited.line == "8x8x1 conv:k=4,f=3 flatten"
    edited.edits.redo()
    assert edited.line == "8x8x1 conv:k=4,f=3 conv:k=4,f=3 flatten"
    edited.edits.reset()
    assert edited.line == FIRST_NETWORK


def test_what_cannot_be_done_is_not_shown_anew() -> None:
    said: list[str] = []
    edits = NetworkEdits(changed=lambda: pytest.fail("shown anew"), notify=said.append)
    edits.editor.move_cursor(-1)
    edits.delete()
    edits.duplicate()
    edits.move(1)
    edits.redo()
    edits.undo()
    assert said == ["There is nothing to undo."]


def test_the_shape_that_reaches_a_layer() -> None:
    edits = Edited("8x8x1 conv:k=4,f=9 flatten conv:k=4,f=3").edits
    assert edits.incoming(edits.traced) == Volume(8, 8, 1)
    edits.go(1)
    assert edits.incoming(edits.traced) is None, "the layer above does not fit"


def test_a_fit_changes_the_layer_and_the_input_only_above_the_first_layer() -> None:
    edited = Edited("10x10x1 conv:k=4,f=3,s=2")
    layer = edited.edits.layer
    assert layer is not None
    fits = nearest_fits(layer, Volume(10, 10, 1), limit=100)
    of_input = next(one for one in fits if one.layer == layer)
    of_layer = next(one for one in fits if one.layer != layer)
    edited.edits.apply(of_input)
    assert not edited.line.startswith("10x10x1")
    edited.edits.undo()
    edited.edits.apply(of_layer)
    assert edited.edits.layer == of_layer.layer
    assert not edited.said


def test_a_fit_of_the_input_is_refused_below_the_first_layer() -> None:
    edited = Edited("10x10x1 conv:k=4,f=3,p=1 conv:k=4,f=3,s=2")
    edited.edits.go(1)
    layer, before = edited.edits.layer, edited.line
    assert layer is not None
    fits = nearest_fits(layer, Volume(10, 10, 4), limit=100)
    edited.edits.apply(next(one for one in fits if one.layer == layer))
    assert edited.said == ["That would change this layer's input: edit the previous layer instead."]
    assert edited.line == before


def found() -> Solution:
    """Return a way from a width of 8 to one of 4."""
    return next(one for one in solve(8, 4) if one.kernel == 3 and one.stride == 2)


def test_a_way_backwards_changes_a_convolution_and_goes_behind_any_other_layer() -> None:
    edited = Edited("8x8x1 conv:k=5,f=1")
    edited.edits.apply_solution(found())
    assert edited.line == "8x8x1 conv:k=5,f=3,s=2,p=1"
    edited = Edited("8x8x1 maxpool:f=1")
    edited.edits.apply_solution(found())
    assert edited.line == "8x8x1 maxpool:f=1 conv:k=16,f=3,s=2,p=1"


def test_a_hidden_result_is_reported_by_none_of_the_texts() -> None:
    edits = Edited("8x8x1 conv:k=4,f=3").edits
    good = edits.traced[0].effect
    shown, told = result_texts(good, None, waiting=False, hidden=False)
    assert "6" in shown.plain and "(8 − 3 + 2·0)/1 + 1 = 6" in told.plain
    shown, told = result_texts(good, None, waiting=False, hidden=True)
    assert "6" not in shown.plain + told.plain
    shown, told = result_texts(good, None, waiting=True, hidden=False)
    assert (shown.plain, told.plain) == ("", "An earlier layer does not fit.")
    assert totals_text(edits.traced).plain.endswith("1 layer")
