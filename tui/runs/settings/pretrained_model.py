"""Choosing a pretrained backbone as the network of a training: its head, its images."""

from __future__ import annotations

from msgspec.structs import replace

from tui.common.text import clean
from tui.datasets import LoaderSettings
from tui.geometry import (
    Dense,
    Dropout,
    GeometryError,
    GlobalAveragePool2D,
    Network,
    Volume,
    parse_network,
)
from tui.runs.network_check import judge_network, last_layer
from tui.runs.settings.backbone_kind import PIXEL_TEXTS, Backbone
from tui.runs.settings.backbones import backbone
from tui.runs.settings.findings import Finding
from tui.runs.settings.pretrained import PretrainedBase, check_base
from tui.runs.settings.spec import SpecError, TrainingSpec

PREFIX = "pretrained:"
"""What `--model` begins with for a backbone: `pretrained:MobileNetV2`."""
USUAL_HEAD = "globalavg dropout:rate=0.2"
"""The head where none is given; the last layer, for the classes, follows it."""


def is_pretrained(model: str) -> bool:
    """Return whether a model is named as a pretrained backbone."""
    return model.strip().lower().startswith(PREFIX)


def pretrained_name(model: str) -> str:
    """Return the name of the backbone of `pretrained:NAME`, as Keras writes it.

    Raises:
        SpecError: when there is no such backbone.

    >>> pretrained_name("pretrained:mobilenetv2")
    'MobileNetV2'
    """
    return backbone(model.strip()[len(PREFIX) :]).name


def loaded_for(base: Backbone, settings: LoaderSettings) -> LoaderSettings:
    """Return the loader's settings with pixels from 0 to 255, which the backbone scales itself.

    Raises:
        SpecError: when the images are too small for it, or not in colour.
    """
    loaded = replace(settings, rescale_divisor=1.0)
    check_base(PretrainedBase(name=base.name, weights=base.file), loaded)
    return loaded


def features_of(base: PretrainedBase | None, settings: LoaderSettings) -> Volume | None:
    """Return the output of a backbone for a folder's images; None without a backbone.

    Raises:
        SpecError: when there is no such backbone.
    """
    if base is None:
        return None
    height, width = settings.target_size
    return backbone(base.name).output(width, height)


def head_for(base: Backbone, head: str, settings: LoaderSettings) -> Network:
    """Return the head of a backbone.

    Args:
        base: the backbone.
        head: layers in the one-line form, without an input; the last one, for the classes, is added
            where it is missing. Empty: the usual head.
        settings: the loader, which fixes the size of the images and the outputs.

    Raises:
        SpecError: when it cannot be read, or does not fit.

    >>> from tui.geometry import format_network
    >>> pets = LoaderSettings(directory="pets", classes=("cats", "dogs"), rescale_divisor=1)
    >>> format_network(head_for(backbone("MobileNetV2"), "", pets))
    '5x5x1280 globalavg dropout:rate=0.2 dense:k=1,a=sigmoid'
    """
    height, width = settings.target_size
    volume = base.output(width, height)
    last = last_layer(settings)
    if not head.strip():
        return Network(volume, (GlobalAveragePool2D(), Dropout(0.2), last))
    text = head.strip()
    if not text[:1].isdigit():
        text = f"{volume.width}x{volume.height}x{volume.depth} {text}"
    try:
        network = parse_network(text)
    except GeometryError as error:
        raise SpecError(
            f"The head {clean(head, 100)!r} cannot be read: {error.message} Write for example "
            f"--head '{USUAL_HEAD}'."
        ) from error
    ended = Network(network.input, (*network.layers, last))
    if _ends_open(network, last) and not _refused(ended, settings, volume):
        return ended
    return network


def _ends_open(network: Network, last: Dense) -> bool:
    """Return whether the layer for the classes is missing at a network's end."""
    end = network.layers[-1] if network.layers else None
    return not (
        isinstance(end, Dense) and end.activation in ("sigmoid", "softmax", last.activation)
    )


def _refused(network: Network, settings: LoaderSettings, volume: Volume) -> bool:
    found = judge_network(network, settings, volume)
    return any(one.severity == "refuse" for one in found)


def size_findings(spec: TrainingSpec) -> list[Finding]:
    """Return the remark that images are loaded in another size than a backbone was trained on."""
    if spec.base is None:
        return []
    kind, (height, width) = backbone(spec.base.name), spec.data.target_size
    if height == width and height in (kind.side, *kind.sides):
        return []
    return [
        Finding(
            "remark",
            f"{kind.name} was trained on images of {kind.side}×{kind.side}, and these are loaded "
            f"as {height}×{width} (height × width). It works, but knows objects of another size.",
            f"The target size {kind.side} is its own (under 3 Data, or --target-size {kind.side}).",
        )
    ]


def pixels_text(name: str) -> str:
    """Return what becomes of the pixels before a backbone, in a few words.

    >>> pixels_text("VGG16")
    'BGR, less the mean of each channel, as VGG16 needs it'
    """
    kind = backbone(name)
    if kind.pixels == "own":
        return f"0 to 255 into {kind.name}, which scales them itself"
    return f"{PIXEL_TEXTS[kind.pixels]}, as {kind.name} needs it"


def model_text(spec: TrainingSpec) -> str:
    """Return a spec's network in one line, with its backbone in front; of a file its name.

    For example `pretrained:MobileNetV2 globalavg dense:k=1,a=sigmoid`: the first word is for
    `--model`, the rest for `--head`.
    """
    if spec.model_file is not None:
        return spec.model_file.words
    if spec.base is None:
        return clean(spec.network)
    _, _, layers = spec.network.partition(" ")
    return clean(f"{PREFIX}{spec.base.name} {layers}")
