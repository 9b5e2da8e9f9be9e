"""A file that is still being fetched: what has come so far, and of which version it is.

Two versions of a file must never be joined. So beside the bytes stands what the server said of
them: the address, the whole length, and a validator (a strong ETag, or the date of the last
change). A part without a validator cannot be gone on with.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from email.message import Message
from pathlib import Path

from tui.common.atomic_write import replace_file


@dataclass(frozen=True, slots=True)
class RemoteVersion:
    """Which file the bytes belong to.

    Args:
        url: where they come from.
        total: the length of the whole file; None when the server did not say.
        validator: what the server knows this version by; empty when it did not say.
    """

    url: str
    total: int | None
    validator: str

    @property
    def resumable(self) -> bool:
        """Return whether it can be gone on with from the middle."""
        return bool(self.validator) and self.total is not None

    @classmethod
    def of(cls, url: str, total: int | None, headers: Message) -> RemoteVersion:
        """Read the version from an answer's headers."""
        etag = headers.get("ETag", "")
        if not etag.startswith('"'):  # W/"…": good enough for a page, not for bytes
            etag = ""
        return cls(url, total, etag or headers.get("Last-Modified", ""))


class PartFile:
    """The bytes so far, and beside them their version."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._side = path.with_name(path.name + ".json")

    @property
    def size(self) -> int:
        """Return how many bytes are there."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def version(self, url: str) -> RemoteVersion | None:
        """Return the version of the bytes that are there; None when there are none of this URL."""
        try:
            known = RemoteVersion(**json.loads(self._side.read_text("utf-8")))
        except (OSError, ValueError, TypeError, RecursionError):
            return None
        whole = known.total is None or (isinstance(known.total, int) and self.size <= known.total)
        return known if known.url == url and isinstance(known.validator, str) and whole else None

    def is_complete(self, url: str) -> bool:
        """Return whether every byte is there."""
        version = self.version(url)
        return version is not None and version.total is not None and self.size == version.total

    def begin(self, version: RemoteVersion) -> None:
        """Begin a file anew."""
        self.clear()
        self._write(version)
        self.path.touch()

    def finish(self) -> None:
        """Note that all has come, for a file whose server never told its length."""
        known = json.loads(self._side.read_text("utf-8"))
        self._write(RemoteVersion(known["url"], self.size, known["validator"]))

    def clear(self) -> None:
        """Forget what has come."""
        # The version first: bytes without one are never believed.
        self._side.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    def _write(self, version: RemoteVersion) -> None:
        replace_file(self._side, json.dumps(asdict(version)).encode())
