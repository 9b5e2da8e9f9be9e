"""Mistakes that students make, each made with real Keras so that Keras raises its message."""

from __future__ import annotations

from tests.workers.against_keras.mistakes.data_mistakes import DATA_MISTAKES
from tests.workers.against_keras.mistakes.input_mistakes import INPUT_MISTAKES
from tests.workers.against_keras.mistakes.label_mistakes import LABEL_MISTAKES
from tests.workers.against_keras.mistakes.layer_mistakes import LAYER_MISTAKES
from tests.workers.against_keras.mistakes.mistake import Mistake
from tests.workers.against_keras.mistakes.weight_mistakes import WEIGHT_MISTAKES

MISTAKES: tuple[Mistake, ...] = (
    *INPUT_MISTAKES,
    *LABEL_MISTAKES,
    *LAYER_MISTAKES,
    *WEIGHT_MISTAKES,
    *DATA_MISTAKES,
)
