"""What each layer does, against brute force and against the course's own numbers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from tests.unit.geometry.strategies import layers, volumes, windows
from tui.geometry import (
    LARGEST,
    Activation,
    BatchNormalization,
    Conv2D,
    Conv2DTranspose,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GeometryError,
    Layer,
    MaxPool2D,
    Pair,
    Rescaling,
    SeparableConv2D,
    Vector,
    Volume,
    WindowLayer,
    ZeroPadding2D,
    apply_layer,
    course_network,
    network_totals,
    trace_network,
    window_of,
)


def test_the_course_network() -> None:
    rows = trace_network(course_network(Volume(150, 150, 3), 2))
    effects = [row.effect for row in rows]
    assert all(effects)
    outputs = [effect.output for effect in effects if effect]
    assert [out.width for out in outputs if isinstance(out, Volume)] == [148, 74, 72, 36, 34, 17]
    assert outputs[6:] == [Vector(18496), Vector(512), Vector(1)]
    counts = [effect.parameters for effect in effects if effect and effect.parameters]
    assert counts == [448, 4640, 18496, 9470464, 513]
    totals = network_totals(rows)
    assert totals.parameters == totals.trainable == 9494561
    # 54,657,792 in the convolutions and 9,470,464 in the dense layers.
    assert totals.macs == 64128256
    assert sum(e.macs for e in effects if e and isinstance(e.layer, Conv2D)) == 54657792
    assert round(totals.share(rows[7]), 3) == 0.997
    fields = [row.receptive_field.size for row in rows if row.receptive_field]
    assert fields == [Pair.square(size) for size in (3, 4, 8, 10, 18, 22)]
    assert [row.name for row in rows] == [
        "conv2d",
        "max_pooling2d",
        "conv2d_1",
        "max_pooling2d_1",
        "conv2d_2",
        "max_pooling2d_2",
        "flatten",
        "dense",
        "dense_1",
    ]


def _places(size: int, reach: int, stride: int) -> list[int]:
    """Where a window can stand, by trying every column."""
    return [at for at in range(0, size, stride) if at + reach <= size]


@given(windows, volumes)
def test_windows_by_counting_places(layer: WindowLayer, volume: Volume) -> None:
    try:
        effect = apply_layer(layer, volume)
    except GeometryError as error:
        assert error.message.endswith(".")
        return
    out = effect.output
    assert isinstance(out, Volume) and effect.axes
    window = window_of(layer)
    for i in (0, 1):
        reach = window.dilation[i] * (window.kernel[i] - 1) + 1
        before, after = effect.pad_before[i], effect.pad_after[i]
        span = volume.plane[i] + before + after
        places = _places(span, reach, window.stride[i])
        assert out.plane[i] == len(places)
        last_read = places[-1] + reach - 1
        assert effect.unread[i] == span - 1 - last_read
        assert effect.unread_real[i] == max(before + volume.plane[i] - 1 - last_read, 0)
        strict = (span - reach) / window.stride[i] + 1
        assert effect.axes[i].fits == strict.is_integer()
        if window.padding == "same":
            assert out.plane[i] == -(-volume.plane[i] // window.stride[i])
            assert after - before in (0, 1)
        elif window.padding == "valid":
            assert before == after == 0
        else:
            assert before == after == window.padding[i]
    assert effect.fits == (effect.unread == (0, 0))


@given(layers, volumes)
def test_every_layer_is_applied_or_refused(layer: Layer, volume: Volume) -> None:
    try:
        effect = apply_layer(layer, volume)
    except GeometryError:
        return
    assert effect.output.size >= 1
    assert 0 <= effect.trainable <= effect.parameters
    assert effect.macs >= 0
    assert (effect.layer, effect.input) == (layer, volume)


V = Volume(10, 10, 4)
K3 = Pair(3, 3)


@pytest.mark.parametrize(
    ("layer", "shape", "field"),
    [
        (Conv2D(0, K3), V, "filters"),
        (Conv2D(-1, K3), V, "filters"),
        (Conv2D(True, K3), V, "filters"),
        (Conv2D(LARGEST + 1, K3), V, "filters"),
        (Conv2D(10**5000, K3), V, "filters"),
        (Conv2D(1, Pair(0, 3)), V, "kernel"),
        (Conv2D(1, Pair(11, 3)), V, "kernel"),
        (Conv2D(1, Pair(3, 11)), V, "kernel"),
        (Conv2D(1, 3), V, "kernel"),  # type: ignore[arg-type]
        (Conv2D(1, K3, stride=Pair(0, 1)), V, "stride"),
        (Conv2D(1, K3, stride=Pair(1, False)), V, "stride"),
        (Conv2D(1, K3, padding=Pair(-1, 0)), V, "padding"),
        (Conv2D(1, K3, padding="full"), V, "padding"),  # type: ignore[arg-type]
        (Conv2D(1, K3, dilation=Pair(0, 1)), V, "dilation"),
        (Conv2D(1, K3, dilation=Pair(2, 2), stride=Pair(2, 1)), V, "dilation"),
        (Conv2D(6, K3, groups=3), V, "groups"),
        (Conv2D(6, K3, groups=4), V, "groups"),
        (Conv2D(6, K3, groups=0), V, "groups"),
        (Conv2D(6, K3, activation="rleu"), V, "activation"),
        (Conv2D(6, K3, use_bias=1), V, "bias"),  # type: ignore[arg-type]
        (DepthwiseConv2D(K3, multiplier=0), V, "multiplier"),
        (DepthwiseConv2D(K3, stride=Pair(1, 2)), V, "stride"),
        (SeparableConv2D(3, K3, stride=Pair(2, 1)), V, "stride"),
        (Conv2DTranspose(3, K3, padding=Pair(1, 1)), V, "padding"),
        (Conv2DTranspose(3, K3, stride=Pair(LARGEST, 1)), V, None),
        (MaxPool2D(Pair(11, 11)), V, "kernel"),
        (ZeroPadding2D(Pair(-1, 0)), V, "padding"),
        (ZeroPadding2D(Pair(LARGEST, 0)), V, None),
        (Dense(0), V, "units"),
        (Dropout(1.0), V, "rate"),
        (Dropout(float("nan")), V, "rate"),
        (Rescaling(float("inf")), V, "scale"),
        (Activation("threshold"), V, "activation"),
        (Flatten(), Volume(0, 1, 1), "width"),
        (Flatten(), Volume(1, True, 1), "height"),
        (Flatten(), Volume(1, 1, LARGEST + 1), "depth"),
        (Conv2D(1, K3), Vector(10), None),
        (MaxPool2D(), Vector(10), None),
        ("conv", V, None),
        (Flatten(), (1, 2, 3), None),
    ],
)
def test_nonsense_is_refused_with_its_field(layer: Any, shape: Any, field: str | None) -> None:
    with pytest.raises(GeometryError) as caught:
        apply_layer(layer, shape)
    assert caught.value.field == field
    assert 20 < len(caught.value.message) < 300
    assert caught.value.message.endswith(".")


def test_the_message_names_the_values_and_the_cure() -> None:
    with pytest.raises(GeometryError) as caught:
        apply_layer(Conv2D(2, Pair(7, 7)), Volume(4, 9, 1))
    assert caught.value.message == (
        "the filter is 7 wide, but the input is only 4 wide: take F ≤ 4, P ≥ 2, or W1 ≥ 7."
    )


def test_one_meaning_has_one_value() -> None:
    assert Conv2D(1, K3, padding=Pair(0, 0)) == Conv2D(1, K3)
    assert MaxPool2D(K3).stride == K3
    assert MaxPool2D(K3, stride=None) == MaxPool2D(K3, stride=K3)  # type: ignore[arg-type]


def test_a_number_p_and_what_is_unread_of_it() -> None:
    effect = apply_layer(Conv2D(1, K3, stride=Pair(5, 5), padding=Pair(2, 2)), Volume(7, 7, 1))
    assert (effect.unread, effect.unread_real) == ((3, 3), (1, 1))


def test_batch_normalization_counts_what_it_only_keeps() -> None:
    effect = apply_layer(BatchNormalization(), V)
    assert (effect.parameters, effect.trainable) == (16, 8)


def test_dense_on_a_volume_says_so() -> None:
    effect = apply_layer(Dense(7), V)
    assert effect.output == Volume(10, 10, 7)
    assert "Flatten" in effect.note
