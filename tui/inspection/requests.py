"""The requests to the inspector, as typed structs that msgpack frames carry through a pipe.

Each request has an `id`, which the client gives. Heights come before widths, as in Keras's shapes.
"""

from __future__ import annotations

from typing import Literal

import msgspec


class _Request(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    id: int = 0
    """Given by the client when it sends the request."""


class OpenRun(_Request, frozen=True, tag="open_run"):
    """Load a run's network with one of its weights."""

    run: str
    """Path of the run folder."""
    weights: str = "best"
    """`best`, `final`, `last` (the newest checkpoint) or `epoch-N` (a kept snapshot)."""


class OpenFile(_Request, frozen=True, tag="open_file"):
    """Load a foreign `.keras` file: only after the learner agreed; always with safe_mode."""

    path: str
    rescale_divisor: float = 0.0
    """Pictures' values 0..255 are divided by it; 0: by 255, or by 1 where the network begins with
    a Rescaling or Normalization of its own."""


class Prepare(_Request, frozen=True, tag="prepare"):
    """A picture as the network gets it: its colour mode and size, before the rescaling."""

    picture: str


class LookAt(_Request, frozen=True, tag="look_at"):
    """What a layer makes of a picture, channel by channel."""

    picture: str
    """Path of an image file; prepared exactly as in the training."""
    layer: int
    """Position in `Opened.layers`."""
    order: Literal["index", "activation"] = "index"
    """`activation`: by a channel's mean, the greatest first."""
    first: int = 0
    """Position in that order of the first channel of the answer."""
    count: int = 16
    tile_height: int = 64
    """Channels larger than this are scaled down to fit (area average)."""
    tile_width: int = 64


class Values(_Request, frozen=True, tag="values"):
    """One channel at full size, with its numbers."""

    picture: str
    layer: int
    channel: int


class Kernels(_Request, frozen=True, tag="kernels"):
    """A convolution's kernels as pictures, and as they were before the training."""

    layer: int
    first: int = 0
    count: int = 32


class Classify(_Request, frozen=True, tag="classify"):
    """The class probabilities of some pictures."""

    pictures: tuple[str, ...]


class Evaluate(_Request, frozen=True, tag="evaluate"):
    """Predict all validation images, or a folder of class folders; sends `Progress` meanwhile."""

    folder: str = ""
    """Empty: the run's own validation images."""
    most_mistakes: int = 60


class Explain(_Request, frozen=True, tag="explain"):
    """What of a picture speaks for a class."""

    picture: str
    method: Literal["grad-cam", "occlusion"] = "grad-cam"
    label: int = -1
    """Index of the class; -1: the predicted one."""


class Cancel(_Request, frozen=True, tag="cancel"):
    """Stop working on the request of this id, or do not begin; it is answered by `Refused`."""


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
    | Cancel
)
