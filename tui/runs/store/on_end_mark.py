"""The mark `on_end` in a run's folder: whose command it is, and whether it is still to be run.

A command is run once for each ending of a run, and only if the run was created here: the mark holds
a signature that needs a key of this user's state folder. So the command in a run that was copied
from somebody else, or unpacked from an archive, is never run.
"""

from __future__ import annotations

import contextlib
import errno
import hmac
import os
import secrets
from pathlib import Path
from typing import Literal

from tui.common.file_locks import locked, try_lock
from tui.common.paths import StateError, state_dir
from tui.common.safe_files import open_descriptor

Claim = Literal["taken", "over", "not ours"]
"""`taken`: the caller is to run the command. `over`: it was run for this ending. `not ours`: there
is no command, or it was not set here."""

NAME = "on_end"
_ARMED, _ENDED = b"armed ", b"ended "
"""The beginning of the mark, which changes in place: that needs no space on a full disk."""
_KEY_BYTES = 32


def sign_command(run: Path, command: str) -> None:
    """Let the command of a run that is being created be run at its end.

    Args:
        run: its folder.
        command: of its spec.

    Raises:
        OSError: when the mark cannot be written.
        StateError: when the state folder cannot be used.
    """
    key = _key()
    file = open_descriptor(run / NAME, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    try:
        os.write(file, _ARMED + _signature(key, file, command) + b"\n")
    finally:
        os.close(file)


def arm(run: Path) -> None:
    """Have the command run again at the next end: a trainer has taken the run up."""
    with contextlib.suppress(OSError):  # no command
        file = open_descriptor(run / NAME, os.O_RDWR)
        try:
            os.pwrite(file, _ARMED, 0)
        finally:
            os.close(file)


def is_armed(run: Path) -> bool:
    """Return whether a command is still to be run; `claim` decides."""
    try:
        file = open_descriptor(run / NAME)
    except OSError:
        return False
    try:
        return os.pread(file, len(_ARMED), 0) == _ARMED
    except OSError:
        return False
    finally:
        os.close(file)


def claim(run: Path, command: str) -> Claim:
    """Claim the command of a run that ended for the caller, who then runs it.

    Only one of several processes that try at once gets `taken`.

    Args:
        run: its folder.
        command: of its spec.
    """
    try:
        key = _key()
        file = open_descriptor(run / NAME, os.O_RDWR)
    except (OSError, StateError):
        return "not ours"
    try:
        if not try_lock(file, seconds=2.0):
            return "over"  # another process has just taken it
        text = os.pread(file, 200, 0)
        signature = text[len(_ARMED) :].strip()
        if not hmac.compare_digest(signature, _signature(key, file, command)):
            return "not ours"
        if not text.startswith(_ARMED):
            return "over"
        os.pwrite(file, _ENDED, 0)
        os.fsync(file)
    except OSError:  # what cannot be recorded might be run twice
        return "over"
    finally:
        os.close(file)
    return "taken"


def _signature(key: bytes, file: int, command: str) -> bytes:
    """Return the signature of a command for an open mark; that of a copied file is another one."""
    text = f"{os.fstat(file).st_ino} {command}".encode("utf-8", "surrogatepass")
    return hmac.digest(key, text, "sha256").hex().encode()


def _key() -> bytes:
    """Return the key of this state folder, made at its first use.

    Raises:
        OSError: when it cannot be read or made.
        StateError: when the state folder cannot be used.
    """
    path = state_dir() / "on-end.key"
    with locked(path):
        file = open_descriptor(path, os.O_RDWR)
        try:
            key = os.pread(file, _KEY_BYTES, 0)
            if len(key) < _KEY_BYTES:
                key = secrets.token_bytes(_KEY_BYTES)
                if os.pwrite(file, key, 0) != _KEY_BYTES:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return key
        finally:
            os.close(file)
