"""Weights and files of another model."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers as kl

from tests.workers.against_keras.mistakes.mistake import (
    Mistake,
    assigned,
    body,
    chain,
    load,
    load_old,
)

WEIGHT_MISTAKES: tuple[Mistake, ...] = (
    Mistake(
        "weights of another depth",
        "weights",
        lambda: load(body(shape=(28, 28, 1)), body(shape=(28, 28, 3))),
        ("depth",),
    ),
    Mistake(
        "weights of another number of classes",
        "weights",
        lambda: load(body(10), body(7)),
        ("10", "7"),
    ),
    Mistake(
        "weights of another size", "weights", lambda: load(body(shape=(32, 32, 1)), body()), ()
    ),
    Mistake(
        "weights of fewer layers",
        "weights",
        lambda: load(chain(kl.Conv2D(4, 3)), chain(kl.Conv2D(4, 3), kl.Conv2D(4, 3))),
        (),
    ),
    Mistake(
        "weights into another kind",
        "weights",
        lambda: load(chain(kl.Conv2D(4, 3)), chain(kl.Dense(3), shape=(8,))),
        (),
    ),
    Mistake(
        "h5, another depth",
        "weights",
        lambda: load_old(body(shape=(28, 28, 1)), body(shape=(28, 28, 3))),
        (),
    ),
    Mistake(
        "h5, another depth, by name",
        "weights",
        lambda: load_old(
            keras.Sequential([keras.Input((28, 28, 1)), kl.Conv2D(4, 3, name="c")]),
            keras.Sequential([keras.Input((28, 28, 3)), kl.Conv2D(4, 3, name="c")]),
            by_name=True,
        ),
        (),
    ),
    Mistake(
        "h5, fewer layers",
        "weights",
        lambda: load_old(chain(kl.Conv2D(4, 3)), chain(kl.Conv2D(4, 3), kl.Conv2D(4, 3))),
        ("1", "2"),
    ),
    Mistake(
        "h5, without bias",
        "weights",
        lambda: load_old(chain(kl.Conv2D(4, 3, use_bias=False)), chain(kl.Conv2D(4, 3))),
        (),
    ),
    Mistake(
        "weights into a network not built",
        "not-built",
        lambda: load(chain(kl.Conv2D(4, 3)), keras.Sequential([kl.Conv2D(4, 3)])),
        (),
    ),
    Mistake("set_weights, another depth", "weights", assigned, ("depth",)),
    Mistake(
        "set_weights, too few",
        "weights",
        lambda: chain(kl.Conv2D(4, 3)).set_weights([np.zeros((3, 3, 1, 4))]),
        (),
    ),
    Mistake(
        "assign",
        "weights",
        lambda: chain(kl.Conv2D(4, 3)).weights[0].assign(np.zeros((3, 3, 3, 4))),
        (),
    ),
    Mistake(
        "weights file missing",
        "file",
        lambda: body().load_weights("nowhere.weights.h5"),
        ("nowhere.weights.h5",),
    ),
    Mistake(
        "weights file ending", "file", lambda: body().save_weights("weights.h5"), (".weights.h5",)
    ),
    Mistake(
        "model file missing",
        "file",
        lambda: keras.models.load_model("nowhere.keras"),
        ("nowhere.keras",),
    ),
    Mistake("model file ending", "file", lambda: body().save("model"), (".keras",)),
    Mistake("model file of no kind", "file", lambda: keras.models.load_model("nowhere"), ()),
)
