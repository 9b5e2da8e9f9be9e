"""A random split by a seed, as two folders of links in the program's own folder.

Keras's `validation_split` cannot choose at random, but two folders can. Keras reads links to files
as it reads files, so the Python call on screen is the call that runs. The user's files are neither
moved nor changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from tui.common.atomic_write import delete_leftovers
from tui.common.paths import StateError, private_folder, state_dir
from tui.common.text import clean
from tui.datasets.doctor.examination_result import Examination
from tui.datasets.doctor.subsets import Subsets
from tui.datasets.loader.loader_settings import DEFAULT_SPLIT, LoaderSettings

DEFAULT_SEED = 42
MANIFEST = "split.json"
_UNFINISHED_SECONDS = 3600.0
"""A folder of links that is older was left by a process that was killed."""


def seeded_split(examination: Examination, settings: LoaderSettings) -> LoaderSettings:
    """Choose each class's validation images at random, by the settings' seed.

    Images that are equal or look alike stay in the same subset. The same folder, share and seed
    give the same split each time.

    Args:
        examination: the folder's examination; `examination.fits(settings)` must be true.
        settings: settings with a validation split, and no validation folder.

    Returns:
        The settings with the two folders of links. Files left out before are not linked, so
        `leave_out` is empty.

    Raises:
        StateError: when the links cannot be written.
    """
    subsets = Subsets(examination, settings)
    share = settings.validation_split or DEFAULT_SPLIT
    seed = DEFAULT_SEED if settings.seed is None else settings.seed
    kept = [index for index in range(len(subsets.files)) if not subsets.left_out[index]]
    validation = _choose(subsets, kept, share, seed)
    sides = {
        "train": [subsets.files.paths[index] for index in kept if index not in validation],
        "validation": [subsets.files.paths[index] for index in kept if index in validation],
    }
    folder = _write(settings, sides, share, seed)
    return msgspec.structs.replace(
        settings,
        directory=str(folder / "train"),
        validation_directory=str(folder / "validation"),
        leave_out=(),
    )


def _choose(subsets: Subsets, kept: Sequence[int], share: float, seed: int) -> set[int]:
    """Return the indices for validation: of each class its share, groups undivided."""
    sizes = Counter(subsets.files.label(index) for index in kept)
    room = {label: max(1, round(share * size)) if size > 1 else 0 for label, size in sizes.items()}
    units = _units(subsets.examination, kept)
    random.Random(seed).shuffle(units)
    chosen: set[int] = set()
    for unit in units:
        labels = Counter(subsets.files.label(index) for index in unit)
        if all(room[label] >= number for label, number in labels.items()):
            chosen.update(unit)
            for label, number in labels.items():
                room[label] -= number
    return chosen


def _units(examination: Examination, kept: Sequence[int]) -> list[list[int]]:
    """Return the groups that stay in one subset: images that look alike, with their copies."""
    unit_of = {index: [index] for index in kept}
    for group in (*examination.copies, *examination.similar):
        joined: list[int] = []
        for index in group:
            for member in unit_of.get(index, ()):
                if unit_of[member] is not joined:
                    joined.append(member)
                    unit_of[member] = joined
    return list({id(unit): sorted(unit) for unit in unit_of.values()}.values())


def _write(settings: LoaderSettings, sides: dict[str, list[str]], share: float, seed: int) -> Path:
    source = os.path.abspath(settings.directory)
    manifest = {"directory": source, "share": share, "seed": seed, **sides}
    text = json.dumps(manifest, indent=1)
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", os.path.basename(source)).strip("-")[:40]
    digest = hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
    above = private_folder(state_dir() / "splits")
    folder = above / f"{name or 'folder'}-{digest}"
    if folder.is_dir():
        return folder
    delete_leftovers(above, ".unfinished-*", _UNFINISHED_SECONDS)
    beside = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=above))
    try:
        for side, paths in sides.items():
            for label in settings.classes:
                (beside / side / label).mkdir(parents=True)
            _link(source, beside / side, paths)
        (beside / MANIFEST).write_text(text, "utf-8")
        os.rename(beside, folder)
    except (OSError, NotImplementedError) as error:
        shutil.rmtree(beside, ignore_errors=True)
        if folder.is_dir():  # another process was faster
            return folder
        why = getattr(error, "strerror", None) or clean(error)
        raise StateError(
            f"The split cannot be written to {clean(above)} ({why}). Free some space there, or set "
            "CNN_TUI_HOME to a folder on a drive that supports links."
        ) from error
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return folder


def _link(source: str, target: Path, paths: Iterable[str]) -> None:
    made: set[str] = set()
    for path in paths:
        inner = os.path.dirname(path)
        if inner not in made:
            os.makedirs(os.path.join(target, inner), exist_ok=True)
            made.add(inner)
        os.symlink(os.path.join(source, path), os.path.join(target, path))
