"""A network from a file: where it came from, its weights, and how it is compiled."""

from __future__ import annotations

from pathlib import PurePath

import msgspec

from tui.common.stop_rule import SpecError
from tui.common.text import clean
from tui.keras_io.compiled_as import CompiledAs

FILE_ENDINGS = (".keras", ".h5", ".hdf5")
"""A model that ends in one of these names a file."""


class ModelFile(msgspec.Struct, frozen=True, kw_only=True):
    """A `.keras` file, or an HDF5 file of `model.save`, that a training begins with.

    The run has a copy of it (`tui.runs.store.initial_model`), so it can be changed or deleted.
    """

    path: str
    """The absolute path of the file to copy."""
    name: str
    """Its name when it was first chosen."""
    described: str
    """SHA-256 of its description: a file that was replaced since it was checked is not trained."""
    digest: str = ""
    """SHA-256 of its bytes; empty until the run has its copy."""
    new_weights: bool = False
    """Whether training begins with new random weights instead of the file's."""
    compiled: CompiledAs | None = None
    """The optimizer and the loss that it was compiled with, where these are used; else None. The
    learning rate is that of the spec."""

    def __post_init__(self) -> None:
        if any("\ud800" <= one <= "\udfff" for one in self.path):
            raise SpecError(
                f"The name of {clean(self.path, 200)} is not UTF-8, and cannot be kept in a run: "
                "rename the file."
            )
        if not is_model_file(self.path):
            raise SpecError(
                f"{clean(self.path, 200)} is no model file: its name has to end in "
                f"{', '.join(FILE_ENDINGS[:-1])} or {FILE_ENDINGS[-1]}."
            )

    @property
    def words(self) -> str:
        """Its name and which weights it begins with; clean."""
        weights = "new weights" if self.new_weights else "its weights"
        return f"{clean(self.name, 60)}, {weights}"


def is_model_file(model: str) -> bool:
    """Return whether the text for a model names a file.

    >>> is_model_file("my models/net.keras"), is_model_file("8x8x1 flatten dense:k=2")
    (True, False)
    """
    return PurePath(model.strip()).suffix.lower() in FILE_ENDINGS


def file_label(path: str) -> str:
    """Return what a run of a file is called: the file's name without its ending; clean.

    >>> file_label("/home/you/pet net.keras")
    'pet net'
    """
    return clean(PurePath(path.strip()).stem, 40)
