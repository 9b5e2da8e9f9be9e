"""What the child answers, as typed structs; msgpack frames carry it through a pipe.

Each answer repeats the request's `id`; some requests are answered by several `Progress` before the
last answer. Pictures come as bytes of uint8, row by row. Heights come before widths, as in Keras's
shapes. The requests are `tui.inspection.requests`.
"""

from __future__ import annotations

import msgspec


class _Answer(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    id: int


class Ready(_Answer, frozen=True, tag="ready"):
    """Keras is imported; sent once, with id 0."""

    keras: str
    backend: str


class LayerInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A layer of the network that was opened."""

    name: str
    kind: str
    """Keras's class name: `Conv2D`."""
    height: int
    """Of its output; 0 where the output has no height and width (Flatten, Dense)."""
    width: int
    depth: int
    """Channels, or units."""
    parameters: int
    sources: tuple[int, ...] = ()
    """Positions of the layers that it receives, -1 the picture; empty: the one before."""

    @property
    def spatial(self) -> bool:
        """Whether its output has height and width."""
        return self.height > 0


class Opened(_Answer, frozen=True, tag="opened"):
    """The network is loaded."""

    layers: tuple[LayerInfo, ...]
    input_height: int
    input_width: int
    input_depth: int
    classes: tuple[str, ...]
    """Names in the order of the labels; empty where they are not known."""
    weights: str
    epoch: int
    """After which epoch these weights were; 0 before the first; -1 not known."""
    snapshots: tuple[int, ...]
    """Epochs of which weights are kept."""
    has_best: bool = True
    has_final: bool = True
    rescale_divisor: float = 255.0
    """Pictures' values 0..255 are divided by it, as in the training."""
    color_mode: str = "rgb"
    interpolation: str = "nearest"
    note: str = ""
    """Something to know about these weights, in a sentence; mostly empty."""


class Prepared(_Answer, frozen=True, tag="prepared"):
    """The picture as the network gets it."""

    height: int
    width: int
    depth: int
    """1: grey, 3: colour, 4: colour and opacity."""
    pixels: bytes
    """`height`·`width`·`depth` bytes."""


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """One channel of a layer's output as a small picture."""

    index: int
    least: float
    """Least, greatest and mean are taken of the finite values."""
    greatest: float
    mean: float
    dead: bool
    """The same value everywhere: nothing to see."""
    saturated: bool
    """Nine tenths of it or more at its greatest value, and not dead."""
    height: int
    width: int
    pixels: bytes
    """`height`·`width` bytes: stretched from the channel's least (0) to its greatest (255)."""
    finite: bool = True
    """Whether it holds neither infinity nor NaN, which are drawn as 0."""


class Maps(_Answer, frozen=True, tag="maps"):
    """The requested channels."""

    layer: int
    height: int
    """Of the layer's output; 0 for a layer without height and width."""
    width: int
    depth: int
    channels: tuple[Channel, ...] = ()
    order: tuple[int, ...] = ()
    """All channels' indices in the requested order."""
    dead: int = 0
    """How many of all channels are dead."""
    units: tuple[float, ...] = ()
    """For a layer without height and width: its outputs from `first` on in the requested order,
    at most 4096 of them (`count` is not looked at)."""


class Numbers(_Answer, frozen=True, tag="numbers"):
    """One channel's values."""

    layer: int
    channel: int
    height: int
    width: int
    values: bytes
    """float32, little-endian, row by row."""


class Kernel(msgspec.Struct, frozen=True, kw_only=True):
    """One kernel as a picture: colour where it reads three channels, else its first channel."""

    index: int
    height: int
    width: int
    colour: bool
    pixels: bytes
    """`height`·`width`·3 bytes in colour, else `height`·`width`; 0 at the weights' least."""
    before: bytes
    """The same kernel before the training, scaled by its own range; empty where not known."""
    least: float
    greatest: float


class KernelsShown(_Answer, frozen=True, tag="kernels_shown"):
    """The requested kernels."""

    layer: int
    count: int
    """How many the layer has: one a filter; depthwise, one a channel and multiple."""
    kernels: tuple[Kernel, ...]


class Prediction(msgspec.Struct, frozen=True, kw_only=True):
    """What the network says of one picture."""

    picture: str
    probabilities: tuple[float, ...]
    """One a class; a sigmoid's single output p is given as (1 − p, p)."""
    problem: str = ""
    """Why it could not be read; then there are no probabilities."""
    truth: int = -1
    """Index of its own class, where it is known."""

    @property
    def predicted(self) -> int:
        """Index of the class with the greatest probability; -1 with a problem."""
        if not self.probabilities:
            return -1
        return max(range(len(self.probabilities)), key=self.probabilities.__getitem__)


class Classified(_Answer, frozen=True, tag="classified"):
    """The pictures' probabilities."""

    predictions: tuple[Prediction, ...]


class Progress(_Answer, frozen=True, tag="progress"):
    """How far a long request is."""

    done: int
    total: int


class Evaluated(_Answer, frozen=True, tag="evaluated"):
    """All predictions, added up."""

    classes: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    """Rows: the true class; columns: the predicted one."""
    mistakes: tuple[Prediction, ...]
    """The most confident mistakes, worst first."""
    examples: tuple[Prediction, ...] = ()
    """More mistakes, the most confident of each pair of classes that is confused."""
    unreadable: tuple[str, ...] = ()
    note: str = ""
    """Where the images are not those that the run had: a sentence on it."""

    @property
    def images(self) -> int:
        """How many were predicted."""
        return sum(map(sum, self.confusion))

    @property
    def right(self) -> int:
        """How many of them rightly."""
        return sum(row[label] for label, row in enumerate(self.confusion))


class Explained(_Answer, frozen=True, tag="explained"):
    """Where the network looked."""

    method: str
    label: int
    layer: str
    """Grad-CAM: the convolution that it is taken at; else empty."""
    height: int
    width: int
    heat: bytes
    """`height`·`width` bytes: 255 speaks most for the class, 0 does not speak for it. A cell of
    Grad-CAM is one of the convolution's output, a cell of occlusion one place of the patch; the
    map lies over the whole picture."""
    greatest: float = 0.0
    """What 255 stands for: Grad-CAM's own scale, or how much the probability falls when the
    patch lies there. 0: nothing speaks for the class, and the heat is 0 everywhere."""
    probability: float = 0.0
    """Of the class, for the whole picture."""
    gradient_of: str = ""
    """Grad-CAM: `logit` (the class's score before the sigmoid or softmax) or `output`."""


class Refused(_Answer, frozen=True, tag="refused"):
    """It cannot be done: one sentence on what and why, one on the cure."""

    what: str
    cure: str = ""


Answer = (
    Ready
    | Opened
    | Prepared
    | Maps
    | Numbers
    | KernelsShown
    | Classified
    | Progress
    | Evaluated
    | Explained
    | Refused
)
