"""What is known of a network of `keras.applications` without its top."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tui.geometry import Volume
from tui.runs.settings.backbone_sizes import SIZES

Pixels = Literal["tf", "torch", "caffe", "own"]
"""What `preprocess_input` of a network does to pixels from 0 to 255; Keras calls the first three so
(`imagenet_utils.preprocess_input`). `own`: nothing, because the network begins with it."""

PIXEL_TEXTS: dict[Pixels, str] = {
    "tf": "/127.5 − 1",
    "torch": "/255, then standardized by channel",
    "caffe": "BGR, less the mean of each channel",
    "own": "in its first layers",
}
"""The preprocessing in a few words."""

IMAGENET_MEAN = (0.485, 0.456, 0.406)
"""Of R, G and B, of values from 0 to 1, over ImageNet."""
IMAGENET_DEVIATION = (0.229, 0.224, 0.225)
CAFFE_MEAN = (103.939, 116.779, 123.68)
"""Of B, G and R, of values from 0 to 255."""


def _half_up(side: int) -> int:
    return -(-side // 2)


def _half_down(side: int) -> int:
    return side // 2


def _window(side: int) -> int:
    return side - 2


def _window_by_2(side: int) -> int:
    return (side - 3) // 2 + 1


def _quarter(side: int) -> int:
    return side // 4


_Step = Callable[[int], int]
HALVED: tuple[_Step, ...] = (_half_up,) * 5
HALVED_DOWN: tuple[_Step, ...] = (_half_down,) * 5
OF_MOBILENET: tuple[_Step, ...] = (_half_up, *HALVED_DOWN[:4])
OF_DENSENET: tuple[_Step, ...] = (_half_up, _half_up, _half_down, _half_down, _half_down)
OF_INCEPTION: tuple[_Step, ...] = (
    _window_by_2,
    _window,
    _window_by_2,
    _window,
    _window_by_2,
    _window_by_2,
    _window_by_2,
)
OF_XCEPTION: tuple[_Step, ...] = (_window_by_2, _window, *HALVED[:4])
OF_NASNET: tuple[_Step, ...] = (_window_by_2, *HALVED[:4])
OF_CONVNEXT: tuple[_Step, ...] = (_quarter, _half_down, _half_down, _half_down)


@dataclass(frozen=True, slots=True)
class Backbone:
    """A network of `keras.applications` without its top.

    Args:
        name: of the function that builds it.
        side: of the square images that it was trained on, in pixels.
        least: the smallest side that it takes.
        depth: channels of its output.
        steps: what its layers make of a side, one after the other.
        pixels: the preprocessing that it needs.
        file: the name of Keras's file of its weights, in the folder `models` of Keras's cache.
        url: the folder that Keras downloads it from.
        digest: the file's MD5 or, with 64 digits, SHA-256; empty where Keras gives none.
        remote: the file's name there, where it is another.
        sides: of square images for which Keras has weights of their own.
    """

    name: str
    side: int
    least: int
    depth: int
    steps: tuple[_Step, ...]
    pixels: Pixels
    file: str
    url: str
    digest: str = ""
    remote: str = ""
    sides: tuple[int, ...] = ()

    @property
    def parameters(self) -> int:
        """The number of its weights."""
        return SIZES[self.name][0]

    @property
    def last_stage(self) -> str:
        """The name of the first layer of its last stage, where fine-tuning usually begins."""
        return SIZES[self.name][1]

    @property
    def bytes(self) -> int:
        """How many bytes its weights take, about as many as their file."""
        return 4 * self.parameters

    def files(self, side: int = 0) -> tuple[str, ...]:
        """Return the names of Keras's files of its weights, the one to prefer first.

        >>> from tui.runs.settings.backbones import backbone
        >>> backbone("MobileNet").files(128)
        ('mobilenet_1_0_128_tf_no_top.h5', 'mobilenet_1_0_224_tf_no_top.h5')
        """
        if side in self.sides:
            return self.file.replace(f"_{self.side}_", f"_{side}_"), self.file
        return (self.file,)

    def output(self, width: int, height: int) -> Volume:
        """Return the volume that it makes of an image.

        Args:
            width, height: of the image, at least `least`.

        >>> from tui.runs.settings.backbones import backbone
        >>> str(backbone("MobileNetV2").output(150, 150))
        '5×5×1280'
        """
        for step in self.steps:
            width, height = step(width), step(height)
        return Volume(width, height, self.depth)

    @property
    def address(self) -> str:
        """Where Keras downloads its weights from."""
        return f"{self.url}{self.remote or self.file}"
