"""Slips in words, for the learner."""

from __future__ import annotations

import re

from tui.common.text import clean

_SIGNS = re.compile(r"\b(2p|[fpskwh]|[wdh][12])\b")
_SLIP_LABELS = {
    "above-zero": "compared a sigmoid with 0",
    "added-instead": "added instead of multiplying",
    "at-the-limit": "took the limit itself",
    "begin-not-end": "wrote a method that Keras calls at the beginning",
    "callback-singular": "wrote callback for callbacks",
    "carried-on": "went on from a wrong number",
    "class-mode": "chose another class_mode",
    "class-not-object": "gave a class, not an object",
    "compared-instead": "compared with ==",
    "counted-bias": "counted biases that are not there",
    "counted-from-0": "counted epochs from 0",
    "counted-from-1": "counted labels from 1",
    "counted-like-conv": "counted it like Conv2D",
    "counted-twice": "counted a MAC as two steps",
    "dead-map": "divided by a deviation of 0",
    "divided-last": "added 1 before dividing",
    "does-not-divide": "S does not divide",
    "epochs": "trained for other epochs",
    "exchanged": "exchanged the classes",
    "filters": "gave another number of filters",
    "forgot-epochs": "counted one epoch only",
    "forgot-f-squared": "counted F weights, not F·F",
    "forgot-k": "counted only one filter",
    "forgot-mixing": "forgot the 1×1 filters",
    "forgot-places": "counted only one position",
    "forgot-plus-1": "forgot + 1",
    "forgot-rescale": "forgot to rescale",
    "forgot-split": "forgot the split",
    "gave-best-epoch": "gave the best epoch, not the last",
    "gave-given-number": "gave a number from the question",
    "gave-images": "gave images, not batches",
    "gave-input": "gave the size of the input",
    "gave-other-part": "gave the other subset",
    "gave-output-values": "counted output values, not parameters",
    "gave-parameters": "gave the parameters as MACs",
    "grayscale": "loaded without colour",
    "halved-depth": "pooled the depth too",
    "jump-too-early": "used this layer's stride too early",
    "layers-not-outputs": "gave layers, not their outputs",
    "left-out-last-batch": "left out the last batch",
    "lengths": "drew lists of different lengths",
    "logs-acc": "asked logs for acc",
    "logs-get-acc": "asked logs for acc",
    "loss-for-many-classes": "took a loss for many classes",
    "lost": "lost some of the names",
    "lr": "wrote lr for learning_rate",
    "metric-acc": "named the metric acc",
    "missing-key": "compared an accuracy that is missing",
    "mode": "waited for the largest loss",
    "multiplied": "multiplied instead of adding",
    "multiplied-by-divisor": "multiplied by the divisor",
    "multiplied-d1": "multiplied by D1",
    "no-name": "gave a result no name",
    "no-plus-one": "forgot + 1",
    "no-rescale": "forgot to rescale",
    "no-return": "forgot return",
    "one-bias": "counted one bias for the whole layer",
    "one-bias-each-input": "counted a bias for each input",
    "one-layer-only": "gave a single layer's number",
    "one-step-more": "added a step",
    "one-value-more": "added 1 without a window",
    "order": "added before multiplying",
    "other-class-mode": "chose another class_mode",
    "other-row": "gave another layer's number",
    "overlap": "put names into both parts",
    "patience": "chose another patience",
    "pooling-has-none": "gave pooling weights",
    "raised": "stopped with an error",
    "ran-it-forwards": "calculated an ordinary convolution",
    "self-stop-training": "set self.stop_training",
    "shifted": "left the first layer out",
    "sorted-as-people-do": "sorted names as people do",
    "stayed": "left the receptive field as it was",
    "steps": "took other steps an epoch",
    "stop-on-the-callback": "set self.stop_training",
    "stopped-at-first-rise": "stopped at the first rise",
    "strides": "took a stride of 2",
    "subtracted-instead": "subtracted instead of dividing",
    "swapped-w-h": "swapped width and height",
    "threshold": "chose another threshold",
    "too-deep": "named a folder without classes",
    "took-listed-order": "took the order in the question",
    "units": "gave another number of units",
    "used-input-size": "used W1·H1, not W2·H2",
    "used-p": "added P once, not twice",
    "used-valid": "calculated without padding",
    "whole-division": "divided with //",
    "wrong-level": "named a folder one level too high",
    "wrong-metric": "compared another metric",
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
