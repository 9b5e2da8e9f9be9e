"""The doctor: examine every image of a folder and report what is wrong, worst first.

`examine` opens the files or takes what is known of them from a cache, `diagnose` turns that into
findings, and `apply_remedy` changes the loader's settings.
"""

from tui.datasets.doctor.diagnose_folder import apply_remedy, counts_in_use, diagnose
from tui.datasets.doctor.diagnosis_types import ComparedImage, Diagnosis, ImagePair, Remedy
from tui.datasets.doctor.examination_result import (
    Examination,
    ExaminationCancelled,
    ExaminationProgress,
    ImageFile,
)
from tui.datasets.doctor.examine_images import examine
from tui.datasets.doctor.seeded_split import seeded_split

__all__ = [
    "ComparedImage",
    "Diagnosis",
    "Examination",
    "ExaminationCancelled",
    "ExaminationProgress",
    "ImageFile",
    "ImagePair",
    "Remedy",
    "apply_remedy",
    "counts_in_use",
    "diagnose",
    "examine",
    "seeded_split",
]
