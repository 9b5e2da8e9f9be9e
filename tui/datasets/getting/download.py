"""Download a file, resuming an earlier attempt."""

from __future__ import annotations

import errno
import hashlib
import http.client
import re
import shutil
import urllib.error
import urllib.parse
from collections.abc import Callable
from pathlib import Path

from tui.common.text import clean, size_text
from tui.datasets.getting.connection import (
    ConnectionHandle,
    connection_sentence,
    open_url,
    status_sentence,
)
from tui.datasets.getting.course_sets import Remote
from tui.datasets.getting.part_file import PartFile, RemoteVersion
from tui.datasets.getting.size_limits import RESERVED_BYTES
from tui.datasets.getting.transfer_errors import (
    ConnectionLost,
    GetError,
    RefusedArchive,
    TransferStopped,
)
from tui.datasets.getting.transfer_progress import Control

TRIES = 3
"""How often a lost connection is resumed, as long as each attempt downloads something."""
WAIT_SECONDS = 1.0
_CHUNK = 256 * 1024
_LOOK_AT_DISK = 32 * 1024 * 1024
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


def download(
    remote: Remote, part: PartFile, control: Control, room: Callable[[int], None] = lambda _: None
) -> None:
    """Download a file completely, and verify its checksum if it is known.

    Args:
        remote: the file on the server.
        part: where it is written; may already contain its beginning.
        control: receives progress, and can stop the transfer.
        room: called with the remaining bytes before any is written; raises `GetError` if there
            is no space for them.

    Raises:
        ConnectionLost: if the connection ended early; what was downloaded is kept.
        TransferStopped: if the user stopped it; what was downloaded is kept.
        RefusedArchive: if the file is not the expected one.
        GetError: if the server cannot be reached or does not have the file.
    """
    try:
        _download_all(remote, part, control, room)
        _verify(remote, part, control)
    except TransferStopped as error:
        raise TransferStopped(f"Stopped {_progress_sentence(remote, part)}") from error


def _download_all(
    remote: Remote, part: PartFile, control: Control, room: Callable[[int], None]
) -> None:
    """Try until the file is complete, as long as each attempt downloads something."""
    tries = TRIES
    while not part.is_complete(remote.url):
        before = part.size
        try:
            _attempt(remote, part, control, room)
        except ConnectionLost:
            tries -= 1
            version = part.version(remote.url)
            resumable = version is not None and version.resumable
            if not (tries and resumable and part.size > before):
                raise
            control.pause(WAIT_SECONDS)


def _attempt(remote: Remote, part: PartFile, control: Control, room: Callable[[int], None]) -> None:
    host, name = host_and_name(remote.url)
    version = part.version(remote.url)
    if version is None or not version.resumable:
        part.clear()
        version = None
    start = part.size
    control.report("connecting", name, start, version.total if version else remote.size)
    connection = ConnectionHandle()
    control.set_wake_up(connection.close)
    try:
        if version is not None and start:
            headers = {"Range": f"bytes={start}-", "If-Range": version.validator}
            response = _request(remote.url, headers, connection, control)
            if response is not None and response.status == 206:
                with response:
                    if _continues(response, version, start):
                        room(version.total - start if version.total else 0)
                        _append_response(remote, response, version, part, control)
                        return
                response = None
        else:
            response = _request(remote.url, {}, connection, control)
        if response is None:  # the downloaded part is not of the file that the server has
            response = _request(remote.url, {}, connection, control)
        if response is None or response.status != 200:
            raise GetError(status_sentence(416 if response is None else response.status, host))
        with response:
            _start_file(remote, part, control, room, response)
    finally:
        control.set_wake_up(None)


def host_and_name(url: str) -> tuple[str, str]:
    """Return the server and the file name of an address, safe to show.

    >>> host_and_name("https://example.org/sets/pets.zip?raw=1")
    ('example.org', 'pets.zip')
    """
    pieces = urllib.parse.urlsplit(url)
    name = urllib.parse.unquote(pieces.path.rstrip("/").rpartition("/")[2])
    return clean(pieces.hostname or url, 60), clean(name or pieces.hostname, 60)


def _request(
    url: str, headers: dict[str, str], connection: ConnectionHandle, control: Control
) -> http.client.HTTPResponse | None:
    """Request a file; None if the server cannot send the requested range."""
    host, _ = host_and_name(url)
    try:
        return open_url(url, headers, connection)
    except urllib.error.HTTPError as error:
        with error:
            if error.code == 416 and headers:
                return None
            raise GetError(status_sentence(error.code, host)) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        control.check()  # the connection was cut because the user requested it
        raise GetError(connection_sentence(error, host)) from error


