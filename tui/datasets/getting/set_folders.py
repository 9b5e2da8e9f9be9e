"""The folder of an image set: complete or absent, with a partial folder beside it meanwhile.

While the set NAME is being made, `.NAME.part` holds the downloaded archives and the tree being
unpacked; renaming that tree completes the set. An attempt that failed before the first byte leaves
nothing. A folder of that name from another source is never touched: the set then gets a number.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from tui.common.file_locks import try_lock
from tui.common.paths import cache_dir, private_folder
from tui.common.text import clean
from tui.datasets.getting.transfer_errors import GetError

_MARK = ".cnn-tui-source.json"


def sets_folder() -> Path:
    """Return the default folder for image sets.

    Raises:
        StateError: if it cannot be created.
    """
    return private_folder(cache_dir() / "sets")


def find_target(to: Path, name: str, source: list[str]) -> Path:
    """Return the existing or future folder of a set, by its name and source."""
    for number in count(1):
        target = to / (name if number == 1 else f"{name}-{number}")
        if not os.path.lexists(target) or is_finished_set(target, source):
            return target
    raise AssertionError("there is always another number")


def is_finished_set(target: Path, source: list[str]) -> bool:
    """Return whether a folder is the set from that source."""
    try:
        mark = json.loads((target / _MARK).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(mark, dict) and mark.get("source") == _fingerprint(source)


def _fingerprint(source: list[str]) -> str:
    # Not the address itself: it may hold a key, and the folder may be passed on.
    return hashlib.sha256("\n".join(source).encode("utf-8", "surrogateescape")).hexdigest()


def finish_set(tree: Path, target: Path, source: list[str]) -> None:
    """Move a complete tree to the target folder."""
    mark = tree / _MARK
    mark.unlink(missing_ok=True)  # an archive may bring a file of that name
    mark.write_text(json.dumps({"source": _fingerprint(source)}), "utf-8")
    tree.rename(target)


def partial_folder_path(target: Path) -> Path:
    """Return the path of the partial folder of a target."""
    return target.with_name(f".{target.name}.part")


@contextmanager
def partial_folder(target: Path) -> Iterator[Path]:
    """Lock and yield the partial folder.

    It is kept if it contains part of an archive and the target does not exist at the end: the next
    attempt resumes from it.

    Raises:
        GetError: if another process holds it, or another user owns it.
    """
    work = partial_folder_path(target)
    with _locked(work, target):
        for left in work.glob("tree-*"):  # left by a killed process
            shutil.rmtree(left, ignore_errors=True)
        try:
            yield work
        finally:
            if target.is_dir() or not partial_bytes(work):
                shutil.rmtree(work, ignore_errors=True)


def partial_bytes(work: Path) -> int:
    """Return the downloaded bytes in a partial folder."""
    parts = [path for path in work.glob("part-*") if not path.suffix]
    return sum(path.stat().st_size for path in parts)


@contextmanager
def _locked(work: Path, target: Path) -> Iterator[None]:
    while True:
        work.mkdir(mode=0o700, exist_ok=True)
        state = work.lstat()
        if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.getuid():
            raise GetError(
                f"{clean(work)} belongs to another user: choose another folder with --to."
            )
        try:
            lock = open(work / "lock", "w", encoding="utf-8")  # noqa: SIM115 (closed below)
        except FileNotFoundError:  # its holder deleted the folder meanwhile
            continue
        with lock:
            if not try_lock(lock.fileno()):
                raise GetError(
                    f"{clean(target.name)} is being fetched already by another cnn-tui: wait for "
                    "it, or stop it there."
                )
            if _is_at(lock.fileno(), work / "lock"):
                yield
                return
            # A lock in a folder that was deleted meanwhile protects nothing.


def _is_at(file: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except OSError:
        return False


@contextmanager
def created_folder(folder: Path) -> Iterator[None]:
    """Create a folder and its parents; on an error delete those that are still empty."""
    made = [path for path in (folder, *folder.parents) if not os.path.lexists(path)]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        for path in made:
            with contextlib.suppress(OSError):  # not empty
                path.rmdir()
        raise


@contextmanager
def unpacking_folder(work: Path) -> Iterator[Path]:
    """Create a folder to unpack into, and delete what is left of it at the end."""
    tree = Path(tempfile.mkdtemp(prefix="tree-", dir=work))
    try:
        yield tree
    finally:
        shutil.rmtree(tree, ignore_errors=True)
