"""Editing a network: every edit can be taken back, and made again."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from tui.geometry import Volume, format_network, parse_layer, parse_network
from tui.geometry.editor import NetworkEditor

START = "28x28x1 conv:k=8,f=3,a=relu maxpool:f=2 flatten dense:k=10"

EDITS: dict[str, Callable[[NetworkEditor], object]] = {
    "insert": lambda editor: editor.insert(parse_layer("dropout")),
    "delete": lambda editor: editor.delete(),
    "duplicate": lambda editor: editor.duplicate(),
    "down": lambda editor: editor.move(1),
    "up": lambda editor: editor.move(-1),
    "change": lambda editor: editor.change(parse_layer("avgpool:f=3")),
    "input": lambda editor: editor.change_input(Volume(30, 28, 3)),
    "load": lambda editor: editor.load(parse_network("8x8x1 flatten")),
    "next": lambda editor: editor.move_cursor(editor.draft.cursor + 1),
    "first": lambda editor: editor.move_cursor(-1),
}


@given(st.lists(st.sampled_from(sorted(EDITS)), max_size=30))
def test_undo_leads_back_and_redo_forward_again(names: list[str]) -> None:
    editor = NetworkEditor(parse_network(START))
    for name in names:
        EDITS[name](editor)
        assert -1 <= editor.draft.cursor < len(editor.network.layers)
    edited = editor.network
    while editor.undo():
        pass
    assert format_network(editor.network) == START
    while editor.redo():
        pass
    assert editor.network == edited


def test_presses_of_one_key_are_taken_back_at_once() -> None:
    editor = NetworkEditor(parse_network(START))
    for filters in range(9, 20):
        editor.change(parse_layer(f"conv:k={filters},f=3,a=relu"), setting="K")
    editor.change(parse_layer("conv:k=19,f=5,a=relu"), setting="F")
    assert editor.undo()
    assert "k=19,f=3" in format_network(editor.network)
    assert editor.undo()
    assert format_network(editor.network) == START


def test_the_input_stays_and_a_layer_moves_with_the_cursor() -> None:
    editor = NetworkEditor(parse_network(START))
    editor.move_cursor(-1)
    assert not editor.delete()
    editor.move_cursor(0)
    assert editor.move(1)
    assert editor.draft.cursor == 1
    assert format_network(editor.network).startswith("28x28x1 maxpool:f=2 conv:k=8")
    assert not NetworkEditor(parse_network("8x8x1")).duplicate()
