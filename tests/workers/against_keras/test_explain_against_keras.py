"""Every mistake of a student, made with real Keras, is recognised by the explainer."""

from __future__ import annotations

import traceback
from typing import Any

import pytest

from tests.workers.against_keras.mistakes import MISTAKES
from tests.workers.against_keras.mistakes.mistake import Mistake
from tui.geometry import format_network, parse_network
from tui.keras_io import keras_code
from tui.keras_io.errors import explain_keras_error, read_pasted_text


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


@pytest.mark.parametrize("width", [None, 60, 79])
@pytest.mark.parametrize(
    "line",
    [
        "28x28x1 conv:k=8,f=3 maxpool:f=2 conv:k=16,f=5,p=same flatten dense:k=32 dense:k=10",
        "150x150x3 conv:k=16,f=3 maxpool:f=2 batchnorm conv:k=32,f=3 globalavg dense:k=1",
        "32x32x3 conv:k=8,f=3,bias=no avgpool:f=4 depthwise:f=3 flatten dense:k=5,bias=no",
    ],
)
def test_summaries_of_keras_are_read(line: str, width: int | None) -> None:
    scope: dict[str, Any] = {}
    exec(compile(keras_code(parse_network(line)), "network.py", "exec"), scope)
    printed: list[str] = []
    scope["model"].summary(line_length=width, print_fn=lambda text, **_: printed.append(text))
    found = read_pasted_text("\n".join(printed))
    if found.network is None:  # a narrow table may cut a class so short that it is any of several
        assert width == 60 and "model.summary()" in found.refusal, found
        return
    assert format_network(found.network.network) == line
