"""The Keras code of a view: what the inspector computed, as a program to read and to run."""

from __future__ import annotations

from tui.common.text import exact
from tui.inspection.code_source import CodeSource
from tui.keras_io import keras_code


def model_code(source: CodeSource) -> str:
    """Return the code that creates `model`."""
    if source.model or source.network is None:
        named = [f"    {quoted(source.model)}"]
        first = []
        if source.model.lower().endswith((".h5", ".hdf5")):
            named = [f"    {quoted(source.model)},", "    compile=False,"]
            first = [
                "# Keras 3 does not load every file of Keras 2. Where it does not, build the",
                "# network with what cnn-tui calc --from FILE --keras prints, and call",
                "# model.load_weights.",
            ]
        return "\n".join(
            [
                "import keras",
                "import numpy as np",
                "",
                *first,
                "model = keras.models.load_model(",
                *named,
                ")",
                *_kept_lines(source),
            ]
        )
    return "\n".join(
        ["import numpy as np", keras_code(source.network).strip(), "", *_kept_lines(source)]
    )


def _kept_lines(source: CodeSource) -> list[str]:
    """Return the code that loads kept weights."""
    if not source.kept:
        return []
    return [
        f"kept = np.load({quoted(source.kept)})",
        "model.set_weights([kept[name] for name in sorted(kept.files, key=int)])",
    ]


def picture_code(source: CodeSource) -> str:
    """Return the code that creates `x`, a batch of one image, as in training."""
    options = [f"target_size=({source.height}, {source.width})"]
    if source.color_mode != "rgb":
        options.append(f'color_mode="{source.color_mode}"')
    if source.interpolation != "nearest":
        options.append(f'interpolation="{source.interpolation}"')
    lines = [
        "image = keras.utils.load_img(",
        f"    {quoted(source.picture)},",
        f"    {', '.join(options)},",
        ")",
        "x = keras.utils.img_to_array(image)[np.newaxis]  # a batch of one",
    ]
    if source.divisor != 1:
        lines.append(f"x = x / {exact(source.divisor)}  # what the network gets")
    return "\n".join(lines)


_MAPS = """\
# One model that returns the output of every layer. Both lists begin with the first layer,
# so each name belongs to its own maps.
maps_of = keras.Model(model.inputs, [layer.output for layer in model.layers])
outputs = maps_of.predict(x, verbose=0)
maps = {layer.name: values for layer, values in zip(model.layers, outputs, strict=True)}
for name, values in maps.items():
    print(name, values.shape)"""


def _all_maps(source: CodeSource) -> str:
    """Return the code that computes `maps` in the model that contains the layer."""
    code = _MAPS
    if source.models or source.operations:
        all_of = "operations" if source.operations else "layers"
        lines = [
            "# Operations on values are included here, and models inside the model are not.",
            f"layers = [one for one in model.{all_of} if not isinstance(one, keras.Model)]",
            code.replace("model.layers", "layers"),
        ]
        code = "\n".join(lines)
    if source.inside:
        code = "\n".join([*_inner_lines(source.inside), "    model = inner", "", code])
    return code


def maps_code(source: CodeSource, name: str, channels: tuple[int, ...], order: str) -> str:
    """Return the code of a page of feature maps.

    Args:
        source: the network and the image.
        name: of the layer.
        channels: indices of those on the page.
        order: `index` or `activation`.
    """
    lines = [
        f"values = maps[{quoted(name)}][0]  # rows, columns, channels",
    ]
    if order == "activation":
        lines += [
            'by_activation = np.argsort(-values.mean(axis=(0, 1)), kind="stable")',
            f"channels = by_activation[:{max(len(channels), 1)}]",
        ]
    else:
        lines.append(f"channels = {list(channels)}")
    lines += [
        "pictures = []",
        "for channel in channels:",
        "    one = values[:, :, channel]",
        "    spread = one.max() - one.min()",
        "    # A dead map has no spread: dividing by it would give nan.",
        "    pictures.append((one - one.min()) / spread if spread > 0 else np.zeros_like(one))",
        "row = np.hstack(pictures)[:, :, np.newaxis]",
        f"keras.utils.save_img({quoted(name + '.png')}, row)",
    ]
    return _program(model_code(source), picture_code(source), _all_maps(source), "\n".join(lines))


def units_code(source: CodeSource, name: str) -> str:
    """Return the code of a layer without height and width."""
    lines = [f"values = maps[{quoted(name)}][0]  # one value a unit", "print(values)"]
    return _program(model_code(source), picture_code(source), _all_maps(source), "\n".join(lines))


