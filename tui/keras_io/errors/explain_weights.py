"""Explain by two shapes why saved weights cannot be loaded into a layer."""

from __future__ import annotations

from tui.geometry import Network
from tui.keras_io.errors.keras_shapes import IMAGE_DEPTHS, KerasShape, color_name, format_shape
from tui.keras_io.errors.locate_layer import locate_weights
from tui.keras_io.errors.message_patterns import Explanation, layer_label

REBUILD = (
    "Build the same architecture, layer for layer, as when the weights were saved; or save the "
    'whole model with model.save("name.keras") and load that.'
)
LOAD_A_PART = (
    "To keep only the part that fits, give the other layers new names and load with "
    "by_name=True, skip_mismatch=True (HDF5), or copy layer by layer with set_weights."
)


def looks_like_weights(first: KerasShape, second: KerasShape) -> bool:
    """Return whether two shapes look like those of weights, not of images and labels.

    >>> looks_like_weights((3, 3, 1, 32), (3, 3, 3, 32))
    True
    >>> looks_like_weights((8, 10), (8, 7)), looks_like_weights((None, 3, 3, 32), (None, 3))
    (False, False)
    """
    if None in (*first, *second) or len(first) != len(second):
        return False
    if len(first) == 4:
        kernels = all(max(sides[0] or 0, sides[1] or 0) <= 11 for sides in (first, second))
        theano = all(max(sides[2] or 0, sides[3] or 0) <= 11 for sides in (first, second))
        mixed = sorted(map(int, map(str, first))) == sorted(map(int, map(str, second)))
        return kernels or theano or mixed or _as_saved(first, second) != second
    # A dense layer's: many values in, and the same number of units.
    return len(first) == 2 and min(first[0] or 0, second[0] or 0) > 256


def explain_weights(
    model: KerasShape,
    saved: KerasShape,
    name: str = "",
    network: Network | None = None,
    *,
    order_known: bool = True,
) -> Explanation:
    """Explain why saved weights cannot be loaded into a layer.

    Args:
        model: the shape of the layer's own weights.
        saved: the shape of the saved weights.
        name: the layer's name, where it is known.
        network: the network, where it is known.
        order_known: whether the message says which shape is which; else they may be swapped.

    >>> explain_weights((3, 3, 3, 32), (3, 3, 1, 32)).kind
    'weights'
    """
    located, other = locate_weights(model, network), locate_weights(saved, network)
    if not order_known and located is None and other is not None:
        model, saved, located, other = saved, model, other, located
    order_known = order_known or (located is None) != (
        other is None
    )  # the network shows which are its own
    laid = saved
    saved = _as_saved(model, saved)
    subject = layer_label(
        located if order_known else None, f"The layer {name}" if name else "A layer"
    )
    observed = (
        f"{subject} has weights {format_shape(model)}, but the saved ones are "
        f"{format_shape(saved)}."
    )
    if saved != laid:
        observed += (
            f" (The message has {format_shape(laid)}: Keras reorders their axes on loading.)"
        )
    if not order_known:
        observed = (
            f"{format_shape(model)} and {format_shape(saved)} are shapes of weights, the layer's "
            "and the saved ones. TensorFlow names the layer's first: then "
            f"{observed[0].lower()}{observed[1:]}"
        )
    why, cure = _why(model, saved, order_known)
    row = located.row.index if located is not None and order_known else None
    return Explanation("weights", f"{observed} {why}", cure or REBUILD, row, guess=not order_known)


def _as_saved(model: KerasShape, saved: KerasShape) -> KerasShape:
    """Undo what Keras 2 does to saved kernels whose shape is not that of the layer.

    Keras takes them for Theano's and moves the axes: (rows, columns, depth, filters) becomes
    (filters, depth, rows, columns).

    >>> _as_saved((3, 3, 3, 32), (32, 1, 3, 3))
    (3, 3, 1, 32)
    """
    if len(model) != 4 or len(saved) != 4 or sorted(map(str, model)) == sorted(map(str, saved)):
        return saved
    if model[:2] == saved[2:] != saved[:2] and (model[0] or 99) <= 11:
        return (saved[2], saved[3], saved[1], saved[0])
    return saved


def _why(model: KerasShape, saved: KerasShape, order_known: bool) -> tuple[str, str]:
    if len(model) != len(saved):
        return "They belong to another kind of layer: the layers are in a different order.", ""
    axes = [i for i, (one, other) in enumerate(zip(model, saved, strict=True)) if one != other]
    if len(model) == 4:
        return _kernel(model, saved, axes, order_known)
    if len(model) == 2 and axes == [1]:
        return (
            f"The numbers of units differ: {model[1]} and {saved[1]}. In the last layer that is "
            "the number of classes.",
            _for_another(f"Dense({saved[1]})" if order_known else "") + LOAD_A_PART,
        )
    if len(model) == 2 and axes == [0]:
        return (
            f"The numbers of values that a dense layer receives differ: {model[0]} and {saved[0]}. "
            "After Flatten this comes from images of another size, or from other layers before it.",
            "Use the input_shape that the weights were trained with; GlobalAveragePooling2D "
            "instead of Flatten takes any size.",
        )
    if len(model) == 1:
        return (
            f"The numbers of filters or units differ: {model[0]} and {saved[0]}.",
            "",
        )
    return "They are different layers, or in a different order.", ""


def _for_another(what: str) -> str:
    return f"Build it with {what}, load, then put a new last layer in its place. " if what else ""


def _kernel(
    model: KerasShape, saved: KerasShape, axes: list[int], order_known: bool
) -> tuple[str, str]:
    if axes == [2]:
        one, other = model[2], saved[2]
        if one in IMAGE_DEPTHS and other in IMAGE_DEPTHS:
            why = f"They were saved for an input of depth {other} ({color_name(other)}), the layer "
            why += f"is for depth {one} ({color_name(one)})."
            if not order_known:
                why = f"Weights for two depths of the input meet, {one} and {other}. {why}"
                why += (
                    " Where the words come from elsewhere it may be the other way round: weights "
                    f"saved for an input of depth {one} are loaded into a layer for depth {other}."
                )
            return why, "Build the network with the depth that the weights were trained with."
        return (
            f"They differ in the depth of the input: {one} and {other}. The layer before has "
            "another number of filters.",
            "",
        )
    if axes == [3]:
        return f"They differ in the number of filters: {model[3]} and {saved[3]}.", ""
    if axes and max(axes) < 2:
        return (
            f"They differ in the filter's size: {model[0]}×{model[1]} and {saved[0]}×{saved[1]}.",
            "",
        )
    if sorted(map(str, model)) == sorted(map(str, saved)):
        return (
            "They have the same sizes on other axes: weights in the layout of Theano, channels "
            "first.",
            "Use the file for TensorFlow (its name contains tf_dim_ordering).",
        )
    return "They differ in more than one axis: it is a different layer, or a different order.", ""
