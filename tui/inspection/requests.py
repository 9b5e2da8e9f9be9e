"""The requests to the inspector, as typed structs that msgpack frames carry through a pipe.

Each request has an `id`, which the client sets. Heights come before widths, as in Keras's shapes.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from tui.common.pipe_frames import decode_frame


class _Request(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    id: int = 0
    """Set by the client when it sends the request."""


class OpenRun(_Request, frozen=True, tag="open_run"):
    """Load the network of a run with some of its weights."""

    run: str
    """Path of the run folder."""
    weights: str = "best"
    """`best`, `final`, `last` (the newest checkpoint) or `epoch-N` (a kept snapshot)."""


class OpenFile(_Request, frozen=True, tag="open_file"):
    """Load a foreign `.keras` file: only after the user agreed, and always with safe_mode."""

    path: str
    rescale_divisor: float = 0.0
    """Image values 0..255 are divided by it; 0: by 255, or by 1 where the network begins with its
    own Rescaling or Normalization."""


class Prepare(_Request, frozen=True, tag="prepare"):
    """Prepare an image: its colour mode and size as the network receives it, before rescaling."""

    picture: str


class LookAt(_Request, frozen=True, tag="look_at"):
    """The output of a layer for an image, channel by channel."""

    picture: str
    """Path of an image file; prepared exactly as in training."""
    layer: int
    """Position in `Opened.layers`."""
    order: Literal["index", "activation"] = "index"
    """`activation`: by the mean of a channel, the highest first."""
    first: int = 0
    """Position of the first channel of the answer in that order."""
    count: int = 16
    tile_height: int = 64
    """Channels larger than this are scaled down to fit (area average)."""
    tile_width: int = 64


class Values(_Request, frozen=True, tag="values"):
    """The values of one channel at full size."""

    picture: str
    layer: int
    channel: int


class Kernels(_Request, frozen=True, tag="kernels"):
    """The kernels of a convolution as images, now and before training."""

    layer: int
    first: int = 0
    count: int = 32


class Classify(_Request, frozen=True, tag="classify"):
    """The class probabilities of some images."""

    pictures: tuple[str, ...]


class Evaluate(_Request, frozen=True, tag="evaluate"):
    """Predict all validation images, or a folder of class folders; sends `Progress`."""

    folder: str = ""
    """Empty: the validation images of the run."""
    most_mistakes: int = 60


class Explain(_Request, frozen=True, tag="explain"):
    """Explain which parts of an image speak for a class."""

    picture: str
    method: Literal["grad-cam", "occlusion"] = "grad-cam"
    label: int = -1
    """Index of the class; -1: the predicted one."""


class Trace(_Request, frozen=True, tag="trace"):
    """What one value of a layer's output is computed from."""

    picture: str
    layer: int
    channel: int
    """Or unit, of a layer without height and width."""
    x: int = 0
    """Column, from 0; like the row 0 for a layer without height and width."""
    y: int = 0


class Cancel(_Request, frozen=True, tag="cancel"):
    """Cancel the request with this id; it is answered by `Refused`."""


Request = (
    OpenRun
    | OpenFile
    | Prepare
    | LookAt
    | Values
    | Kernels
    | Classify
    | Evaluate
    | Explain
    | Trace
    | Cancel
)

MAX_REQUEST_BYTES = 8 * 2**20
"""Enough for a `Classify` with many long paths."""
_decoder: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request)


def decode_request(body: bytes) -> Request:
    """Decode a request from a frame without its header.

    Raises:
        FrameError: if it is not valid.
    """
    return decode_frame(body, _decoder, "request")
