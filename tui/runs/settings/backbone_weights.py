"""Finding the file of a backbone's weights: named by the user, or in Keras's cache."""

from __future__ import annotations

import os
from pathlib import Path

from tui.common.text import clean, size_text
from tui.common.typed_paths import typed_path
from tui.runs.settings.backbone_kind import Backbone
from tui.runs.settings.spec import SpecError

IMAGENET = "imagenet"
"""The weights that Keras downloads, as its argument `weights` calls them."""
ENDINGS = (".weights.h5", ".h5", ".keras")
"""What a file of weights may end in: Keras chooses by it how to read one."""
_HDF5, _ZIP = b"\x89HDF\r\n\x1a\n", b"PK\x03\x04"
_BYTES_PER_VALUE = 4
_LEAST_SHARE = 0.95
"""A file holds at least this part of the bytes of all weights."""


class MissingWeights(SpecError):
    """There is no file of a backbone's weights in Keras's cache.

    Args:
        base: the backbone.
    """

    def __init__(self, base: Backbone) -> None:
        folder = keras_models()
        super().__init__(
            f"The weights of {base.name} are not here: {clean(folder)} has no {base.file}. With a "
            f"network, --weights {IMAGENET} downloads them ({size_text(base.bytes)}); without one, "
            f"put that file there ({base.address}), or name another with --weights FILE."
        )
        self.base = base


def keras_models() -> Path:
    """Return the folder in which Keras keeps downloaded weights."""
    home = os.environ.get("KERAS_HOME")
    return Path(home) / "models" if home else Path.home() / ".keras" / "models"


def find_weights(base: Backbone, given: str, side: int = 0) -> str:
    """Return the absolute path of a backbone's weights.

    Args:
        base: the backbone.
        given: a path; empty or `imagenet`: what Keras downloads, from its cache.
        side: of square images, for which Keras may have weights of their own; 0: unknown.

    Raises:
        MissingWeights: when nothing is given and Keras's cache has none.
        SpecError: when a file is given that cannot be its weights.
    """
    if given.strip() in ("", IMAGENET):
        for name in base.files(side):
            path = keras_models() / name
            if path.is_file():
                return _checked(base, path)
        raise MissingWeights(base)
    return _checked(base, typed_path(given).absolute())


def _checked(base: Backbone, path: Path) -> str:
    """Return the path of a file that may hold a backbone's weights.

    What is in it only Keras can tell: the trainer does, before the first epoch.

    Raises:
        SpecError: when it cannot be read, or is certainly no file of these weights.
    """
    name = clean(path.name, 80)
    cure = (
        f"Give the file that Keras downloads ({base.file}), or one that was saved by "
        f"keras.applications.{base.name}(include_top=False).save_weights(…)."
    )
    try:
        with path.open("rb") as file:
            begin = file.read(8)
            size = os.fstat(file.fileno()).st_size
    except FileNotFoundError:
        raise SpecError(f"There is no file of weights {clean(path)}. {cure}") from None
    except OSError as error:
        why = clean(error.strerror or error).lower()
        raise SpecError(f"The file of weights {clean(path)} cannot be read: {why}. {cure}") from (
            error
        )
    if not path.name.endswith(ENDINGS):
        raise SpecError(
            f"{name} is not a file of weights that Keras reads: its name ends in none of "
            f"{', '.join(ENDINGS)}. {cure}"
        )
    if not begin.startswith(_ZIP if path.suffix == ".keras" else _HDF5):
        kind = "a .keras archive" if path.suffix == ".keras" else "an HDF5 file"
        raise SpecError(f"{name} is not {kind}, whatever its name says. {cure}")
    if size < _LEAST_SHARE * base.bytes:
        raise SpecError(
            f"{name} is too small for the weights of {base.name}: it has {size_text(size)}, and "
            f"they take {size_text(base.bytes)}. {cure}"
        )
    return str(path)
