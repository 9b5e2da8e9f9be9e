"""Lines of Keras code that go to a layer: along a chain, where branches meet, into models."""

from __future__ import annotations


def inner_lines(inside: tuple[str, ...]) -> list[str]:
    """Return lines of a loop that goes into models inside the model, and takes `x` with it."""
    return [
        "# The layer is in a model inside the model: first what that one gets.",
        f"for name in [{', '.join(map(quoted, inside))}]:",
        "    inner = model.get_layer(name)",
        "    call = inner._inbound_nodes[-1]  # where the outer model uses the inner one",
        "    x = keras.Model(model.inputs, call.input_tensors[0])(x, training=False)",
    ]


def tape_of_chain(layer: str) -> list[str]:
    """Return lines that compute `maps` and, watched by `tape`, the `scores` layer by layer."""
    return [
        "layers = [one for one in model.layers if not isinstance(one, keras.layers.InputLayer)]",
        f"position = layers.index(model.get_layer({quoted(layer)}))",
        'maps = tf.constant(x, dtype="float32")',
        "for layer in layers[: position + 1]:",
        "    maps = layer(maps)",
        "with tf.GradientTape() as tape:",
        "    tape.watch(maps)",
        "    scores = maps",
        "    for layer in layers[position + 1 :]:",
        "        scores = layer(scores)",
    ]


def tape_of_graph(inside: tuple[str, ...], layer: str) -> list[str]:
    """Return the same where branches meet, or where the layer is in a model inside the model."""
    inner = []
    if inside:
        inner = [
            *inner_lines(inside),
            "    rest.insert(0, keras.Model(call.outputs[0], model.outputs[0]))",
            "    model = inner",
        ]
    return [
        "rest = []  # what follows the model that holds the convolution",
        'x = tf.constant(x, dtype="float32")',
        *inner,
        f"convolution = model.get_layer({quoted(layer)})._inbound_nodes[-1].outputs[0]",
        "both = keras.Model(model.inputs, [convolution, model.outputs[0]])",
        "with tf.GradientTape() as tape:",
        "    tape.watch(x)",
        "    maps, scores = both(x, training=False)",
        "    for outer in rest:",
        "        scores = outer(scores, training=False)",
    ]


def quoted(text: str) -> str:
    """Return a text as Python writes it, in double quotes where nothing in it speaks against them.

    >>> print(quoted("cat.jpg"), quoted('a "b"'))
    "cat.jpg" 'a "b"'
    """
    said = repr(text)
    return said if '"' in text or "\\" in said or said[0] == '"' else f'"{said[1:-1]}"'
