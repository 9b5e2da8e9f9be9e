"""A partly downloaded file, and the version of the remote file that it belongs to.

Parts of two versions must never be joined. So a JSON file beside the bytes records the address, the
total length, and a validator (a strong ETag, or the Last-Modified date). A download without a
validator cannot be resumed.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from email.message import Message
from pathlib import Path

from tui.common.atomic_write import replace_file


@dataclass(frozen=True, slots=True)
class RemoteVersion:
    """The version of a remote file.

    Args:
        url: its address.
        total: its length in bytes; None if the server did not say.
        validator: the server's identifier of this version; empty if there is none.
    """

    url: str
    total: int | None
    validator: str

    @property
    def resumable(self) -> bool:
        """Return whether the download can be resumed."""
        return bool(self.validator) and self.total is not None

    @classmethod
    def of(cls, url: str, total: int | None, headers: Message) -> RemoteVersion:
        """Return the version that the headers of a response describe."""
        etag = headers.get("ETag", "")
        if not etag.startswith('"'):  # W/"…": good enough for a page, not for bytes
            etag = ""
        return cls(url, total, etag or headers.get("Last-Modified", ""))


class PartFile:
    """The bytes downloaded so far, with their version in a file beside them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._side = path.with_name(path.name + ".json")

    @property
    def size(self) -> int:
        """Return the number of bytes downloaded."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def version(self, url: str) -> RemoteVersion | None:
        """Return the version of the downloaded bytes; None if there are none from this URL."""
        try:
            known = RemoteVersion(**json.loads(self._side.read_text("utf-8")))
        except (OSError, ValueError, TypeError, RecursionError):
            return None
        whole = known.total is None or (isinstance(known.total, int) and self.size <= known.total)
        return known if known.url == url and isinstance(known.validator, str) and whole else None

    def is_complete(self, url: str) -> bool:
        """Return whether the file is complete."""
        version = self.version(url)
        return version is not None and version.total is not None and self.size == version.total

    def begin(self, version: RemoteVersion) -> None:
        """Start the file again, from an empty one."""
        self.clear()
        self._write(version)
        self.path.touch()

    def finish(self) -> None:
        """Record that a file is complete whose server did not state its length."""
        known = json.loads(self._side.read_text("utf-8"))
        self._write(RemoteVersion(known["url"], self.size, known["validator"]))

    def clear(self) -> None:
        """Delete the bytes and their version."""
        # The version first: bytes without a version are never used.
        self._side.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    def _write(self, version: RemoteVersion) -> None:
        replace_file(self._side, json.dumps(asdict(version)).encode())
