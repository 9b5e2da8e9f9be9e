"""Slips in words, for the learner."""

from __future__ import annotations

import re

from tui.common.text import clean

_SIGNS = re.compile(r"\b(2p|[fpskwh]|[wdh][12])\b")
_SLIP_LABELS = {
    "added-instead": "added instead of multiplying",
    "carried-on": "went on from a wrong number",
    "counted-bias": "counted biases that are not there",
    "counted-like-conv": "counted it like Conv2D",
    "counted-twice": "counted a MAC as two steps",
    "divided-last": "added 1 before dividing",
    "does-not-divide": "S does not divide",
    "forgot-f-squared": "counted F weights, not F·F",
    "forgot-k": "counted only one filter",
    "forgot-mixing": "forgot the 1×1 filters",
    "forgot-places": "counted only one position",
    "forgot-plus-1": "forgot + 1",
    "gave-given-number": "gave a number from the question",
    "gave-input": "gave the size of the input",
    "gave-output-values": "counted output values, not parameters",
    "gave-parameters": "gave the parameters as MACs",
    "halved-depth": "pooled the depth too",
    "jump-too-early": "used this layer's stride too early",
    "multiplied": "multiplied instead of adding",
    "multiplied-d1": "multiplied by D1",
    "one-bias": "counted one bias for the whole layer",
    "one-bias-each-input": "counted a bias for each input",
    "one-layer-only": "gave a single layer's number",
    "one-value-more": "added 1 without a window",
    "other-row": "gave another layer's number",
    "pooling-has-none": "gave pooling weights",
    "ran-it-forwards": "calculated an ordinary convolution",
    "stayed": "left the receptive field as it was",
    "swapped-w-h": "swapped width and height",
    "used-input-size": "used W1·H1, not W2·H2",
    "used-p": "added P once, not twice",
    "used-valid": "calculated without padding",
    "wrong-padding": "swapped same and valid",
}
"""Slips whose names do not say enough by themselves."""


def slip_label(name: str) -> str:
    """Return a slip in words.

    Args:
        name: as it is stored; one from a file of another version may be anything.

    >>> slip_label("forgot-2p"), slip_label("swapped-w-h"), slip_label("gave-d1")
    ('forgot 2P', 'swapped width and height', 'gave D1 as the answer')
    """
    if name in _SLIP_LABELS:
        return _SLIP_LABELS[name]
    words = clean(name, 60).replace("-", " ")
    if words.startswith("gave "):
        words += " as the answer"
    return _SIGNS.sub(lambda match: match[0].upper(), words)
