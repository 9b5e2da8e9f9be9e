"""Checks on feature maps and pictures of them."""

from __future__ import annotations

import warnings
from typing import Any

import keras
import numpy as np

from tui.code_runner.checks.finished_run import FinishedRun, Raises, Slip, returned_nothing

MAPS_ERRORS = (
    Raises(
        r"NameError: name 'maps_of'",
        "no-name",
        "The next lines use `maps_of`, and nothing has that name: begin with maps_of = …",
    ),
    Raises(
        r"KerasTensor' object is not callable|'KerasTensor'.*not callable",
        "output-called",
        "layer.output is an attribute and no method: take the brackets behind it away.",
    ),
    Raises(
        r"outputs.*must be (KerasTensor|Keras tensor)|KerasTensor|Keras tensor|"
        r"All `outputs` values",
        "layers-not-outputs",
        "model.layers is a list of layers, and a model needs what they put out: "
        "[layer.output for layer in model.layers].",
        when=r"layers",
    ),
    Raises(
        r"no attribute '(outputs|get_output|out|output_shape)'",
        "layer-attribute",
        "The attribute of a layer is output: [layer.output for layer in model.layers].",
    ),
    Raises(
        r"has never been called",
        "input-not-inputs",
        "A Sequential that was not called yet has no single input and output. The lists are there: "
        "model.inputs, and layer.output for each layer of model.layers.",
        when=r"model\.(input|output)\b",
    ),
    Raises(
        r"missing \d+ required positional argument|__init__\(\)|must have .*outputs",
        "model-arguments",
        "keras.Model takes both, what goes in and what comes out: keras.Model(inputs, outputs).",
    ),
)


def check_maps_model(run: FinishedRun) -> str:
    """Whether a model gives back the output of every layer."""
    run.must_end_well(MAPS_ERRORS)
    must_give_maps(run)
    return "maps_of gives back the outputs of all layers, with the weights of model."


def must_give_maps(run: FinishedRun) -> None:
    """Raise a slip where `maps_of` does not give back what every layer of `model` puts out."""
    model = run.namespace["model"]
    maps_of = run.get("maps_of", "the model")
    if not isinstance(maps_of, keras.Model):
        raise Slip(
            "no-model",
            f"`maps_of` is a {type(maps_of).__name__} and not a model: "
            "keras.Model(model.inputs, …).",
        )
    layers = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    images = np.random.default_rng(1).random((1, *model.input_shape[1:])).astype("float32")
    found = run.call(maps_of, images)
    outputs = list(found) if isinstance(found, (list, tuple)) else [found]
    right: list[Any] = []
    value: Any = images
    for layer in layers:
        value = layer(value, training=False) if _has_training(layer) else layer(value)
        right.append(np.asarray(value))
    if _equal(outputs, right):
        return
    if _equal(outputs, right[1:]):
        raise Slip(
            "shifted",
            "The first layer is left out, so every map stands beside the name of another layer. "
            "Take all of model.layers.",
        )
    if _equal(outputs, right[:-1]):
        raise Slip("last-missing", "The last layer is left out: take all of model.layers.")
    if _equal(outputs, [images, *right[:-1]]):
        raise Slip(
            "inputs-not-outputs",
            "These are the inputs of the layers: the first one is the picture itself. Take "
            "layer.output.",
        )
    if len(outputs) == 1:
        raise Slip(
            "one-output",
            "It gives back one output, and one for each layer was asked for: a list, "
            "[layer.output for layer in model.layers].",
        )
    if len(outputs) == len(right) and [o.shape for o in outputs] == [r.shape for r in right]:
        raise Slip(
            "new-weights",
            "The shapes are right, but the values are those of other weights: the layers were made "
            "again. Take the outputs of the layers in model.layers.",
        )
    raise Slip(
        "other-outputs",
        f"It gives back {len(outputs)} outputs, and model has {len(right)} layers: "
        "[layer.output for layer in model.layers].",
    )


def _has_training(layer: Any) -> bool:
    return isinstance(layer, (keras.layers.Dropout, keras.layers.BatchNormalization))


def _equal(found: list[Any], right: list[Any]) -> bool:
    return len(found) == len(right) and all(
        np.shape(one) == np.shape(other) and np.allclose(one, other, atol=1e-4)
        for one, other in zip(found, right, strict=True)
    )


