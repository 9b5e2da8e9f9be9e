"""The names of a network's layers: as Keras forms them, and as a file gives them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tui.geometry.layers import Layer


def snake_case(name: str) -> str:
    """Return a class name the way Keras names a layer of it.

    >>> snake_case("MaxPooling2D"), snake_case("Conv2DTranspose"), snake_case("ZeroPadding2D")
    ('max_pooling2d', 'conv2d_transpose', 'zero_padding2d')
    """
    split = re.sub(r"\W+", "", name)
    split = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", split)
    return re.sub("([a-z])([A-Z])", r"\1_\2", split).lower()


_ACCEPTED = re.compile(r"\w[\w.\- ]{0,99}")


def accepted_name(name: object) -> str:
    """Return a layer's name from a file if it is safe on a screen and in code, else an empty one.

    >>> accepted_name("block1_conv1"), accepted_name('x") or f("'), accepted_name("\\x1b[2J")
    ('block1_conv1', '', '')
    """
    if isinstance(name, str) and name != "unnamed" and _ACCEPTED.fullmatch(name):
        return name
    return ""


def layer_names(layers: Sequence[Layer], given: Sequence[str] = ()) -> tuple[str, ...]:
    """Return a name for each layer, all different.

    Args:
        layers: the layers, in order.
        given: names from a file, empty where a layer has none; ignored unless there is one for
            each layer. All other layers get the names that Keras gives in a fresh program.

    >>> from tui.geometry.layers import Dense, Flatten
    >>> layer_names([Flatten(), Dense(512), Dense(1)])
    ('flatten', 'dense', 'dense_1')
    >>> layer_names([Flatten(), Dense(9), Dense(2)], ("", "a", ""))
    ('flatten', 'a', 'dense')
    """
    if len(given) != len(layers):
        given = ("",) * len(layers)
    names = [name if name not in given[:index] else "" for index, name in enumerate(given)]
    taken = set(names)
    counts: dict[str, int] = {}
    for index, layer in enumerate(layers):
        base = snake_case(layer.keras_name)
        while not names[index]:
            count = counts.get(base, 0)
            counts[base] = count + 1
            name = f"{base}_{count}" if count else base
            if name not in taken:
                names[index] = name
                taken.add(name)
    return tuple(names)
