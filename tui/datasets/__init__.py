"""A folder of images: what it holds, whether every file can be read, and how Keras reads it."""

from tui.datasets.folder.describe import describe
from tui.datasets.folder.folder_browsing import recent_folders, remember_folder
from tui.datasets.folder.folder_summary import ClassCount, Finding, FolderError, FolderSummary
from tui.datasets.folder.image_sizes import ImageSizes, image_sizes, suggest_settings
from tui.datasets.folder.listing import IMAGE_ENDINGS, list_images, split_counts
from tui.datasets.images.check_images import BadImage, CheckReport, check_images
from tui.datasets.images.thumbnails import RGB, Picture, PictureError, sample_paths, thumbnail
from tui.datasets.loader.augmentation import FILL_MODES, Augmentation, FillMode
from tui.datasets.loader.loader_code import LoaderPlan, loader_arguments, python_call
from tui.datasets.loader.loader_settings import (
    ClassMode,
    ColorMode,
    LoaderSettings,
    Problem,
    validate,
)
from tui.datasets.samples.sample_folders import SAMPLES, Sample, digits_folder

__all__ = [
    "FILL_MODES",
    "IMAGE_ENDINGS",
    "RGB",
    "SAMPLES",
    "Augmentation",
    "BadImage",
    "CheckReport",
    "ClassCount",
    "ClassMode",
    "ColorMode",
    "FillMode",
    "Finding",
    "FolderError",
    "FolderSummary",
    "ImageSizes",
    "LoaderPlan",
    "LoaderSettings",
    "Picture",
    "PictureError",
    "Problem",
    "Sample",
    "check_images",
    "describe",
    "digits_folder",
    "image_sizes",
    "list_images",
    "loader_arguments",
    "python_call",
    "recent_folders",
    "remember_folder",
    "sample_paths",
    "split_counts",
    "suggest_settings",
    "thumbnail",
    "validate",
]