def check_grey(run: FinishedRun) -> str:
    """Whether a map becomes greys, also a dead one."""
    run.must_end_well(_GREY_ERRORS)
    grey = run.function("grey")
    rng = np.random.default_rng(3)
    x = np.maximum(rng.normal(0, 1, (9, 7)), 0)
    x[2, 3] = 40.0

    def of(values: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = run.call(grey, values.copy(), known=_GREY_ERRORS)
        returned_nothing(found, 'return … .astype("uint8")')
        if np.shape(found) != values.shape:
            raise Slip(
                "shape",
                f"A map of {values.shape} becomes {np.shape(found)}: every value has to keep its "
                "place.",
            )
        return np.asarray(found)

    found, scaled = of(x), (x - x.mean()) / x.std()
    exact = 64 * scaled + 128
    right = np.clip(exact, 0, 255)
    if found.dtype != np.uint8:
        if found.dtype.kind == "f" and _nearly_equal(found, right):
            raise Slip(
                "no-uint8",
                f'The values are right, but they are {found.dtype}: end with .astype("uint8").',
            )
        if _nearly_equal(found, exact):
            raise Slip(
                "no-clip",
                f"The values reach from {found.min():.0f} to {found.max():.0f}. Keep them between "
                '0 and 255, np.clip(…, 0, 255), and then .astype("uint8").',
            )
    if not _nearly_equal(found, right):
        raise _why_not_grey(found, x, exact)
    for value in (0.0, 3.0):
        dead = of(np.full((4, 5), value))
        if not np.all(dead == 128):
            raise Slip(
                "dead-map",
                f"A map that is {value:g} everywhere has the standard deviation 0, and 0/0 is nan: "
                f"it became {dead.flat[0]} instead of 128. Divide only if x.std() > 0.",
            )
    return "Bright spots stay bright, nothing wraps around, and a dead map is an even grey."


_GREY_ERRORS = (
    Raises(
        r"has no attribute '(stdev|average|standard_deviation)'",
        "numpy-names",
        "The methods of an array are x.mean() and x.std().",
    ),
    Raises(
        r"'builtin_function_or_method' and|unsupported operand type.*(method|function)",
        "no-brackets-call",
        "A method needs its brackets: x.mean() and x.std().",
    ),
)


def _nearly_equal(found: Any, right: Any) -> bool:
    return bool(np.all(np.abs(found.astype("float64") - right) <= 1.01))


def _why_not_grey(found: Any, x: Any, exact: Any) -> Slip:
    if _nearly_equal(found, exact.astype("int64").astype("uint8")):
        return Slip(
            "no-clip",
            "uint8 has room for 0 to 255 only, and what is above wraps around: the brightest spot "
            "became dark. Keep the values between 0 and 255 first: np.clip(…, 0, 255).",
        )
    if _nearly_equal(found, np.clip(64 * x / x.std() + 128, 0, 255)):
        return Slip("no-mean", "The mean is not subtracted: x = x - x.mean() comes first.")
    if _nearly_equal(found, np.clip(64 * (x - x.mean()) + 128, 0, 255)):
        return Slip(
            "no-std",
            "It is not divided by the standard deviation, so weak maps stay nearly grey: "
            "x = x / x.std().",
        )
    if _nearly_equal(found, np.clip(64 * ((x - x.mean()) / x.std() + 128), 0, 255)):
        return Slip("order", "128 is added before the multiplication: 64 * x + 128, in this order.")
    if found.max() <= 1:
        return Slip(
            "clip-to-one",
            f"All values are {found.min()} to {found.max()}: np.clip(…, 0, 255) keeps 0 to 255.",
        )
    return Slip(
        "",
        f"The brightest value, {x.max():g}, became {found.flat[int(np.argmax(x))]}, and "
        f"{np.clip(exact, 0, 255).max():.0f} was expected: subtract the mean, divide by the "
        "standard deviation, times 64, plus 128.",
    )


_GRID_ERRORS = (
    Raises(
        r"could not broadcast input array",
        "first-axis",
        "maps has the shape (height, width, number): the number of the map comes last, "
        "maps[:, :, n].",
        when=r"maps\[\s*n\s*\]",
    ),
    Raises(
        r"could not broadcast input array|operands could not be broadcast",
        "sizes-exchanged",
        "A map does not fit into the place that was made for it. Rows of the picture go with "
        "height, columns with width, and a map is maps[:, :, n].",
    ),
    Raises(
        r"IndexError",
        "first-axis",
        "maps has the shape (height, width, number): the number of the map comes last, "
        "maps[:, :, n].",
    ),
)


def check_grid(run: FinishedRun) -> str:
    """Whether maps are placed row by row without gaps."""
    run.must_end_well(_GRID_ERRORS)
    grid = run.function("grid")
    for height, width, number, columns in ((4, 6, 10, 4), (5, 3, 7, 3), (3, 3, 4, 2)):
        maps = np.ones((height, width, number), "uint8")
        maps *= np.arange(1, number + 1, dtype="uint8")
        maps[0, 0] += 100
        found = np.asarray(run.call(grid, maps, columns, known=_GRID_ERRORS))
        rows = -(-number // columns)
        right = _placed(maps, rows, columns, by_column=False)
        if found.shape != right.shape:
            raise Slip(
                "shape", f"The picture has the shape {found.shape} instead of {right.shape}."
            )
        if np.array_equal(found, right):
            continue
        if np.array_equal(found, _placed(maps, rows, columns, by_column=True)):
            raise Slip(
                "by-column",
                "The maps go down first. They should go from left to right: "
                "row, column = divmod(n, columns).",
            )
        raise _why_not_placed(found, right, maps, number)
    return "Every map stands in its place, also in pictures that are not square."


def _placed(maps: Any, rows: int, columns: int, *, by_column: bool) -> Any:
    height, width, number = maps.shape
    picture = np.zeros((rows * height, columns * width), "uint8")
    for n in range(number):
        row, column = (n % rows, n // rows) if by_column else (n // columns, n % columns)
        picture[row * height : (row + 1) * height, column * width : (column + 1) * width] = maps[
            :, :, n
        ]
    return picture


def _why_not_placed(found: Any, right: Any, maps: Any, number: int) -> Slip:
    height, width = maps.shape[:2]
    if not found.any():
        return Slip(
            "nothing-placed",
            "The picture stayed black: assign to a part of it, "
            "picture[top:top + height, left:left + width] = …",
        )
    corner = found[:height, :width]
    if np.array_equal(corner, maps[:, :, number - 1]):
        return Slip(
            "one-place",
            "Every map goes to the same place, and the last one stays. The place depends on n: "
            "row, column = divmod(n, columns).",
        )
    at = np.argwhere(found != right)[0]
    return Slip(
        "sizes-exchanged",
        f"In row {at[0]}, column {at[1]} of the picture stands {found[tuple(at)]}, and "
        f"{right[tuple(at)]} belongs there. Maps are {height} high and {width} wide here: a row "
        "begins at row * height, a column at column * width.",
    )
