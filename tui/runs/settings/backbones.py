"""The networks of `keras.applications` without their tops: sizes, preprocessing, files of weights.

What stands here is what Keras 3 builds; `tests/workers/against_keras/test_backbones.py` compares
it with Keras itself. Keras is not imported, so that the form and the shell know it too.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from tui.common.stop_rule import SpecError
from tui.common.text import clean
from tui.runs.settings.backbone_kind import (
    HALVED,
    HALVED_DOWN,
    OF_CONVNEXT,
    OF_DENSENET,
    OF_INCEPTION,
    OF_MOBILENET,
    OF_NASNET,
    OF_XCEPTION,
    Backbone,
    Pixels,
)

_SERVER = "https://storage.googleapis.com/"
_FOLDER = f"{_SERVER}tensorflow/keras-applications/"
_ORDER = "weights_tf_dim_ordering_tf_kernels"


def _resnet(name: str, pixels: Pixels, digest: str) -> Backbone:
    file = f"{name.lower()}_{_ORDER}_notop.h5"
    return Backbone(name, 224, 32, 2048, HALVED, pixels, file, f"{_FOLDER}resnet/", digest)


def _densenet(name: str, depth: int, digest: str) -> Backbone:
    file = f"{name.lower()}_{_ORDER}_notop.h5"
    return Backbone(name, 224, 32, depth, OF_DENSENET, "torch", file, f"{_FOLDER}densenet/", digest)


def _vgg(name: str, digest: str) -> Backbone:
    folder = f"{_FOLDER}{name.lower()}/"
    file = f"{name.lower()}_{_ORDER}_notop.h5"
    return Backbone(name, 224, 32, 512, HALVED_DOWN, "caffe", file, folder, digest)


def _efficient(name: str, side: int, depth: int, digest: str) -> Backbone:
    file = f"{name.lower()}_notop.h5"
    url = f"{_SERVER}keras-applications/"
    return Backbone(name, side, 32, depth, HALVED, "own", file, url, digest)


def _efficient_v2(size: str, side: int, depth: int, digest: str) -> Backbone:
    file = f"efficientnetv2-{size.lower()}_notop.h5"
    url = f"{_FOLDER}efficientnet_v2/"
    return Backbone(f"EfficientNetV2{size}", side, 32, depth, HALVED, "own", file, url, digest)


def _convnext(size: str, depth: int, digest: str) -> Backbone:
    file = f"convnext_{size.lower()}_notop.h5"
    url = f"{_FOLDER}convnext/"
    return Backbone(f"ConvNeXt{size}", 224, 32, depth, OF_CONVNEXT, "own", file, url, digest)


def _mobilenet_v3(size: str, depth: int, digest: str) -> Backbone:
    file = f"weights_mobilenet_v3_{size.lower()}_224_1.0_float_no_top_v2.h5"
    url = f"{_FOLDER}mobilenet_v3/"
    return Backbone(f"MobileNetV3{size}", 224, 32, depth, HALVED, "own", file, url, digest)


def _nasnet(size: str, side: int, depth: int, digest: str) -> Backbone:
    small = size.lower()
    file, remote = f"nasnet_{small}_no_top.h5", f"NASNet-{small}-no-top.h5"
    url = f"{_FOLDER}nasnet/"
    return Backbone(f"NASNet{size}", side, 32, depth, OF_NASNET, "tf", file, url, digest, remote)


_ALL = (
    Backbone(
        "MobileNetV2",
        224,
        32,
        1280,
        HALVED,
        "tf",
        f"mobilenet_v2_{_ORDER}_1.0_224_no_top.h5",
        f"{_FOLDER}mobilenet_v2/",
        sides=(96, 128, 160, 192),
    ),
    _mobilenet_v3("Small", 576, "d3e8ec802a04aa4fc771ee12a9a9b836"),
    _mobilenet_v3("Large", 960, "07fb09a5933dd0c8eaafa16978110389"),
    Backbone(
        "MobileNet",
        224,
        32,
        1024,
        OF_MOBILENET,
        "tf",
        "mobilenet_1_0_224_tf_no_top.h5",
        f"{_FOLDER}mobilenet/",
        sides=(128, 160, 192),
    ),
    _efficient_v2("B0", 224, 1280, "893217f2bb855e2983157299931e43ff"),
    _efficient_v2("B1", 240, 1280, "0e80663031ca32d657f9caa404b6ec37"),
    _efficient_v2("B2", 260, 1408, "1dfe2e7a5d45b6632553a8961ea609eb"),
    _efficient_v2("B3", 300, 1536, "f6abf7b5849ac99a89b50dd3fd532856"),
    _efficient_v2("S", 384, 1280, "af0682fb74e8c54910f2d4393339c070"),
    _efficient_v2("M", 480, 1280, "1b8dc055df72dde80d614482840fe342"),
    _efficient_v2("L", 480, 1280, "b0b66b5c863aef5b46e8608fe1711615"),
    _efficient("EfficientNetB0", 224, 1280, "50bc09e76180e00e4465e1a485ddc09d"),
    _efficient("EfficientNetB1", 240, 1280, "74c4e6b3e1f6a1eea24c589628592432"),
    _efficient("EfficientNetB2", 260, 1408, "111f8e2ac8aa800a7a99e3239f7bfb39"),
    _efficient("EfficientNetB3", 300, 1536, "af6d107764bb5b1abb91932881670226"),
    _efficient("EfficientNetB4", 380, 1792, "ebc24e6d6c33eaebbd558eafbeedf1ba"),
    _efficient("EfficientNetB5", 456, 2048, "38879255a25d3c92d5e44e04ae6cec6f"),
    _efficient("EfficientNetB6", 528, 2304, "9ecce42647a20130c1f39a5d4cb75743"),
    _efficient("EfficientNetB7", 600, 2560, "cbcfe4450ddf6f3ad90b1b398090fe4a"),
    _resnet("ResNet50", "caffe", "4d473c1dd8becc155b73f8504c6f6626"),
    _resnet("ResNet101", "caffe", "88cf7a10940856eca736dc7b7e228a21"),
    _resnet("ResNet152", "caffe", "ee4c566cf9a93f14d82f913c2dc6dd0c"),
    _resnet("ResNet50V2", "tf", "fac2f116257151a9d068a22e544a4917"),
    _resnet("ResNet101V2", "tf", "c0ed64b8031c3730f411d2eb4eea35b5"),
    _resnet("ResNet152V2", "tf", "ed17cf2e0169df9d443503ef94b23b33"),
    _densenet("DenseNet121", 1024, "30ee3e1110167f948a6b9946edeeb738"),
    _densenet("DenseNet169", 1664, "b8c4d4c20dd625c148057b9ff1c1176b"),
    _densenet("DenseNet201", 1920, "c13680b51ded0fb44dff2d8f86ac8bb1"),
    _vgg("VGG16", "6d6bbae143d832006294945121d1f1fc"),
    _vgg("VGG19", "253f8cb515780f3b799900260a226db6"),
    Backbone(
        "InceptionV3",
        299,
        75,
        2048,
        OF_INCEPTION,
        "tf",
        f"inception_v3_{_ORDER}_notop.h5",
        f"{_FOLDER}inception_v3/",
        "bcbd6486424b2319ff4ef7d526e38f63",
    ),
    Backbone(
        "InceptionResNetV2",
        299,
        75,
        1536,
        OF_INCEPTION,
        "tf",
        f"inception_resnet_v2_{_ORDER}_notop.h5",
        f"{_FOLDER}inception_resnet_v2/",
        "d19885ff4a710c122648d3b5c3b684e4",
    ),
    Backbone(
        "Xception",
        299,
        71,
        2048,
        OF_XCEPTION,
        "tf",
        f"xception_{_ORDER}_notop.h5",
        f"{_FOLDER}xception/",
        "b0042744bf5b25fce3cb969f33bebb97",
    ),
    _nasnet("Mobile", 224, 1056, "1ed92395b5b598bdda52abe5c0dbfd63"),
    _nasnet("Large", 331, 4032, "d81d89dc07e6e56530c4e77faddd61b5"),
    _convnext("Tiny", 768, "d547c096cabd03329d7be5562c5e14798aa39ed24b474157cef5e85ab9e49ef1"),
    _convnext("Small", 768, "6fc8009faa2f00c1c1dfce59feea9b0745eb260a7dd11bee65c8e20843da6eab"),
    _convnext("Base", 1024, "40a20c5548a5e9202f69735ecc06c990e6b7c9d2de39f0361e27baeb24cb7c45"),
    _convnext("Large", 1536, "96f02b6f0753d4f543261bc9d09bed650f24dd6bc02ddde3066135b63d23a1cd"),
    _convnext("XLarge", 2048, "de3f8a54174130e0cecdc71583354753d557fcf1f4487331558e2a16ba0cfe05"),
)

BACKBONES: dict[str, Backbone] = {one.name: one for one in _ALL}
"""By name, small ones first."""


def backbone(name: str) -> Backbone:
    """Return a backbone by its name; capitals do not matter.

    Raises:
        SpecError: when there is none of that name, with the nearest ones.

    >>> backbone("mobilenetv2").side
    224
    """
    found = BACKBONES.get(name) or _by_lower_case().get(name.strip().lower())
    if found is None:
        near = ", ".join(_similar(name)) or ", ".join(list(BACKBONES)[:4])
        raise SpecError(
            f"keras.applications has no {clean(name, 40)!r}. Choose for example {near}; "
            "`cnn-tui train --help` lists all."
        )
    return found


def _by_lower_case() -> dict[str, Backbone]:
    return {name.lower(): one for name, one in BACKBONES.items()}


def _similar(name: str) -> Iterator[str]:
    """Yield names that begin alike, or could be meant."""
    lower = _by_lower_case()
    for near in difflib.get_close_matches(name.strip().lower(), lower, 4, 0.5):
        yield lower[near].name
