"""Arguments, data and pictures given in the wrong form."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers as kl

from tests.workers.against_keras.mistakes.mistake import (
    BODY,
    CAT,
    SPARSE,
    Mistake,
    X,
    body,
    chain,
    compiled,
    fit,
    fit_folder,
    generator,
    numbers,
    one_hot,
    pictures,
)

INPUT_MISTAKES: tuple[Mistake, ...] = (
    Mistake(
        "pictures a list",
        "losses",
        lambda: fit(body(), list(X()), numbers(8, 10), SPARSE),
        ("np.stack",),
    ),
    Mistake(
        "pictures a dict",
        "losses",
        lambda: fit(body(), {"a": X()}, numbers(8, 10), SPARSE),
        ("dict",),
    ),
    Mistake("input shape a number", "input-shape", lambda: keras.Input(784), ("(784,)",)),
    Mistake(
        "renamed argument", "argument", lambda: keras.optimizers.Adam(lr=0.1), ("learning_rate",)
    ),
    Mistake(
        "metrics a word",
        "argument",
        lambda: body().compile("sgd", CAT, metrics="accuracy"),
        ('metrics=["accuracy"]',),
    ),
    Mistake("misspelt activation", "name", lambda: kl.Dense(3, activation="rleu"), ("relu",)),
    Mistake(
        "a tensor as a setting",
        "not-called",
        lambda: kl.Flatten(keras.Input((2, 2, 1))),
        ("Flatten()(x)",),
    ),
    Mistake(
        "a layer as output",
        "not-called",
        lambda: keras.Model(keras.Input((2,)), kl.Flatten()),
        ("called",),
    ),
    Mistake("a percentage dropped", "setting", lambda: kl.Dropout(25), ("0.25",)),
    Mistake(
        "output_padding too large",
        "setting",
        lambda: kl.Conv2DTranspose(4, 3, strides=2, output_padding=3),
        ("strides",),
    ),
    Mistake("one tensor concatenated", "merge", lambda: kl.Concatenate()(keras.Input((2,))), ()),
    Mistake(
        "pictures of whole numbers",
        "dtype",
        lambda: kl.Conv2D(2, 3)(np.zeros((1, 28, 28, 1), "int32")),
        ("float32",),
    ),
    Mistake("no loss", "not-compiled", lambda: fit(body(), X(), numbers(8, 10), None), ("loss",)),
    Mistake(
        "pictures and labels turned round",
        "ragged",
        lambda: fit(body(), numbers(8, 10), X(), SPARSE),
        ("x and y swapped",),
    ),
    Mistake(
        "text as pictures",
        "dtype",
        lambda: fit(body(), np.array(["a.jpg"] * 8), numbers(8, 10), SPARSE),
        ("5 letters",),
    ),
    Mistake(
        "a generator of lists",
        "generator",
        lambda: fit_folder(body(), ([X(), numbers(8, 10)] for _ in range(2)), SPARSE),
        ("tuple",),
    ),
    Mistake(
        "split of a generator",
        "generator",
        lambda: compiled().fit(((X(), numbers(8, 10)) for _ in range(2)), validation_split=0.2),
        ("arrays",),
    ),
    Mistake(
        "one picture, predict",
        "batch-axis",
        lambda: body().predict(pictures(28, 28, 1), verbose=0),
        ("[None]",),
        BODY,
    ),
    Mistake(
        "one colour picture, predict",
        "batch-axis",
        lambda: body(shape=(32, 32, 3)).predict(pictures(32, 32, 3), verbose=0),
        ("[None]",),
    ),
    Mistake(
        "one picture, called", "batch-axis", lambda: body()(pictures(28, 28, 1)), ("[None]",), BODY
    ),
    Mistake(
        "one picture, layer called",
        "batch-axis",
        lambda: kl.Conv2D(4, 3)(pictures(28, 28, 1)),
        ("[None]",),
    ),
    Mistake(
        "pictures without depth, conv first",
        "depth-axis",
        lambda: chain(kl.Conv2D(4, 3), shape=(28, 28)),
        ("(28, 28, 1)",),
    ),
    Mistake(
        "flat pictures",
        "flat-pictures",
        lambda: fit(body(), pictures(8, 784), one_hot(8, 10), CAT),
        ("reshape",),
        BODY,
    ),
    Mistake(
        "channels-first pictures",
        "channels-first",
        lambda: fit(body(shape=(32, 48, 3)), pictures(8, 3, 32, 48), one_hot(8, 10), CAT),
        ("channels",),
    ),
    Mistake(
        "channels-first input",
        "channels-first",
        lambda: chain(kl.Conv2D(4, 5), kl.MaxPooling2D(), shape=(3, 120, 120)),
        ("channels",),
    ),
    Mistake(
        "channels-first input, pool",
        "channels-first",
        lambda: chain(kl.Conv2D(4, 3), kl.MaxPooling2D(), shape=(1, 28, 28)),
        ("channels",),
    ),
    Mistake(
        "grey to colour",
        "color",
        lambda: fit(body(shape=(28, 28, 3)), X(), one_hot(8, 10), CAT),
        ('color_mode="rgb"',),
    ),
    Mistake(
        "colour to grey",
        "color",
        lambda: fit(body(), pictures(8, 28, 28, 3), one_hot(8, 10), CAT),
        ('color_mode="grayscale"',),
        BODY,
    ),
    Mistake(
        "rgba to colour",
        "color",
        lambda: body(shape=(28, 28, 3)).predict(pictures(8, 28, 28, 4), verbose=0),
        ('color_mode="rgb"',),
    ),
    Mistake(
        "grey folder to colour",
        "color",
        lambda: fit_folder(
            body(2, shape=(20, 30, 3)), generator("categorical", 2, (20, 30), "grayscale"), CAT
        ),
        ('color_mode="rgb"',),
    ),
    Mistake(
        "another size",
        "picture-size",
        lambda: fit(body(), pictures(8, 32, 32, 1), one_hot(8, 10), CAT),
        ("28",),
        BODY,
    ),
    Mistake(
        "another size, called",
        "picture-size",
        lambda: body()(pictures(8, 32, 32, 1)),
        ("28",),
        BODY,
    ),
    Mistake(
        "an axis too many",
        "rank",
        lambda: body().predict(pictures(1, 8, 28, 28, 1), verbose=0),
        ("axis",),
        BODY,
    ),
    Mistake(
        "flatten of open size",
        "open-size",
        lambda: chain(kl.Conv2D(4, 3), kl.Flatten(), kl.Dense(3), shape=(None, None, 3)),
        ("GlobalAveragePooling2D",),
    ),
)
