"""Archives to unpack, and what becomes of them."""

from __future__ import annotations

import io
import os
import stat
import tarfile
from pathlib import Path

from tests.unit.datasets.fetch_server import picture
from tui.datasets.getting import Control
from tui.datasets.getting.size_limits import Limits
from tui.datasets.getting.unpack import Unpacked, unpack

IMAGE = picture()


def unpacked(tmp_path: Path, data: bytes, limits: Limits | None = None) -> tuple[Path, Unpacked]:
    """Unpack into a folder that has a neighbour, and make sure that only the folder changed."""
    archive, into = tmp_path / "archive", tmp_path / "box" / "into"
    archive.write_bytes(data)
    into.mkdir(parents=True)
    try:
        return into, unpack(archive, into, Control(), limits)
    finally:
        assert sorted(os.listdir(tmp_path)) == ["archive", "box"]
        assert os.listdir(tmp_path / "box") == ["into"]
        for path in into.rglob("*"):
            mode = path.lstat().st_mode
            assert stat.S_ISREG(mode) or stat.S_ISDIR(mode)
            assert stat.S_ISDIR(mode) or path.stat().st_nlink == 1
            assert stat.S_ISDIR(mode) or not mode & 0o111
            assert path.name.isprintable()


def below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def tar_of(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for member, data in members:
            member.size = len(data) if data else member.size
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


def special(name: str, kind: bytes, target: str = "") -> tuple[tarfile.TarInfo, bytes]:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member, b""


def plain(name: str, data: bytes = IMAGE) -> tuple[tarfile.TarInfo, bytes]:
    return tarfile.TarInfo(name), data
