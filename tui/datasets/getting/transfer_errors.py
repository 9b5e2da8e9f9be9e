"""What can go wrong while a set of images is fetched; every message is ready to be shown."""

from __future__ import annotations

from tui.datasets.folder.folder_summary import FolderError, join_names


class GetError(FolderError):
    """The images could not be had; the message says why and what to do."""


class TransferStopped(GetError):
    """The user stopped it."""


class ConnectionLost(GetError):
    """The connection ended before the file was whole."""


class NestedArchivesError(GetError):
    """An archive holds no images but archives, and one of them has to be chosen.

    Args:
        name: of the archive, safe to show.
        archives: paths of those inside it.
        chosen: archives that were chosen already, each inside the one before.
    """

    def __init__(self, name: str, archives: tuple[str, ...], chosen: tuple[str, ...] = ()) -> None:
        super().__init__(
            f"{name} holds no images but archives: {join_names(archives, 10)}. Choose the one to "
            "unpack."
        )
        self.archives = archives
        self.chosen = chosen


class RefusedArchive(GetError):
    """An archive is damaged, or tries to do what no folder of images needs to."""
