"""The doctor: every image of a folder is looked at, and what is wrong is said, worst first.

`examine` opens the files (or knows them from before), `diagnose` judges them, `treat` applies a
remedy to the loader's settings.
"""

from tui.datasets.doctor.diagnose import diagnose, in_use, treat
from tui.datasets.doctor.diagnosis import Diagnosis, Pair, Remedy, Side
from tui.datasets.doctor.examination import (
    Examination,
    ExaminationCancelled,
    ExaminationProgress,
    ImageFile,
)
from tui.datasets.doctor.examine import examine
from tui.datasets.doctor.seeded_split import seeded_split

__all__ = [
    "Diagnosis",
    "Examination",
    "ExaminationCancelled",
    "ExaminationProgress",
    "ImageFile",
    "Pair",
    "Remedy",
    "Side",
    "diagnose",
    "examine",
    "in_use",
    "seeded_split",
    "treat",
]
