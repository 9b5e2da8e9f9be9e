"""Getting images: samples, the course's sets by name, and archives from the network or the disk."""

from tui.datasets.getting.course_sets import COURSE_SETS, ImageSet
from tui.datasets.getting.get import Got, get, kept
from tui.datasets.getting.set_folders import sets_folder
from tui.datasets.getting.transfer import Transfer
from tui.datasets.getting.transfer_errors import (
    BrokenOff,
    GetError,
    HoldsArchives,
    Refused,
    Stopped,
)
from tui.datasets.getting.transfer_progress import Control, Progress, time_text

__all__ = [
    "COURSE_SETS",
    "BrokenOff",
    "Control",
    "GetError",
    "Got",
    "HoldsArchives",
    "ImageSet",
    "Progress",
    "Refused",
    "Stopped",
    "Transfer",
    "get",
    "kept",
    "sets_folder",
    "time_text",
]
