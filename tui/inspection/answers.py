"""The answers of the inspector, as typed structs that msgpack frames carry through a pipe.

Each answer repeats the `id` of its request; some requests get several `Progress` before the
answer. Images are uint8 bytes, row by row. Heights come before widths, as in Keras's
shapes. The requests are `tui.inspection.requests`.
"""

from __future__ import annotations

import msgspec

from tui.common.pipe_frames import decode_frame
from tui.inspection.traced_terms import TracedTerm, TraceRule


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
    """Of the output; 0 where it has no height and width (Flatten, Dense)."""
    width: int
    depth: int
    """Channels, or units."""
    parameters: int
    sources: tuple[int, ...] = ()
    """Positions of its input layers, -1 for the image; empty for the layer before."""

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
    """Names in the order of the labels; empty if unknown."""
    weights: str
    epoch: int
    """The epoch after which the weights were saved; 0 before the first, -1 if unknown."""
    snapshots: tuple[int, ...]
    """Epochs whose weights are kept."""
    has_best: bool = True
    has_final: bool = True
    rescale_divisor: float = 255.0
    """Image values 0..255 are divided by it, as in training."""
    color_mode: str = "rgb"
    interpolation: str = "nearest"
    note: str = ""
    """A sentence about these weights; usually empty."""


class Prepared(_Answer, frozen=True, tag="prepared"):
    """The image as the network receives it."""

    height: int
    width: int
    depth: int
    """1: grayscale, 3: colour, 4: colour with opacity."""
    pixels: bytes
    """`height`·`width`·`depth` bytes."""


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """One channel of a layer's output as a small image."""

    index: int
    least: float
    """Minimum; like maximum and mean, of the finite values only."""
    greatest: float
    mean: float
    dead: bool
    """Whether all values are equal."""
    saturated: bool
    """Whether at least 90 % of the values equal the maximum, and it is not dead."""
    height: int
    width: int
    pixels: bytes
    """`height`·`width` bytes: scaled from the channel's minimum (0) to its maximum (255)."""
    finite: bool = True
    """Whether all values are finite; others are drawn as 0."""


class Maps(_Answer, frozen=True, tag="maps"):
    """The requested channels."""

    layer: int
    height: int
    """Of the layer's output; 0 for a layer without height and width."""
    width: int
    depth: int
    channels: tuple[Channel, ...] = ()
    order: tuple[int, ...] = ()
    """Indices of all channels in the requested order."""
    dead: int = 0
    """How many of all channels are dead."""
    units: tuple[float, ...] = ()
    """For a layer without height and width: its outputs from `first` on in the requested order,
    at most 4096 of them (`count` is ignored)."""


class Numbers(_Answer, frozen=True, tag="numbers"):
    """One channel's values."""

    layer: int
    channel: int
    height: int
    width: int
    values: bytes
    """float32, little-endian, row by row."""


class Kernel(msgspec.Struct, frozen=True, kw_only=True):
    """One kernel as an image: in colour if it has three input channels, else its first channel."""

    index: int
    height: int
    width: int
    colour: bool
    pixels: bytes
    """`height`·`width`·3 bytes in colour, else `height`·`width`; 0 at the smallest weight."""
    before: bytes
    """The same kernel before training, scaled to its own range; empty if unknown."""
    least: float
    greatest: float


class KernelsShown(_Answer, frozen=True, tag="kernels_shown"):
    """The requested kernels."""

    layer: int
    count: int
    """How many the layer has: one per filter; of a depthwise layer one per output channel."""
    kernels: tuple[Kernel, ...]


class Prediction(msgspec.Struct, frozen=True, kw_only=True):
    """The prediction for one image."""

    picture: str
    probabilities: tuple[float, ...]
    """One per class; the single output p of a sigmoid becomes (1 − p, p)."""
    problem: str = ""
    """Why the image could not be read; then there are no probabilities."""
    truth: int = -1
    """Index of its true class; -1 if unknown."""

    @property
    def predicted(self) -> int:
        """Index of the class with the highest probability; -1 if there are no probabilities."""
        if not self.probabilities:
            return -1
        return max(range(len(self.probabilities)), key=self.probabilities.__getitem__)


