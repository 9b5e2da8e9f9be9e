"""The Keras code of a page."""

from __future__ import annotations

from collections.abc import Iterator

from tui.common.text import exact
from tui.course.lesson.lesson import Page, Part
from tui.course.lesson.page_blocks import CalculatorBlock, CodeBlock, TrainBlock
from tui.course.lesson.questions import ChainBlock, PredictBlock, SolveBlock
from tui.geometry import (
    Dense,
    Flatten,
    Network,
    Volume,
    course_network,
    parse_network,
    small_network,
)
from tui.keras_io import keras_code

_DIGITS, _OWN = Volume(8, 8, 1), Volume(150, 150, 3)


def page_code(page: Page) -> str:
    """Return the Keras code of the networks, the trainings and the code blocks of a page.

    Returns:
        Python; empty when nothing on the page has code.
    """
    found = dict.fromkeys(code.strip("\n") for part in page.parts for code in _codes(part))
    return "\n\n\n".join(found) + "\n" if found else ""


def _codes(part: Part) -> Iterator[str]:
    match part:
        case CalculatorBlock():
            yield keras_code(Network(part.input, (part.layer,)))
        case PredictBlock() | ChainBlock():
            yield keras_code(part.network)
        case SolveBlock():
            free = " and ".join(part.free)
            yield (
                f"# {free} {'is' if len(part.free) == 1 else 'are'} for you to find: the values "
                f"here are not the answer.\n{keras_code(Network(part.input, (part.layer,)))}"
            )
        case TrainBlock():
            yield _training(part)
        case CodeBlock():
            yield part.source


def training_network(block: TrainBlock) -> Network:
    """Return the network of a training, with the input and output that its data need.

    Args:
        block: the training. The learner's own folder is not known here: two classes of
            150×150×3, as in the course, stand for it.
    """
    digits = block.data == "digits"
    volume, classes = (_DIGITS, 10) if digits else (_OWN, 2)
    if not block.network:
        return small_network(volume, classes) if digits else course_network(volume, classes)
    line = block.network
    network = parse_network(line if line[0].isdigit() else f"{_written(volume)} {line}")
    layers = network.layers
    if isinstance(layers[-1], Dense):
        return network
    if not any(isinstance(layer, Flatten) for layer in layers):
        layers = (*layers, Flatten())
    last = Dense(10, "softmax") if digits else Dense(1, "sigmoid")
    return Network(network.input, (*layers, last))


def _written(volume: Volume) -> str:
    return f"{volume.width}x{volume.height}x{volume.depth}"


def _training(block: TrainBlock) -> str:
    """Return a short program that does the same training."""
    network = training_network(block)
    last = network.layers[-1]
    binary = isinstance(last, Dense) and last.units == 1
    mode = "binary" if binary else "categorical"
    size = (network.input.height, network.input.width)
    folder = "digits" if block.data == "digits" else "your_folder"
    color = ', color_mode="grayscale"' if network.input.depth == 1 else ""
    settings = f'target_size={size}{color}, class_mode="{mode}"'
    head, body = keras_code(network).split("\n\n", 1)
    lines = [
        head,
        "from tensorflow.keras.preprocessing.image import ImageDataGenerator",
        "",
        f"keras.utils.set_random_seed({block.seed})",
        "",
        body.strip("\n"),
        "model.compile(",
        "    optimizer=keras.optimizers.RMSprop(learning_rate=0.001),",
        f'    loss="{mode}_crossentropy",',
        '    metrics=["accuracy"],',
        ")",
        "images = ImageDataGenerator(rescale=1 / 255, validation_split=0.2)",
        f"settings = dict({settings})",
        f'train = images.flow_from_directory("{folder}", subset="training", **settings)',
        f'validation = images.flow_from_directory("{folder}", subset="validation", **settings)',
    ]
    arguments = f"train, validation_data=validation, epochs={block.epochs}"
    if block.stop != "never":
        metric, sign, number = block.stop.split()
        lines += [
            "",
            "",
            "class StopWhen(keras.callbacks.Callback):",
            "    def on_epoch_end(self, epoch, logs=None):",
            f'        value = (logs or {{}}).get("{metric}")',
            f"        if value is not None and value {sign} {number}:",
            "            self.model.stop_training = True",
            "",
            "",
        ]
        arguments += ", callbacks=[StopWhen()]"
    if block.shares != (1.0,):
        shares = ", ".join(exact(share) for share in block.shares)
        lines.append(f"# The page trains on {shares} of the training images.")
    lines.append(f"history = model.fit({arguments})")
    return "\n".join(lines)
