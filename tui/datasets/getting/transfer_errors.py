"""Errors of getting a set of images; every message is safe to show."""

from __future__ import annotations

from tui.datasets.folder.folder_summary import FolderError, join_names


class GetError(FolderError):
    """The images could not be fetched; the message says why and what to do."""


class TransferStopped(GetError):
    """The user stopped the transfer."""


class ConnectionLost(GetError):
    """The connection ended before the file was whole."""


class NestedArchivesError(GetError):
    """An archive contains no images but archives, and one of them has to be chosen.

    Args:
        name: the archive's name, safe to show.
        archives: paths of the archives inside it.
        chosen: archives already chosen, each inside the one before.
    """

    def __init__(self, name: str, archives: tuple[str, ...], chosen: tuple[str, ...] = ()) -> None:
        super().__init__(
            f"{name} contains no images but archives: {join_names(archives, 10)}. Choose the one "
            "to unpack."
        )
        self.archives = archives
        self.chosen = chosen


class RefusedArchive(GetError):
    """An archive is damaged, or tries to do what no folder of images needs to."""
