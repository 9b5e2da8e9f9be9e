"""Getting images: samples, the course's sets by name, and archives from the network or the disk."""

from tui.datasets.getting.course_sets import COURSE_SETS, ImageSet
from tui.datasets.getting.get import FetchedSet, downloaded_bytes, get
from tui.datasets.getting.set_folders import sets_folder
from tui.datasets.getting.transfer import Transfer
from tui.datasets.getting.transfer_errors import (
    ConnectionLost,
    GetError,
    NestedArchivesError,
    RefusedArchive,
    TransferStopped,
)
from tui.datasets.getting.transfer_progress import Control, Progress, time_text

__all__ = [
    "COURSE_SETS",
    "ConnectionLost",
    "Control",
    "FetchedSet",
    "GetError",
    "ImageSet",
    "NestedArchivesError",
    "Progress",
    "RefusedArchive",
    "Transfer",
    "TransferStopped",
    "downloaded_bytes",
    "get",
    "sets_folder",
    "time_text",
]
