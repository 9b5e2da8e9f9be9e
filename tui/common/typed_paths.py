"""Paths that are typed: completed as in a shell, and read.

Control characters and bytes that are not UTF-8, which a field cannot show, are written as `\\xNN`
and read back from that.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tui.common.text import clean

T = TypeVar("T")

MOST_ENTRIES = 200_000
"""The most entries of a folder that are read."""
ANSWER_SECONDS = 1.0
"""Seconds that a folder may take to answer."""
_MOST_WAITING = 4
"""The most folders without an answer at a time: each of them occupies a thread."""
_ESCAPED = re.compile(r"(?:\\x[0-9a-f]{2})+")

_waiting: set[str] = set()


@dataclass(frozen=True, slots=True)
class Completions:
    """The completions of a typed path.

    Args:
        found: whole paths that begin as typed, sorted; folders end in a slash.
        common: their longest common beginning; the typed text if there are none.
        problem: why completions are missing; empty where all are found.
    """

    found: tuple[str, ...]
    common: str
    problem: str = ""


def shown_name(name: str) -> str:
    r"""Return a name as it is shown and typed.

    >>> print(shown_name("caf\udce9"), shown_name("two words"), shown_name("a\tb"))
    caf\xe9 two words a\x09b
    """
    if clean(name) == name:
        return name
    return "".join(
        one if clean(one) == one else "".join(f"\\x{byte:02x}" for byte in os.fsencode(one))
        for one in name
    )


def typed_path(text: str) -> Path:
    """Return the path that a text names; `~`, escaped bytes and spaces around it are understood.

    Args:
        text: as typed or completed.
    """
    if text != text.strip() and not os.path.lexists(text):
        text = text.strip()
    try:
        path = Path(text).expanduser()
    except RuntimeError:  # ~somebody who does not exist
        path = Path(text)
    if "\\x" not in text:
        return path
    read = Path(path.anchor)
    for part in path.parts[1:] if path.anchor else path.parts:
        exact = read / part
        read = exact if os.path.lexists(exact) else read / _ESCAPED.sub(_bytes_of, part)
    return read


def from_the_root(path: Path) -> Path:
    """Return a relative path as one from the root if only that is a folder (blocking).

    A slash opens the field, and is easily taken for the beginning of the path.
    """
    if path.is_absolute() or os.path.lexists(path):
        return path
    rooted = Path(os.sep, path)
    return rooted if os.path.isdir(rooted) else path


def _bytes_of(match: re.Match[str]) -> str:
    bytes_meant = bytes.fromhex(match.group().replace("\\x", ""))
    # No name has a slash or a zero byte.
    return match.group() if {0, 47} & set(bytes_meant) else os.fsdecode(bytes_meant)


def completions(typed: str, endings: tuple[str, ...] = ()) -> Completions:
    """Return the completions of a typed path (blocking).

    Args:
        typed: the text of the field; `~` is the home folder.
        endings: of the names of files, in lower case; none for folders alone, `("",)` for all
            files. Hidden ones are found after a dot.
    """
    head, slash, start = typed.rpartition("/")
    if not slash and typed.startswith("~"):
        home = os.path.expanduser(typed)
        return _completions([typed + "/"] if home != typed else [], typed)
    folder = typed_path(head + "/") if slash else Path()
    names = ["../"] if start == ".." else []
    problem = ""
    end = time.monotonic() + ANSWER_SECONDS
    try:
        with os.scandir(folder) as entries:
            for number, entry in enumerate(entries):
                if number == MOST_ENTRIES or (number % 1024 == 1023 and time.monotonic() > end):
                    problem = f"only the first {number:,} names in it were read"
                    break
                name = shown_name(entry.name)
                if not name.startswith(start) or (name[0] == "." and start[:1] != "."):
                    continue
                if entry.is_dir():
                    names.append(name + "/")
                elif endings and name.lower().endswith(endings):
                    names.append(name)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        where = "This folder" if not slash else clean(head + "/", 60)
        return Completions((), typed, f"{where} cannot be read: {reason}")
    return _completions([f"{head}{slash}{name}" for name in sorted(names)], typed, problem)


def _completions(found: list[str], typed: str, problem: str = "") -> Completions:
    # By characters, not by parts of a path: "cats/" and "cattle/" have "ca" in common.
    common = os.path.commonprefix(found) if found else typed  # noqa: RUF071
    return Completions(tuple(found), common, problem)


async def completions_soon(typed: str, endings: tuple[str, ...] = ()) -> Completions:
    """Return the completions of a typed path within about a second, even if its folder hangs.

    Args:
        typed: the text of the field.
        endings: as `completions` takes them.
    """
    folder = typed.rpartition("/")[0]
    late = f"{clean(folder, 60) or 'The folder'} does not answer: type the rest yourself"
    end = time.monotonic() + ANSWER_SECONDS
    while folder in _waiting and time.monotonic() < end:  # a suggestion may be reading it
        await asyncio.sleep(0.01)
    if folder in _waiting or len(_waiting) >= _MOST_WAITING:
        return Completions((), typed, late)
    _waiting.add(folder)

    def look() -> Completions:
        try:
            return completions(typed, endings)
        finally:
            _waiting.discard(folder)

    try:
        return await asyncio.wait_for(in_thread(look), 1.5 * ANSWER_SECONDS)
    except TimeoutError:
        return Completions((), typed, late)


def in_thread(work: Callable[[], T]) -> asyncio.Future[T]:
    """Call a function in a thread that the end of the program does not wait for.

    `asyncio.to_thread` has few threads, and the program waits for all of them when it ends: for
    ever, if a disk does not answer.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def set_result(result: T | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, failed = None, None
        try:
            result = work()
        except BaseException as error:
            failed = error
        with contextlib.suppress(RuntimeError):  # the program has ended in the meantime
            loop.call_soon_threadsafe(set_result, result, failed)

    threading.Thread(target=run, daemon=True).start()
    return future
