"""Names as Keras forms them."""

from __future__ import annotations

import re


def snake_case(name: str) -> str:
    """Return a class name the way Keras names a layer of it.

    >>> snake_case("MaxPooling2D"), snake_case("Conv2DTranspose"), snake_case("ZeroPadding2D")
    ('max_pooling2d', 'conv2d_transpose', 'zero_padding2d')
    """
    split = re.sub(r"\W+", "", name)
    split = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", split)
    return re.sub("([a-z])([A-Z])", r"\1_\2", split).lower()


_KEPT = re.compile(r"\w[\w.\- ]{0,99}")


def kept_name(name: object) -> str:
    """Return a layer's name from a file where it may stand on a screen and in code; else nothing.

    >>> kept_name("block1_conv1"), kept_name('x") or f("'), kept_name("\\x1b[2J")
    ('block1_conv1', '', '')
    """
    if isinstance(name, str) and name != "unnamed" and _KEPT.fullmatch(name):
        return name
    return ""