def input_code(source: CodeSource) -> str:
    """Return the code of the image itself."""
    return _program(model_code(source), picture_code(source), "print(x.shape, x.min(), x.max())")


def kernels_code(source: CodeSource, name: str) -> str:
    """Return the code of a layer's filters."""
    where = "".join(f".get_layer({quoted(one)})" for one in (*source.inside, name))
    lines = [
        f"kernels = model{where}.get_weights()[0]",
        "print(kernels.shape)  # rows, columns, channels that it reads, filters",
        "spread = np.ptp(kernels, axis=(0, 1, 2))",
        "pictures = (kernels - kernels.min(axis=(0, 1, 2))) / np.where(spread > 0, spread, 1)",
        "for number in range(kernels.shape[-1]):",
        "    one = pictures[:, :, :, number]",
        "    one = one if one.shape[-1] == 3 else one[:, :, :1]",
        f"    file = {quoted(name + '_')} + str(number) + '.png'",
        "    keras.utils.save_img(file, one.repeat(8, 0).repeat(8, 1))",
    ]
    return _program(model_code(source), "\n".join(lines))


def predictions_code(source: CodeSource, classes: tuple[str, ...]) -> str:
    """Return the code of the probabilities for an image.

    Args:
        source: the network and the image.
        classes: their names in the order of the labels; empty if unknown.
    """
    lines = ["outputs = model.predict(x, verbose=0)[0]"]
    if len(classes) == 2:
        lines += [
            "if outputs.size == 1:  # a sigmoid gives the probability of the second class",
            "    outputs = np.array([1 - outputs[0], outputs[0]])",
        ]
    if classes:
        lines += [
            f"classes = {list(classes)!r}",
            "for name, probability in zip(classes, outputs, strict=True):",
            '    print(f"{name}: {probability:.3f}")',
        ]
    else:
        lines.append("print(outputs)")
    return _program(model_code(source), picture_code(source), "\n".join(lines))


def grad_cam_code(source: CodeSource, layer: str, label: int) -> str:
    """Return the code of Grad-CAM, by way of the score before the sigmoid or softmax.

    Args:
        source: the network and the image.
        layer: name of the convolution.
        label: index of the class that is explained.
    """
    lines = [
        "import tensorflow as tf",
        "",
        "# The score before the sigmoid or softmax, which is never saturated.",
        "model.layers[-1].activation = keras.activations.linear",
        *(_tape_of_chain(layer) if source.chain else _tape_of_graph(source.inside, layer)),
        f"    label = {label}",
        "    if scores.shape[-1] == 1:  # one sigmoid: for class 1, against class 0",
        "        score = scores[:, 0] if label == 1 else -scores[:, 0]",
        "    else:",
        "        score = scores[:, label]",
        "gradients = tape.gradient(score, maps)",
        "weights = tf.reduce_mean(gradients, axis=(1, 2), keepdims=True)",
        "heat = tf.nn.relu(tf.reduce_sum(weights * maps, axis=-1))[0].numpy()",
        "if heat.max() > 0:",
        "    heat /= heat.max()",
        "print(heat.round(2))",
    ]
    return _program(model_code(source), picture_code(source), "\n".join(lines))


def _inner_lines(inside: tuple[str, ...]) -> list[str]:
    """Return lines of a loop that enters the inner models, with `x` as their input."""
    return [
        "# The layer is in a model inside the model: first compute the input of that one.",
        f"for name in [{', '.join(map(quoted, inside))}]:",
        "    inner = model.get_layer(name)",
        "    call = inner._inbound_nodes[-1]  # where the outer model uses the inner one",
        "    x = keras.Model(model.inputs, call.input_tensors[0])(x, training=False)",
    ]


def _tape_of_chain(layer: str) -> list[str]:
    """Return lines that compute `maps` and, recorded by `tape`, the `scores`, layer by layer."""
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


def _tape_of_graph(inside: tuple[str, ...], layer: str) -> list[str]:
    """Return the same lines for a model with branches, or a layer in an inner model."""
    inner = []
    if inside:
        inner = [
            *_inner_lines(inside),
            "    rest.insert(0, keras.Model(call.outputs[0], model.outputs[0]))",
            "    model = inner",
        ]
    return [
        "rest = []  # what follows the model that contains the convolution",
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


def _program(*parts: str) -> str:
    return "\n\n".join(parts) + "\n"


def quoted(text: str) -> str:
    """Return a text as a Python literal, in double quotes if possible.

    >>> print(quoted("cat.jpg"), quoted('a "b"'))
    "cat.jpg" 'a "b"'
    """
    said = repr(text)
    return said if '"' in text or "\\" in said or said[0] == '"' else f'"{said[1:-1]}"'
