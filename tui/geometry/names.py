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