def _continues(response: http.client.HTTPResponse, version: RemoteVersion, start: int) -> bool:
    """Return whether a response continues exactly after the downloaded bytes."""
    found = _RANGE.fullmatch(response.headers.get("Content-Range", "").strip())
    if found is None:
        return False
    first, last, total = map(int, found.groups())
    validator = RemoteVersion.of(version.url, total, response.headers).validator
    # A partial response must repeat the ETag, but may omit the date.
    silent = not validator and not version.validator.startswith('"')
    return (
        first == start
        and last == total - 1
        and total == version.total
        and (silent or validator == version.validator)
    )


def _start_file(
    remote: Remote,
    part: PartFile,
    control: Control,
    room: Callable[[int], None],
    response: http.client.HTTPResponse,
) -> None:
    """Download a file from its first byte."""
    host, name = host_and_name(remote.url)
    length = response.headers.get("Content-Length", "")
    chunked = response.headers.get("Transfer-Encoding")
    total = int(length) if length.isascii() and length.isdigit() and not chunked else None
    if total is not None and remote.size is not None and total != remote.size:
        raise RefusedArchive(
            f"{host} has {total:,} bytes under {name} where {remote.size:,} are expected: it is "
            "another file, and nothing was downloaded."
        )
    room(total or remote.size or 0)
    version = RemoteVersion.of(remote.url, total, response.headers)
    part.begin(version)
    _append_response(remote, response, version, part, control)
    if total is None:
        part.finish()


def _append_response(
    remote: Remote,
    response: http.client.HTTPResponse,
    version: RemoteVersion,
    part: PartFile,
    control: Control,
) -> None:
    """Append the response to the file until it is complete.

    Raises:
        ConnectionLost: if the response ends before that.
    """
    host, name = host_and_name(version.url)
    total, done, whole = version.total, part.size, False
    looked = done
    with open(part.path, "ab") as file:
        while not control.stopping:
            control.report("downloading", name, done, total)
            whole = done == total
            if whole:
                break
            try:
                chunk = response.read1(_CHUNK)
            except (OSError, http.client.HTTPException, ValueError):
                break
            if not chunk:
                # Without a length, only the end of the connection marks the end of the file.
                whole = total is None
                break
            try:
                file.write(chunk)
                file.flush()  # so that a killed process loses nothing
                if done - looked > _LOOK_AT_DISK:
                    looked = done
                    _check_disk_space(part.path.parent)
            except OSError as error:
                raise GetError(
                    f"{name} cannot be written after {size_text(done)} "
                    f"({error.strerror or clean(error)}): free some space and get it again."
                ) from error
            done += len(chunk)
    if not whole:
        control.check()
        raise ConnectionLost(
            f"The connection to {host} broke off {_progress_sentence(remote, part)}"
        )


def _progress_sentence(remote: Remote, part: PartFile) -> str:
    """Return as text how much was downloaded, and whether that can be resumed."""
    version = part.version(remote.url)
    if version is None or not part.size:
        return "before anything was downloaded: get it again."
    of = f" of {size_text(version.total)}" if version.total else ""
    if version.resumable:
        what = "they are kept: get it again to continue from there."
    else:
        what = "this server cannot resume a download: get it again from the beginning."
    return f"after {size_text(part.size)}{of}; {what}"


def _check_disk_space(folder: Path) -> None:
    if shutil.disk_usage(folder).free < RESERVED_BYTES:
        raise OSError(errno.ENOSPC, "no space left on the disk")


def _verify(remote: Remote, part: PartFile, control: Control) -> None:
    """Compare length and checksum with the published ones."""
    host, name = host_and_name(remote.url)
    size = part.size
    wrong = remote.size is not None and size != remote.size
    published = remote.sha256 or remote.md5
    if published is not None and not wrong:
        # MD5 finds a damaged file, and is all that some publishers give.
        digest = hashlib.sha256() if remote.sha256 else hashlib.md5(usedforsecurity=False)
        with open(part.path, "rb") as file:
            while chunk := file.read(_CHUNK):
                control.check()
                digest.update(chunk)
                control.report("checking", name, file.tell(), size)
        wrong = digest.hexdigest() != published
    if wrong:
        part.clear()
        raise RefusedArchive(
            f"{name} from {host} is not the file that was published: its checksum or length "
            "differs. It was deleted; get it again."
        )
