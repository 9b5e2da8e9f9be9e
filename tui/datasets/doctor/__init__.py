"""The doctor: examine every image of a folder and report what is wrong, worst first.

`examine` reads facts from the files or from a cache, `diagnose` turns them into findings, and
`apply_remedy` changes the loader's settings.
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
