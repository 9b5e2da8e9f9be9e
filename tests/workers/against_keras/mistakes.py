"""Mistakes that students make, each made with real Keras so that it raises its own message."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers as kl


@dataclass(frozen=True)
class Mistake:
    """A mistake.

    Args:
        name: what is done.
        kind: the kind that the explainer has to name; empty where Keras raises nothing that can
            be known, so that "unknown" is the right answer.
        make: does it; raises what Keras raises.
        words: what the answer has to hold.
        network: the network in one line, where it is a chain.
        row: the row that has to be named, with the network given.
    """

    name: str
    kind: str
    make: Callable[[], object]
    words: tuple[str, ...] = ()
    network: str = ""
    row: int | None = None


def pictures(*shape: int) -> Any:
    return np.zeros(shape, "float32")


def one_hot(count: int, classes: int) -> Any:
    return np.eye(classes, dtype="float32")[np.arange(count) % classes]


def numbers(count: int, classes: int) -> Any:
    return (np.arange(count) % classes).astype("int32")


def chain(*layers: Any, shape: Any = (28, 28, 1)) -> Any:
    return keras.Sequential([keras.Input(shape), *layers])


def body(units: int = 10, activation: str = "softmax", shape: Any = (28, 28, 1)) -> Any:
    return chain(kl.Conv2D(4, 3), kl.Flatten(), kl.Dense(units, activation=activation), shape=shape)


def no_flatten(units: int = 10, activation: str = "softmax") -> Any:
    return chain(kl.Conv2D(4, 3), kl.Dense(units, activation=activation))


def fit(model: Any, x: Any, y: Any, loss: Any, *, eager: bool = False, metrics: Any = ()) -> None:
    model.compile("sgd", loss, metrics=list(metrics), run_eagerly=eager)
    model.fit(x, y, verbose=0, batch_size=8)


def evaluate(model: Any, x: Any, y: Any, loss: Any) -> None:
    model.compile("sgd", loss)
    model.evaluate(x, y, verbose=0)


CAT, SPARSE, BINARY = (
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
    "binary_crossentropy",
)
X = partial(pictures, 8, 28, 28, 1)
BODY = "28x28x1 conv:k=4,f=3 flatten dense:k=10,a=softmax"
BARE = "28x28x1 conv:k=4,f=3 dense:k=10,a=softmax"


def generator(
    folder_mode: str | None, classes: int, size: tuple[int, int], color: str = "rgb"
) -> Any:
    """A folder of pictures read by flow_from_directory."""
    from PIL import Image
    from tensorflow.keras.preprocessing.image import ImageDataGenerator

    folder = Path(tempfile.mkdtemp())
    for label in range(classes):
        (folder / f"class{label}").mkdir()
        for number in range(4):
            Image.new("RGB", (30, 20)).save(folder / f"class{label}" / f"{number}.png")
    return ImageDataGenerator().flow_from_directory(
        folder, target_size=size, class_mode=folder_mode, color_mode=color, batch_size=4
    )


def fit_folder(model: Any, flow: Any, loss: str) -> None:
    model.compile("sgd", loss)
    model.fit(flow, verbose=0)


def load(saved: Any, into: Any, suffix: str = ".weights.h5", **options: Any) -> None:
    path = str(Path(tempfile.mkdtemp()) / f"saved{suffix}")
    saved.save_weights(path)
    into.load_weights(path, **options)


def load_old(saved: Any, into: Any, **options: Any) -> None:
    """A whole model in HDF5, as Keras 2 wrote it, loaded for its weights."""
    path = str(Path(tempfile.mkdtemp()) / "saved.h5")
    saved.save(path)
    into.load_weights(path, **options)


def joined(layer: Any, *shapes: Any) -> Any:
    return layer([keras.Input(shape) for shape in shapes])


def disconnected() -> None:
    a, b = keras.Input((8,)), keras.Input((8,))
    keras.Model(a, kl.Dense(2)(b))


def two_outputs() -> Any:
    a = keras.Input((28, 28, 1))
    flat = kl.Flatten()(a)
    return keras.Model(a, [kl.Dense(2, name="one")(flat), kl.Dense(3, name="two")(flat)])


def assigned() -> None:
    model = chain(kl.Conv2D(4, 3))
    model.layers[0].set_weights([np.zeros((3, 3, 3, 4)), np.zeros(4)])


def compiled() -> Any:
    model = body()
    model.compile("sgd", SPARSE)
    return model


MISTAKES: tuple[Mistake, ...] = (
    # Given, put together or spelt in the wrong way
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
    # Flatten forgotten
    Mistake(
        "no flatten, categorical",
        "flatten",
        lambda: fit(no_flatten(), X(), one_hot(8, 10), CAT),
        ("Flatten",),
        BARE,
        1,
    ),
    Mistake(
        "no flatten, categorical, eager",
        "flatten",
        lambda: fit(no_flatten(), X(), one_hot(8, 10), CAT, eager=True),
        ("Flatten",),
        BARE,
        1,
    ),
    Mistake(
        "no flatten, sparse",
        "flatten",
        lambda: fit(no_flatten(), X(), numbers(8, 10), SPARSE),
        ("Flatten",),
        BARE,
        1,
    ),
    Mistake(
        "no flatten, sparse, eager",
        "flatten",
        lambda: fit(no_flatten(), X(), numbers(8, 10), SPARSE, eager=True),
        ("Flatten",),
        BARE,
        1,
    ),
    Mistake(
        "no flatten, sparse, column",
        "flatten",
        lambda: fit(no_flatten(), X(), numbers(8, 10)[:, None], SPARSE),
        ("Flatten",),
        BARE,
        1,
    ),
    Mistake(
        "no flatten, binary",
        "flatten",
        lambda: fit(no_flatten(1, "sigmoid"), X(), numbers(8, 2), BINARY),
        ("Flatten",),
    ),
    Mistake(
        "no flatten, binary, eager",
        "flatten",
        lambda: fit(no_flatten(1, "sigmoid"), X(), numbers(8, 2), BINARY, eager=True),
        ("Flatten",),
    ),
    Mistake(
        "no flatten, evaluate",
        "flatten",
        lambda: evaluate(no_flatten(), X(), one_hot(8, 10), CAT),
        ("Flatten",),
        BARE,
        1,
    ),
    Mistake(
        "no flatten, folder categorical",
        "flatten",
        lambda: fit_folder(
            chain(kl.Conv2D(4, 3), kl.Dense(3, activation="softmax"), shape=(20, 30, 3)),
            generator("categorical", 3, (20, 30)),
            CAT,
        ),
        ("Flatten",),
    ),
    # labels of another form
    Mistake(
        "integers, categorical",
        "integer-labels",
        lambda: fit(body(), X(), numbers(8, 10), CAT),
        ("sparse_categorical_crossentropy",),
        BODY,
        2,
    ),
    Mistake(
        "integers, categorical, eager",
        "integer-labels",
        lambda: fit(body(), X(), numbers(8, 10), CAT, eager=True),
        ("sparse_categorical_crossentropy",),
        BODY,
        2,
    ),
    Mistake(
        "integers in a column, categorical",
        "integer-labels",
        lambda: fit(body(), X(), numbers(8, 10)[:, None], CAT),
        ("sparse_categorical_crossentropy",),
        BODY,
        2,
    ),
    Mistake(
        "integers, focal",
        "integer-labels",
        lambda: fit(body(), X(), numbers(8, 10), "categorical_focal_crossentropy"),
        ("sparse",),
        BODY,
        2,
    ),
    Mistake(
        "one-hot, sparse",
        "one-hot-labels",
        lambda: fit(body(), X(), one_hot(8, 10), SPARSE),
        ("categorical_crossentropy",),
        BODY,
        2,
    ),
    Mistake(
        "one-hot, sparse, eager",
        "one-hot-labels",
        lambda: fit(body(), X(), one_hot(8, 10), SPARSE, eager=True),
        ("categorical_crossentropy",),
        BODY,
        2,
    ),
    Mistake(
        "folder sparse, categorical loss",
        "integer-labels",
        lambda: fit_folder(body(3, shape=(20, 30, 3)), generator("sparse", 3, (20, 30)), CAT),
        ("class_mode",),
    ),
    Mistake(
        "folder binary, categorical loss",
        "integer-labels",
        lambda: fit_folder(body(2, shape=(20, 30, 3)), generator("binary", 2, (20, 30)), CAT),
        ("class_mode",),
    ),
    Mistake(
        "folder categorical, sparse loss",
        "one-hot-labels",
        lambda: fit_folder(
            body(3, shape=(20, 30, 3)), generator("categorical", 3, (20, 30)), SPARSE
        ),
        ("class_mode",),
    ),
    Mistake(
        "folder categorical, one sigmoid",
        "binary",
        lambda: fit_folder(
            body(1, "sigmoid", shape=(20, 30, 3)), generator("categorical", 2, (20, 30)), BINARY
        ),
        ('class_mode="binary"',),
    ),
    Mistake(
        "folder binary, two softmax units",
        "integer-labels",
        lambda: fit_folder(body(2, shape=(20, 30, 3)), generator("binary", 2, (20, 30)), BINARY),
        ("sigmoid",),
    ),
    Mistake(
        "folder class_mode none",
        "no-labels",
        lambda: fit_folder(body(2, shape=(20, 30, 3)), generator(None, 2, (20, 30)), CAT),
        ("class_mode",),
    ),
    Mistake(
        "folder class_mode none, sparse",
        "no-labels",
        lambda: fit_folder(body(2, shape=(20, 30, 3)), generator(None, 2, (20, 30)), SPARSE),
        ("class_mode",),
    ),
    Mistake(
        "folder class_mode misspelt",
        "class-mode",
        lambda: generator("catagorical", 2, (20, 30)),
        ("class_mode",),
    ),
    Mistake(
        "label out of range",
        "label-range",
        lambda: fit(body(), X(), np.full(8, 10), SPARSE),
        ("0 to 9", "Dense(11"),
        BODY,
        2,
    ),
    Mistake(
        "label out of range, eager",
        "label-range",
        lambda: fit(body(), X(), np.full(8, 10), SPARSE, eager=True),
        ("0 to 9",),
        BODY,
        2,
    ),
    Mistake(
        "negative label",
        "label-range",
        lambda: fit(body(), X(), np.full(8, -1), SPARSE),
        ("-1",),
        BODY,
        2,
    ),
    Mistake(
        "to_categorical too small",
        "label-range",
        lambda: keras.utils.to_categorical([0, 3, 10], 10),
        ("10",),
    ),
    Mistake(
        "units fewer than classes",
        "units",
        lambda: fit(body(7), X(), one_hot(8, 10), CAT),
        ("Dense(10",),
    ),
    Mistake(
        "units fewer than classes, eager",
        "units",
        lambda: fit(body(7), X(), one_hot(8, 10), CAT, eager=True),
        ("Dense(10",),
    ),
    Mistake(
        "folder of 3, Dense(5)",
        "units",
        lambda: fit_folder(body(5, shape=(20, 30, 3)), generator("categorical", 3, (20, 30)), CAT),
        ("Dense(3",),
    ),
    Mistake(
        "one unit, one-hot, categorical",
        "units",
        lambda: fit(body(1), X(), one_hot(8, 10), CAT),
        ("Dense(10",),
    ),
    Mistake(
        "binary loss, integers, ten units",
        "integer-labels",
        lambda: fit(body(), X(), numbers(8, 10), BINARY),
        ("sparse_categorical_crossentropy",),
        BODY,
        2,
    ),
    Mistake(
        "binary loss, integers, ten units, eager",
        "integer-labels",
        lambda: fit(body(), X(), numbers(8, 10), BINARY, eager=True),
        ("sparse_categorical_crossentropy",),
        BODY,
        2,
    ),
    Mistake(
        "binary loss, one-hot, one unit",
        "binary",
        lambda: fit(body(1, "sigmoid"), X(), one_hot(8, 2), BINARY),
        ("sigmoid",),
    ),
    Mistake("mse, other classes", "units", lambda: fit(body(), X(), one_hot(8, 7), "mse"), ()),
    Mistake("y None", "no-labels", lambda: fit(body(), X(), None, CAT), ("labels",)),
    Mistake("y None, sparse", "no-labels", lambda: fit(body(), X(), None, SPARSE), ("labels",)),
    Mistake(
        "string labels", "dtype", lambda: fit(body(), X(), np.array(["cat"] * 8), CAT), ("number",)
    ),
    Mistake(
        "string labels, sparse",
        "dtype",
        lambda: fit(body(), X(), np.array(["cat"] * 8), SPARSE),
        ("number",),
    ),
    Mistake(
        "object pictures",
        "dtype",
        lambda: fit(body(), np.array([None] * 8), one_hot(8, 10), CAT),
        (),
    ),
    Mistake(
        "y of another length", "counts", lambda: fit(body(), X(), one_hot(7, 10), CAT), ("8", "7")
    ),
    Mistake(
        "precision with two softmax units",
        "",
        lambda: fit(body(2), X(), numbers(8, 2), SPARSE, metrics=[keras.metrics.Precision()]),
        (),
    ),
    # what is fed
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
    # windows and building
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
    # weights
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
    # data
    Mistake(
        "empty folder",
        "no-data",
        lambda: fit_folder(body(2, shape=(20, 30, 3)), generator("categorical", 0, (20, 30)), CAT),
        (),
    ),
    Mistake(
        "folder not there",
        "file",
        lambda: keras.utils.image_dataset_from_directory("nowhere"),
        ("nowhere",),
    ),
    Mistake(
        "empty folder, dataset",
        "no-data",
        lambda: keras.utils.image_dataset_from_directory(tempfile.mkdtemp()),
        (),
    ),
    Mistake(
        "validation_split without subset",
        "setting",
        lambda: keras.utils.image_dataset_from_directory(tempfile.mkdtemp(), validation_split=0.2),
        (),
    ),
    Mistake(
        "data not batched",
        "batch-axis",
        lambda: (
            lambda m: (
                m.compile("sgd", CAT),
                m.fit(tf.data.Dataset.from_tensor_slices((X(), one_hot(8, 10))), verbose=0),
            )
        )(body()),
        ("batch",),
    ),
    Mistake(
        "data batched twice",
        "rank",
        lambda: (
            lambda m: (
                m.compile("sgd", CAT),
                m.fit(
                    tf.data.Dataset.from_tensor_slices((X(), one_hot(8, 10))).batch(2).batch(2),
                    verbose=0,
                ),
            )
        )(body()),
        (),
    ),
    Mistake(
        "one loss too many",
        "losses",
        lambda: fit(two_outputs(), X(), [one_hot(8, 2), one_hot(8, 3)], [CAT, CAT, CAT]),
        ("one loss",),
    ),
    Mistake(
        "loss for an unknown output",
        "losses",
        lambda: fit(
            two_outputs(),
            X(),
            {"one": one_hot(8, 2), "two": one_hot(8, 3)},
            {"one": CAT, "three": CAT},
        ),
        ("names",),
    ),
    Mistake(
        "one y for two outputs", "losses", lambda: fit(two_outputs(), X(), one_hot(8, 2), CAT), ()
    ),
    Mistake(
        "logits of another length",
        "units",
        lambda: tf.nn.softmax_cross_entropy_with_logits(one_hot(8, 3), one_hot(8, 4)),
        (),
    ),
    Mistake(
        "sparse logits of another length",
        "counts",
        lambda: tf.nn.sparse_softmax_cross_entropy_with_logits(numbers(8, 3), one_hot(7, 4)),
        (),
    ),
    Mistake("matmul", "", lambda: tf.matmul(pictures(2, 3), pictures(4, 5)), ()),
    Mistake(
        "tensors added",
        "merge",
        lambda: tf.constant(pictures(2, 3)) + tf.constant(pictures(4, 5)),
        (),
    ),
    Mistake("memory", "memory", lambda: tf.zeros((100000, 100000, 100)), ()),
)
