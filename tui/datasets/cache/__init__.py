"""A cache of decoded images: one array on disk for each folder, target size and colour mode.

An array holds every image of the folder's classes as 8-bit values, in `flow_from_directory`'s
order. It does not depend on the split, the batch size or the labels. Deleting it costs only time.
"""

from tui.datasets.cache.array_file import DecodedImages
from tui.datasets.cache.array_plan import ArrayPlan, array_plans, plan_array
from tui.datasets.cache.cache_quota import (
    BUDGET_VARIABLE,
    CachedArray,
    NoRoomError,
    cache_budget,
    cached_arrays,
    clear_cache,
)
from tui.datasets.cache.decode_folder import decoded_images

__all__ = [
    "BUDGET_VARIABLE",
    "ArrayPlan",
    "CachedArray",
    "DecodedImages",
    "NoRoomError",
    "array_plans",
    "cache_budget",
    "cached_arrays",
    "clear_cache",
    "decoded_images",
    "plan_array",
]
