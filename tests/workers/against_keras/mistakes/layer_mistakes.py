"""Windows that do not fit, and layers put together or spelt wrongly."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf
from keras import layers as kl

from tests.workers.against_keras.mistakes.mistake import (
    CAT,
    Mistake,
    X,
    body,
    chain,
    disconnected,
    fit,
    joined,
    one_hot,
    pictures,
)

LAYER_MISTAKES: tuple[Mistake, ...] = (
    Mistake(
        "window too large",
        "window",
        lambda: chain(kl.Conv2D(4, 3), kl.MaxPooling2D(), kl.Conv2D(4, 3), shape=(6, 6, 1)),
        ("Layer 3",),
        "6x6x1 conv:k=4,f=3 maxpool:f=2 conv:k=4,f=3",
        2,
    ),
    Mistake(
        "pool too large",
        "window",
        lambda: chain(kl.Conv2D(4, 3), kl.MaxPooling2D(4), kl.MaxPooling2D(2), shape=(6, 6, 1)),
        ("Layer 3",),
        "6x6x1 conv:k=4,f=3 maxpool:f=4 maxpool:f=2",
        2,
    ),
    Mistake(
        "average pool too large",
        "window",
        lambda: chain(kl.AveragePooling2D(9), shape=(6, 6, 1)),
        (),
    ),
    Mistake(
        "depthwise too large", "window", lambda: chain(kl.DepthwiseConv2D(9), shape=(6, 6, 1)), ()
    ),
    Mistake(
        "separable too large",
        "window",
        lambda: chain(kl.SeparableConv2D(4, 9), shape=(6, 6, 1)),
        (),
    ),
    Mistake("conv1d too large", "window", lambda: chain(kl.Conv1D(4, 9), shape=(6, 1)), ()),
    Mistake(
        "small pictures, predicted",
        "window",
        lambda: chain(
            kl.Conv2D(4, 3), kl.Conv2D(4, 3), kl.GlobalMaxPooling2D(), shape=(None, None, 1)
        ).predict(pictures(1, 3, 3, 1), verbose=0),
        (),
    ),
    Mistake(
        "conv on a vector",
        "after-flatten",
        lambda: chain(kl.Flatten(), kl.Conv2D(4, 3)),
        ("before Flatten",),
        "28x28x1 flatten conv:k=4,f=3",
        1,
    ),
    Mistake(
        "pool on a vector",
        "after-flatten",
        lambda: chain(kl.Flatten(), kl.MaxPooling2D()),
        ("before Flatten",),
        "28x28x1 flatten maxpool:f=2",
        1,
    ),
    Mistake(
        "global pool on a vector",
        "after-flatten",
        lambda: chain(kl.Flatten(), kl.GlobalAveragePooling2D()),
        (),
    ),
    Mistake("lstm on pictures", "rank", lambda: chain(kl.Conv2D(4, 3), kl.LSTM(4)), ("3 axes",)),
    Mistake(
        "groups and depth",
        "groups",
        lambda: chain(kl.Conv2D(4, 3, groups=2), shape=(9, 9, 3)),
        ("groups",),
    ),
    Mistake("groups and filters", "groups", lambda: kl.Conv2D(4, 3, groups=3), ("groups",)),
    Mistake(
        "stride and dilation",
        "stride-and-dilation",
        lambda: kl.Conv2D(4, 3, strides=2, dilation_rate=2),
        ("S = 1",),
    ),
    Mistake("zero filters", "setting", lambda: kl.Conv2D(0, 3), ("filters",)),
    Mistake("negative units", "setting", lambda: kl.Dense(-3), ("units",)),
    Mistake("float units", "setting", lambda: kl.Dense(3.5), ("units",)),
    Mistake("kernel of three", "setting", lambda: kl.Conv2D(4, (3, 3, 3)), ("kernel_size",)),
    Mistake("kernel of zero", "setting", lambda: kl.Conv2D(4, 0), ("kernel_size",)),
    Mistake("padding misspelt", "setting", lambda: kl.Conv2D(4, 3, padding="full"), ("padding",)),
    Mistake("activation misspelt", "name", lambda: kl.Dense(4, activation="sofmax"), ("sofmax",)),
    Mistake(
        "loss misspelt",
        "name",
        lambda: fit(body(), X(), one_hot(8, 10), "categorical_crossentrop"),
        ("categorical_crossentrop",),
    ),
    Mistake("optimizer misspelt", "name", lambda: body().compile("adm", CAT), ("adm",)),
    Mistake(
        "metric misspelt",
        "name",
        lambda: fit(body(), X(), one_hot(8, 10), CAT, metrics=["accurcy"]),
        ("accurcy",),
    ),
    Mistake("argument misspelt", "argument", lambda: kl.Conv2D(4, 3, stride=2), ("stride",)),
    Mistake(
        "old argument", "argument", lambda: kl.Conv2D(4, 3, border_mode="same"), ("border_mode",)
    ),
    Mistake(
        "minimum size",
        "minimum-size",
        lambda: keras.applications.InceptionV3(
            weights=None, include_top=False, input_shape=(64, 64, 3)
        ),
        ("75",),
    ),
    Mistake(
        "minimum size, resnet",
        "minimum-size",
        lambda: keras.applications.ResNet50(
            weights=None, include_top=False, input_shape=(20, 20, 3)
        ),
        ("32",),
    ),
    Mistake(
        "imagenet and classes",
        "pretrained",
        lambda: keras.applications.VGG16(weights="imagenet", classes=10),
        ("include_top=False",),
    ),
    Mistake(
        "imagenet and grey",
        "color",
        lambda: keras.applications.VGG16(
            weights="imagenet", include_top=False, input_shape=(64, 64, 1)
        ),
        ("3",),
    ),
    Mistake(
        "imagenet and size",
        "pretrained",
        lambda: keras.applications.VGG16(
            weights="imagenet", include_top=True, input_shape=(64, 64, 3)
        ),
        ("include_top=False",),
    ),
    Mistake("add of two depths", "merge", lambda: joined(kl.Add(), (8, 8, 4), (8, 8, 6)), ("Add",)),
    Mistake(
        "multiply of two sizes", "merge", lambda: joined(kl.Multiply(), (8, 8, 4), (7, 7, 4)), ()
    ),
    Mistake(
        "concatenate of two sizes",
        "merge",
        lambda: joined(kl.Concatenate(), (8, 8, 4), (7, 7, 4)),
        ("Concatenate",),
    ),
    Mistake("concatenate of none", "", lambda: kl.Concatenate()([]), ()),
    Mistake("add of a single tensor", "merge", lambda: kl.Add()(keras.Input((8,))), ("list",)),
    Mistake("add of two ranks", "merge", lambda: joined(kl.Concatenate(), (8, 8, 4), (4,)), ()),
    Mistake("reshape", "reshape", lambda: chain(kl.Reshape((7, 7, 7)), shape=(49,)), ("343", "49")),
    Mistake("reshape with -1", "reshape", lambda: chain(kl.Reshape((-1, 5)), shape=(49,)), ("49",)),
    Mistake(
        "numpy reshape", "reshape", lambda: pictures(10, 28, 28).reshape(10, 32, 32, 1), ("7,840",)
    ),
    Mistake(
        "tensor reshape",
        "reshape",
        lambda: tf.reshape(pictures(10, 28, 28), (10, 32, 32)),
        ("7,840",),
    ),
    Mistake("disconnected", "disconnected", disconnected, ("Input",)),
    Mistake(
        "no input, weights",
        "not-built",
        lambda: keras.Sequential([kl.Conv2D(4, 3)]).count_params(),
        ("Input",),
    ),
    Mistake(
        "no input, output",
        "not-built",
        lambda: keras.Sequential([kl.Conv2D(4, 3)]).output,
        ("Input",),
    ),
    Mistake("layer never called", "not-built", lambda: kl.Dense(3).output, ("Input",)),
    Mistake(
        "no input, set_weights",
        "not-built",
        lambda: kl.Dense(3).set_weights([np.zeros((2, 3)), np.zeros(3)]),
        (),
    ),
    Mistake("not compiled", "not-compiled", lambda: body().fit(X(), one_hot(8, 10)), ("compile",)),
    Mistake(
        "not a layer", "not-called", lambda: keras.Sequential([keras.Input((8,)), kl.Dense]), ()
    ),
    Mistake(
        "two of one name",
        "names",
        lambda: keras.Sequential([kl.Dense(2, name="a"), kl.Dense(2, name="a")]),
        ("name",),
    ),
)
