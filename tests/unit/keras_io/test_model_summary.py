"""What `model.summary()` prints, in the forms of every version, is read as a network."""

from __future__ import annotations

import time

import pytest

from tui.geometry import GeometryError, format_network
from tui.keras_io import is_summary, read_network

KERAS_2 = """
Model: "sequential"
_________________________________________________________________
Layer (type)                 Output Shape              Param #
=================================================================
conv2d (Conv2D)              (None, 148, 148, 16)      448
_________________________________________________________________
max_pooling2d (MaxPooling2D) (None, 74, 74, 16)        0
_________________________________________________________________
conv2d_1 (Conv2D)            (None, 74, 74, 32)        4640
_________________________________________________________________
flatten (Flatten)            (None, 175232)            0
_________________________________________________________________
dropout (Dropout)            (None, 175232)            0
_________________________________________________________________
dense (Dense)                (None, 2)                 350466
=================================================================
Total params: 355,554
Trainable params: 355,554
Non-trainable params: 0
_________________________________________________________________
"""

KERAS_2_LATE = """Model: "model"
_________________________________________________________________
 Layer (type)                Output Shape              Param #
=================================================================
 input_1 (InputLayer)        [(None, 28, 28, 1)]       0

 conv2d (Conv2D)             (None, 26, 26, 8)         80

 batch_normalization (Batch  (None, 26, 26, 8)         32
 Normalization)

 max_pooling2d (MaxPooling2  (None, 13, 13, 8)         0
 D)

 global_average_pooling2d (  (None, 8)                 0
 GlobalAveragePooling2D)

 dense (Dense)               (None, 10)                90

=================================================================
Total params: 202 (808.00 Byte)
"""

KERAS_3 = """
Model: "sequential"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ conv2d (Conv2D)                 │ (None, 26, 26, 32)     │           320 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ max_pooling2d (MaxPooling2D)    │ (None, 13, 13, 32)     │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ flatten (Flatten)               │ (None, 5408)           │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ dense (Dense)                   │ (None, 10)             │        54,090 │
└─────────────────────────────────┴────────────────────────┴───────────────┘
 Total params: 54,410 (212.54 KB)
"""

NARROW = """
┏━━━━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━━┓
┃ Layer (type) ┃ Output     ┃ Param # ┃
┃              ┃ Shape      ┃         ┃
┡━━━━━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━━┩
│ conv2d       │ (None, 26, │     320 │
│ (Conv2D)     │ 26, 32)    │         │
├──────────────┼────────────┼─────────┤
│ max_pooling… │ (None, 13, │       0 │
│ (MaxPooling… │ 13, 32)    │         │
└──────────────┴────────────┴─────────┘
"""

ASCII = """
+---------------------------------+------------------------+---------------+
| Layer (type)                    | Output Shape           |       Param # |
+---------------------------------+------------------------+---------------+
| conv2d (Conv2D)                 | (None, 13, 13, 32)     |           896 |
+---------------------------------+------------------------+---------------+
| global_max_pooling2d            | (None, 32)             |             0 |
| (GlobalMaxPooling2D)            |                        |               |
+---------------------------------+------------------------+---------------+
"""


@pytest.mark.parametrize(
    ("text", "line", "notes"),
    [
        (
            KERAS_2,
            "150x150x3 conv:k=16,f=3 maxpool:f=2 conv:k=32,f=3,p=same flatten dropout:rate=0.5 "
            "dense:k=2",
            ["148×148×3 with same padding", "rates of Dropout", "does not show activations"],
        ),
        (KERAS_2_LATE, "28x28x1 conv:k=8,f=3 batchnorm maxpool:f=2 globalavg dense:k=10", []),
        (
            KERAS_3,
            "28x28x1 conv:k=32,f=3 maxpool:f=2 flatten dense:k=10",
            ["28×28×1 with valid padding", "F = S = 2 is assumed"],
        ),
        (NARROW, "28x28x1 conv:k=32,f=3 maxpool:f=2", ["28×28×1 with valid padding"]),
        (ASCII, "15x15x3 conv:k=32,f=3 globalmax", ["does not show the input"]),
        ("before\n" + KERAS_3 + "\nafter", "28x28x1 conv:k=32,f=3 maxpool:f=2 flatten dense:k=10",
         []),
    ],
)  # fmt: skip
def test_summaries_are_read(text: str, line: str, notes: list[str]) -> None:
    assert is_summary(text)
    found = read_network(text)
    assert format_network(found.network) == line
    for note in notes:
        assert any(note in one for one in found.notes), found.notes


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (NARROW.replace("MaxPooling…", "Global…"), "Global…"),
        (KERAS_2.replace("conv2d_1 (Conv2D)", "lambda_1 (Lambda)"), "lambda_1 (Lambda)"),
        (KERAS_2.replace("350466", "12"), "does not follow"),
        (KERAS_2.replace("74, 74, 32", "None, None, 32"), "fixed sizes"),
        ("Layer (type)       Output Shape     Param #\n========", "with all columns"),
        ("Layer (type)    Output Shape   Param #\nflatten (Flatten)   (None, 784)   0\n",
         "does not show the input"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_to_be_a_summary(text: str, part: str) -> None:
    with pytest.raises(GeometryError) as caught:
        read_network(text)
    assert "summary" in caught.value.message and part in caught.value.message


@pytest.mark.parametrize("piece", ["|" * 1000, "(None, ", "conv2d (Conv2D) (None, 1, 1, 1) 1\n"])
def test_long_summaries_take_no_time(piece: str) -> None:
    begun = time.monotonic()
    with pytest.raises(GeometryError):
        read_network("Layer (type) Output Shape Param #\n" + piece * (300_000 // len(piece)))
    assert time.monotonic() - begun < 3
