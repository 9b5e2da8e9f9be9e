"""The networks that are ready-made for a training, and fitting any network to the images."""

from __future__ import annotations

from dataclasses import replace

from tui.datasets import LoaderSettings
from tui.geometry import (
    Dense,
    Flatten,
    GeometryError,
    Network,
    Volume,
    batchnorm_network,
    course_network,
    parse_network,
    small_network,
)
from tui.runs.network_check import input_volume, judge_network, last_layer
from tui.runs.settings.findings import NetworkRefused
from tui.runs.settings.spec import SpecError

MODELS = {
    "course": "Conv 16-32-64 and Dense 512, as in the course",
    "small": "two convolutions and Dense 64, for small pictures",
    "batchnorm": "BatchNormalization after each convolution, and Dropout",
}
EARLIER_NAMES = {"digits": "small"}
"""Names of `MODELS` in earlier versions, which are still understood."""
_BUILD = {"course": course_network, "small": small_network, "batchnorm": batchnorm_network}
SMALL_SIDE = 48
"""Up to this side, in pixels, the small network suits an input better."""


def default_model(settings: LoaderSettings) -> str:
    """Return the name of the network that suits the size of the images."""
    return "small" if max(settings.target_size) <= SMALL_SIDE else "course"


def ready_name(model: str) -> str:
    """Return the name in `MODELS` of a model; empty for any other.

    >>> ready_name(" digits "), ready_name("course"), ready_name("8x8x1 flatten dense:k=2")
    ('small', 'course', '')
    """
    name = EARLIER_NAMES.get(model.strip(), model.strip())
    return name if name in MODELS else ""


def network_for(model: str, settings: LoaderSettings) -> Network:
    """Return a network for a folder: one of `MODELS`, or one written in the one-line form.

    Args:
        model: a name of `MODELS`, or a whole network such as
            `28x28x1 flatten dense:k=10,a=softmax`.
        settings: the loader, which fixes the input volume and the number of outputs.

    Raises:
        SpecError: when the name is unknown, or the layers do not fit together or the images.
    """
    volume = input_volume(settings)
    build = _BUILD.get(ready_name(model))
    try:
        if build is not None:
            network = build(volume, max(len(settings.classes), 2))
            if settings.class_mode != "binary" and len(settings.classes) == 2:
                # One sigmoid unit is for 0/1 labels; one-hot or index labels need two units.
                network = replace(network, layers=(*network.layers[:-1], Dense(2, "softmax")))
        elif " " not in model.strip():
            raise SpecError(
                f"There is no model {model!r}. Choose {', '.join(MODELS)}, or a pretrained "
                "network such as pretrained:MobileNetV2, or a .keras file, or write a network such "
                'as "28x28x1 conv:k=16,f=3,a=relu flatten dense:k=10,a=softmax".'
            )
        else:
            network = parse_network(model)
    except GeometryError as error:
        raise SpecError(error.message) from error
    check_network(network, settings)
    return network


def adapt_network(network: Network, settings: LoaderSettings) -> Network:
    """Return a network with the input and the last layer that a folder of images needs.

    Args:
        network: any network.
        settings: the loader, which fixes the input volume and the number of outputs.

    >>> from tui.geometry import format_network, parse_network
    >>> pets = LoaderSettings(directory="pets", classes=("cats", "dogs"), target_size=(64, 64))
    >>> network = parse_network("8x8x1 conv:k=4,f=3 flatten dense:k=10,a=softmax")
    >>> format_network(adapt_network(network, pets))
    '64x64x3 conv:k=4,f=3 flatten dense:k=1,a=sigmoid'
    """
    last, layers = last_layer(settings), network.layers
    if layers and isinstance(layers[-1], Dense):
        layers = layers[:-1]
    elif not any(isinstance(layer, Flatten) for layer in layers):
        layers = (*layers, Flatten())
    return Network(input_volume(settings), (*layers, last))


def check_network(
    network: Network, settings: LoaderSettings, features: Volume | None = None
) -> None:
    """Check that a network can learn from these images.

    Args:
        network: any network.
        settings: the loader.
        features: the output of the backbone that it is the head of; None: it gets the images.

    Raises:
        NetworkRefused: with what is wrong, and the corrected network if there is one.
    """
    for finding in judge_network(network, settings, features):
        if finding.severity == "refuse":
            raise NetworkRefused(finding, network)
