"""What can go wrong while a set of images is fetched; every message is ready to be shown."""

from __future__ import annotations

from tui.datasets.summary import FolderError


class GetError(FolderError):
    """The images could not be had; the message says why and what to do."""


class Stopped(GetError):
    """The user stopped it."""


class BrokenOff(GetError):
    """The connection ended before the file was whole."""


class Refused(GetError):
    """An archive is damaged, or tries to do what no folder of images needs to."""