class Classified(_Answer, frozen=True, tag="classified"):
    """The predictions for the images."""

    predictions: tuple[Prediction, ...]


class Progress(_Answer, frozen=True, tag="progress"):
    """The progress of a long request."""

    done: int
    total: int


class Evaluated(_Answer, frozen=True, tag="evaluated"):
    """The predictions of a whole set, summed up."""

    classes: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    """Rows: the true class; columns: the predicted one."""
    mistakes: tuple[Prediction, ...]
    """The most confident mistakes, worst first."""
    examples: tuple[Prediction, ...] = ()
    """More mistakes: the most confident of each confused pair of classes."""
    unreadable: tuple[str, ...] = ()
    note: str = ""
    """A sentence where the images are not those that the run had; else empty."""

    @property
    def images(self) -> int:
        """How many images were predicted."""
        return sum(map(sum, self.confusion))

    @property
    def right(self) -> int:
        """How many images were predicted correctly."""
        return sum(row[label] for label, row in enumerate(self.confusion))


class Explained(_Answer, frozen=True, tag="explained"):
    """A heat map of what speaks for a class."""

    method: str
    label: int
    layer: str
    """The convolution of a Grad-CAM; else empty."""
    height: int
    width: int
    heat: bytes
    """`height`·`width` bytes: 255 speaks most for the class, 0 not at all. A cell is a cell of the
    convolution's output (Grad-CAM) or a position of the patch (occlusion); the map covers the whole
    image."""
    greatest: float = 0.0
    """The value of 255: on Grad-CAM's own scale, or the drop of the probability with the patch
    there. 0: nothing speaks for the class, and the heat is 0 everywhere."""
    probability: float = 0.0
    """Of the class, for the whole image."""
    gradient_of: str = ""
    """Grad-CAM: `logit` (the class's score before the sigmoid or softmax) or `output`."""


class Traced(_Answer, frozen=True, tag="traced"):
    """What one value of a layer's output is computed from."""

    layer: int
    x: int
    y: int
    channel: int
    rule: TraceRule
    sources: tuple[int, ...]
    """Positions of the layer's inputs; -1 for the image. A window is on the first one."""
    output: float
    """The value as Keras computed it."""
    computed: float
    """The value computed again in float64 from the layer's input and weights."""
    total: float
    """Before the activation, with the bias."""
    bias: float = 0.0
    activation: str = ""
    """Name of the function that the layer applies; empty for none."""
    columns: tuple[int, ...] = ()
    """Columns of the input under the window, from 0; outside of the input for padding."""
    rows: tuple[int, ...] = ()
    read: tuple[int, ...] = ()
    """Channels of the input that are read."""
    values: bytes = b""
    """float32, little-endian, (channels read, rows, columns); 0 in the padding."""
    weights: bytes = b""
    """Likewise; empty if the rule has none."""
    terms: tuple[TracedTerm, ...] = ()
    """Of a sum or a mean without a window those with the largest products, the largest first."""
    count: int = 0
    """How many values the value is computed from."""
    numbers: tuple[tuple[str, float], ...] = ()
    """Named numbers of the layer, such as its mean."""


class Refused(_Answer, frozen=True, tag="refused"):
    """The request cannot be done: one sentence with what and why, one with the cure."""

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
    | Traced
    | Refused
)

MAX_ANSWER_BYTES = 256 * 2**20
"""Enough for the values of one channel of a very large layer."""
_decoder: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


def decode_answer(body: bytes) -> Answer:
    """Decode an answer from a frame without its header.

    Raises:
        FrameError: if it is not valid.
    """
    return decode_frame(body, _decoder, "answer")
