"""Where a set is put: a folder that is there whole or not at all, and a part beside it meanwhile.

A set lies under its name. While it is made, `.NAME.part` beside it holds the archives so far and
the tree that is being unpacked; the rename of that tree is what makes the set. An attempt that
failed before a byte of an archive came leaves nothing. A folder of that
name which came from elsewhere is never touched: the set gets a number then.
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
    """Return the folder for sets when no other is named.

    Raises:
        StateError: when it cannot be made.
    """
    return private_folder(cache_dir() / "sets")


def find_target(to: Path, name: str, source: list[str]) -> Path:
    """Return where a set of this name and source is, or is to be."""
    for number in count(1):
        target = to / (name if number == 1 else f"{name}-{number}")
        if not os.path.lexists(target) or is_finished_set(target, source):
            return target
    raise AssertionError("there is always another number")


def is_finished_set(target: Path, source: list[str]) -> bool:
    """Return whether a folder is the set of that source."""
    try:
        mark = json.loads((target / _MARK).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(mark, dict) and mark.get("source") == _fingerprint(source)


def _fingerprint(source: list[str]) -> str:
    # Not the address itself: it may hold a key, and the folder may be passed on.
    return hashlib.sha256("\n".join(source).encode("utf-8", "surrogateescape")).hexdigest()


def finish_set(tree: Path, target: Path, source: list[str]) -> None:
    """Put a finished tree in its place."""
    mark = tree / _MARK
    mark.unlink(missing_ok=True)  # an archive may bring a file of that name
    mark.write_text(json.dumps({"source": _fingerprint(source)}), "utf-8")
    tree.rename(target)


def partial_folder_path(target: Path) -> Path:
    """Return the folder for what is not finished."""
    return target.with_name(f".{target.name}.part")


@contextmanager
def partial_folder(target: Path) -> Iterator[Path]:
    """Hold the folder for what is not finished.

    It stays where it holds the beginning of an archive and the target is not there at the end: the
    next attempt goes on with it.

    Raises:
        GetError: when another process holds it, or somebody else made it.
    """
    work = partial_folder_path(target)
    with _locked(work, target):
        for left in work.glob("tree-*"):  # of a process that was killed
            shutil.rmtree(left, ignore_errors=True)
        try:
            yield work
        finally:
            if target.is_dir() or not partial_bytes(work):
                shutil.rmtree(work, ignore_errors=True)


def partial_bytes(work: Path) -> int:
    """Return how many bytes of archives a folder for what is not finished holds."""
    parts = [path for path in work.glob("part-*") if not path.suffix]
    return sum(path.stat().st_size for path in parts)


@contextmanager
def _locked(work: Path, target: Path) -> Iterator[None]:
    while True:
        work.mkdir(mode=0o700, exist_ok=True)
        state = work.lstat()
        if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.getuid():
            raise GetError(
                f"{clean(work)} belongs to somebody else: choose another folder with --to."
            )
        try:
            lock = open(work / "lock", "w", encoding="utf-8")  # noqa: SIM115 (closed below)
        except FileNotFoundError:  # the one who held it took the folder away in between
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
            # A lock of a folder that was taken away meanwhile keeps nobody out.


def _is_at(file: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except OSError:
        return False


@contextmanager
def created_folder(folder: Path) -> Iterator[None]:
    """Make a folder with all above it; where that is all that came of it, take them away again."""
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
    """Make a folder to unpack in, and take away what is left of it."""
    tree = Path(tempfile.mkdtemp(prefix="tree-", dir=work))
    try:
        yield tree
    finally:
        shutil.rmtree(tree, ignore_errors=True)
