"""Getting images: samples, the course's sets by name, and archives from the network or the disk."""

from tui.datasets.getting.amounts import time_text
from tui.datasets.getting.control import Control, Progress
from tui.datasets.getting.course_sets import COURSE_SETS, ImageSet
from tui.datasets.getting.errors import BrokenOff, GetError, HoldsArchives, Refused, Stopped
from tui.datasets.getting.get import Got, get, kept
from tui.datasets.getting.places import sets_folder
from tui.datasets.getting.transfer import Transfer

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
