"""Hypothesis strategies: layers, volumes and networks, most of them legal."""

from __future__ import annotations

from hypothesis import strategies as st

from tui.geometry import (
    ACTIVATIONS,
    Activation,
    AveragePool2D,
    BatchNormalization,
    Conv2D,
    Conv2DTranspose,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePool2D,
    GlobalMaxPool2D,
    Layer,
    MaxPool2D,
    Network,
    Pair,
    Rescaling,
    SeparableConv2D,
    Volume,
    ZeroPadding2D,
)


def pairs(least: int = 1, most: int = 5) -> st.SearchStrategy[Pair]:
    """Pairs, half of them square."""
    number = st.integers(least, most)
    return st.builds(Pair.square, number) | st.builds(Pair, number, number)


paddings = st.sampled_from(["valid", "same"]) | pairs(0, 3)
activations = st.sampled_from(ACTIVATIONS)
volumes = st.builds(Volume, st.integers(1, 40), st.integers(1, 40), st.integers(1, 6))

convs = st.builds(
    Conv2D,
    filters=st.integers(1, 8),
    kernel=pairs(),
    stride=pairs(1, 4),
    padding=paddings,
    dilation=st.just(Pair(1, 1)) | pairs(1, 3),
    groups=st.sampled_from([1, 1, 1, 2, 3]),
    activation=activations,
    use_bias=st.booleans(),
)
depthwise = st.builds(
    DepthwiseConv2D,
    kernel=pairs(),
    stride=pairs(1, 4),
    padding=paddings,
    dilation=pairs(1, 3),
    multiplier=st.integers(1, 3),
    activation=activations,
    use_bias=st.booleans(),
)
separable = st.builds(
    SeparableConv2D,
    filters=st.integers(1, 8),
    kernel=pairs(),
    stride=pairs(1, 4),
    padding=paddings,
    dilation=pairs(1, 3),
    multiplier=st.integers(1, 3),
    activation=activations,
    use_bias=st.booleans(),
)
transposed = st.builds(
    Conv2DTranspose,
    filters=st.integers(1, 8),
    kernel=pairs(),
    stride=pairs(1, 4),
    padding=st.sampled_from(["valid", "same"]),
    dilation=st.just(Pair(1, 1)) | pairs(1, 3),
    activation=activations,
    use_bias=st.booleans(),
    output_padding=st.none() | pairs(0, 3),
)
pools: st.SearchStrategy[MaxPool2D | AveragePool2D] = st.one_of(
    *(
        st.builds(kind, pool=pairs(), stride=pairs(1, 4), padding=paddings)
        for kind in (MaxPool2D, AveragePool2D)
    ),
    st.builds(MaxPool2D, pool=pairs()),
)
finite = st.floats(allow_nan=False, allow_infinity=False, width=64)
others: st.SearchStrategy[Layer] = st.one_of(
    st.builds(GlobalMaxPool2D),
    st.builds(GlobalAveragePool2D),
    st.builds(ZeroPadding2D, pairs(0, 4)),
    st.builds(Flatten),
    st.builds(Dense, st.integers(1, 50), activations, st.booleans()),
    st.builds(Activation, activations),
    st.builds(Dropout, st.floats(0, 0.99)),
    st.builds(BatchNormalization),
    st.builds(Rescaling, finite, finite) | st.builds(Rescaling, st.just(1 / 255)),
)
windows: st.SearchStrategy[Layer] = st.one_of(convs, depthwise, separable, pools)
layers: st.SearchStrategy[Layer] = st.one_of(windows, transposed, others)
networks = st.builds(Network, volumes, st.lists(layers, max_size=7).map(tuple))
