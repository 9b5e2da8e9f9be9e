"""The optimizers and losses that Keras knows by name: one table for training, code and errors."""

from __future__ import annotations

from collections.abc import Mapping

OPTIMIZERS: Mapping[str, str] = {
    "adam": "Adam",
    "sgd": "SGD",
    "rmsprop": "RMSprop",
    "adamw": "AdamW",
    "adagrad": "Adagrad",
    "adadelta": "Adadelta",
    "adamax": "Adamax",
    "nadam": "Nadam",
    "ftrl": "Ftrl",
}
"""Class in `keras.optimizers` by the name that `model.compile` takes."""

LOSSES: tuple[str, ...] = (
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
    "binary_crossentropy",
    "mean_squared_error",
    "mse",
    "mean_absolute_error",
    "mae",
    "hinge",
    "kl_divergence",
    "poisson",
    "huber",
    "log_cosh",
)
"""Names that `model.compile` takes."""

CLASS_MODE_LOSSES: Mapping[str, str] = {
    "binary": "binary_crossentropy",
    "categorical": "categorical_crossentropy",
    "sparse": "sparse_categorical_crossentropy",
}
"""The loss that suits labels, by the `class_mode` of the loader that makes them."""

LOSS_METRICS: Mapping[str, str] = {
    "binary_crossentropy": "BinaryCrossentropy",
    "categorical_crossentropy": "CategoricalCrossentropy",
    "sparse_categorical_crossentropy": "SparseCategoricalCrossentropy",
}
"""Class in `keras.losses`, and in `keras.metrics`, for one of these losses."""
