"""Every mistake of a student, made with real Keras, is told by the explainer."""

from __future__ import annotations

import traceback

import pytest

from tests.trainer.mistakes import MISTAKES, Mistake
from tui.geometry import parse_network
from tui.keras_errors import explain_keras_error


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_the_right_kind_is_named(mistake: Mistake) -> None:
    with pytest.raises(Exception) as caught:
        mistake.make()
    message = f"{caught.type.__name__}: {caught.value}"
    whole = "".join(traceback.format_exception(caught.value))
    network = parse_network(mistake.network) if mistake.network else None
    for text in (message, whole):
        found = explain_keras_error(text, network)
        said = " ".join(found.lines())
        assert found.kind == (mistake.kind or "unknown"), (message[:500], said)
        assert all(word in said for word in mistake.words), (message[:500], said)
        if mistake.row is not None:
            assert found.row == mistake.row, (message[:500], said)
