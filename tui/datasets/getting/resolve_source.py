"""Resolve what to get: a sample, a set of the course, a URL, or an archive on disk."""

from __future__ import annotations

import difflib
import os
import re
import urllib.parse
from pathlib import Path

from tui.common.text import clean
from tui.datasets.getting.course_sets import COURSE_SETS, ImageSet, Part, Remote
from tui.datasets.getting.entry_names import clean_name
from tui.datasets.getting.transfer_errors import GetError
from tui.datasets.samples.sample_folders import SAMPLES, Sample

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_ENDING = re.compile(r"(\.zip|\.tar(\.(gz|bz2|xz))?|\.tgz|\.tbz2?|\.txz)$", re.IGNORECASE)


def resolve_source(what: str) -> Sample | ImageSet:
    """Return the sample or image set that is meant.

    Args:
        what: a name, an http or https address, or the path of an archive.

    Raises:
        GetError: if it is none of these.
    """
    text = what.strip()
    if text in SAMPLES:
        return SAMPLES[text]
    if text in COURSE_SETS:
        return COURSE_SETS[text]
    if _SCHEME.match(text):
        return _from_url(text)
    return _from_file(text)


def _from_url(text: str) -> ImageSet:
    shown = clean(text, 80)
    try:
        pieces = urllib.parse.urlsplit(text)
        host, port = pieces.hostname, pieces.port
        ascii_host = (host or "").encode("idna").decode()
    except ValueError as error:
        raise GetError(f"{shown} is not an address ({clean(error, 60)}): type it again.") from error
    if pieces.scheme.lower() not in ("http", "https"):
        raise GetError(f"{shown} begins with {clean(pieces.scheme)}://: only http and https do.")
    if pieces.username or pieces.password:
        raise GetError(
            f"The address at {clean(host, 60)} holds a name or a password, which would be kept in "
            "a file: download it in a browser and give the file's path instead."
        )
    if not ascii_host:
        raise GetError(f"{shown} names no server: type it as https://server/file.zip.")
    path = urllib.parse.quote(pieces.path, safe="/%:@!$&'()*+,;=~")
    query = urllib.parse.quote(pieces.query, safe="/%:@!$&'()*+,;=~?")
    place = f"[{ascii_host}]" if ":" in ascii_host else ascii_host
    netloc = place if port is None else f"{place}:{port}"
    url = urllib.parse.urlunsplit((pieces.scheme.lower(), netloc, path, query, ""))
    name = urllib.parse.unquote(pieces.path.rstrip("/").rpartition("/")[2])
    return ImageSet(_folder_name(name or ascii_host), (Part(Remote(url)),))


def _from_file(text: str) -> ImageSet:
    shown = clean(text, 80)
    try:
        path = os.path.abspath(os.path.expanduser(text)) if text else ""
        if os.path.isdir(path):
            raise GetError(f"{shown} is a folder already: choose it under Data.")
        if os.path.isfile(path):
            return ImageSet(_folder_name(os.path.basename(path)), (Part(path),))
    except ValueError:  # a NUL in it
        pass
    known = [*SAMPLES, *COURSE_SETS]
    near = difflib.get_close_matches(text.lower(), known, 1) or [
        name for name in known if text and text.lower() in name
    ]
    hint = f"Did you mean {near[0]}? " if near else ""
    raise GetError(
        f"There is no set and no file {shown or 'without a name'}. {hint}Known sets are "
        f"{', '.join(known)}. You can also give the path or https address of a .zip or .tar.gz."
    )


def is_archive_name(name: str) -> bool:
    """Return whether a file has the name of an archive, even one that cannot be unpacked here.

    >>> is_archive_name("train.zip"), is_archive_name("a.tar.gz"), is_archive_name("a.csv")
    (True, True, False)
    """
    return bool(_ENDING.search(name)) or name.lower().endswith((".7z", ".rar"))


def without_ending(file_name: str) -> str:
    """Return the folder name for an archive."""
    return _folder_name(file_name)


def _folder_name(file_name: str) -> str:
    """Return the folder name for an archive.

    >>> _folder_name("pets.tar.gz"), _folder_name(".zip")
    ('pets', 'images')
    """
    return clean_name(_ENDING.sub("", file_name)).strip(". /\\") or "images"


def source_identity(wanted: ImageSet) -> list[str]:
    """Return the source of a set as text, to recognise it when it is requested again."""
    found = []
    for part in wanted.parts:
        if isinstance(part.source, Remote):
            found.append(part.source.url)
        else:
            state = Path(part.source).stat()
            found.append(f"{part.source} ({state.st_size} bytes, {state.st_mtime_ns})")
    return found
