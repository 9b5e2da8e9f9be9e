"""Archives that try what no folder of images needs: nothing leaves the folder, nothing explodes."""

from __future__ import annotations

import bz2
import gzip
import io
import os
import stat
import struct
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.datasets.fetch_server import tarred, zipped
from tests.unit.datasets.unpacked_archives import IMAGE, below, plain, special, tar_of, unpacked
from tui.datasets.getting import Control, GetError, RefusedArchive, TransferStopped
from tui.datasets.getting.size_limits import Limits
from tui.datasets.getting.unpack import unpack

OUTSIDE = [
    "../evil.png",
    "cats/../../evil.png",
    "/tmp/evil.png",
    "..\\evil.png",
    "C:\\evil.png",
    "\\\\server\\evil.png",
    "cats/..",
]


@pytest.mark.parametrize("kind", ["zip", "tar"])
@pytest.mark.parametrize("name", OUTSIDE)
def test_a_name_that_leads_out_ends_it(tmp_path: Path, kind: str, name: str) -> None:
    files = {"cats/1.png": IMAGE, name: IMAGE}
    with pytest.raises(RefusedArchive, match="outside its folder"):
        unpacked(tmp_path, zipped(files) if kind == "zip" else tarred(files))


def test_a_link_in_a_zip_is_left_out(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("cats")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/tmp")
        device = zipfile.ZipInfo("cats/null.png")
        device.external_attr = (stat.S_IFCHR | 0o666) << 16
        archive.writestr(device, "")
        archive.writestr("cats/1.png", IMAGE)
    folder, result = unpacked(tmp_path, out.getvalue())
    assert below(folder) == ["cats/1.png"]
    assert result.links == 2
    assert result.notes() == ["2 links or devices left out."]


def test_links_devices_and_pipes_in_a_tar_are_left_out(tmp_path: Path) -> None:
    data = tar_of(
        special("up", tarfile.SYMTYPE, ".."),
        special("hard.png", tarfile.LNKTYPE, "/etc/passwd"),
        special("inner.png", tarfile.LNKTYPE, "cats/1.png"),
        special("null", tarfile.CHRTYPE),
        special("disk", tarfile.BLKTYPE),
        special("pipe", tarfile.FIFOTYPE),
        plain("cats/1.png"),
    )
    folder, result = unpacked(tmp_path, data)
    assert below(folder) == ["cats/1.png"]
    assert result.links == 6


def test_writing_through_a_link_writes_into_a_folder_of_that_name(tmp_path: Path) -> None:
    data = tar_of(
        special("cats", tarfile.SYMTYPE, str(tmp_path / "box")),
        special("cats/deeper", tarfile.SYMTYPE, ".."),
        plain("cats/1.png"),
        plain("cats/deeper/2.png"),
    )
    folder, _ = unpacked(tmp_path, data)
    assert below(folder) == ["cats/1.png", "cats/deeper/2.png"]


def test_a_sparse_file_of_a_terabyte_is_left_out(tmp_path: Path) -> None:
    member = tarfile.TarInfo("cats/huge.png")
    member.type = tarfile.GNUTYPE_SPARSE
    header = bytearray(member.tobuf(tarfile.GNU_FORMAT))
    # One piece of no bytes at its end, and a real size of a terabyte.
    header[386:410] = b"%011o\0%011o\0" % (0, 0)
    header[483:495] = b"\x80\0\0\0\0\0" + struct.pack(">Q", 10**12)[2:]
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header[:512])
    data = gzip.compress(bytes(header) + gzip.decompress(tar_of(plain("cats/1.png"))))
    folder, result = unpacked(tmp_path, data)
    assert below(folder) == ["cats/1.png"]
    assert result.links == 1


@pytest.mark.parametrize("kind", ["zip", "gz", "bz2", "xz"])
def test_a_bomb_is_refused_before_it_fills_the_disk(tmp_path: Path, kind: str) -> None:
    zeros = {"cats/1.png": bytes(3_000_000)}
    data = zipped(zeros) if kind == "zip" else tarred(zeros, f"w:{kind}")
    limits = Limits(ratio_from=1_000_000)
    with pytest.raises(RefusedArchive, match="no images compress like that"):
        unpacked(tmp_path, data, limits)


def test_a_bomb_in_a_tar_stops_while_it_comes_out(tmp_path: Path) -> None:
    data = tarred({"cats/1.png": bytes(3_000_000)})
    with pytest.raises(RefusedArchive):
        unpacked(tmp_path, data, Limits(ratio_from=1_000_000))
    written = sum(path.stat().st_size for path in (tmp_path / "box").rglob("*.png"))
    assert written <= 1_600_000


def test_a_zip_that_says_less_than_it_holds_is_damaged(tmp_path: Path) -> None:
    data = bytearray(zipped({"cats/1.png": bytes(50_000)}))
    entry = data.rfind(b"PK\x01\x02")
    struct.pack_into("<L", data, entry + 24, 10)  # the length in the list
    with pytest.raises(RefusedArchive, match="damaged"):
        unpacked(tmp_path, bytes(data))
    written = sum(path.stat().st_size for path in (tmp_path / "box").rglob("*.png"))
    assert written <= 10


def test_files_that_overlap_in_a_zip_count_each_time(tmp_path: Path) -> None:
    """A list of 400 entries that all point to the same 100 kB of packed zeros."""
    one = zipped({"a.png": bytes(100_000)})
    start = one.rfind(b"PK\x01\x02")
    end = one.rfind(b"PK\x05\x06")
    directory = one[start:end] * 400
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 400, 400, len(directory), start, 0)
    with pytest.raises(RefusedArchive, match="no images compress"):
        unpacked(tmp_path, one[:start] + directory + tail, Limits(ratio_from=1_000_000))


def test_more_entries_than_the_limit_are_counted_before_they_are_read(tmp_path: Path) -> None:
    one = zipped({"a.png": b""})
    start, end = one.rfind(b"PK\x01\x02"), one.rfind(b"PK\x05\x06")
    number = Limits().files + 1
    directory = one[start:end] * number
    # The list's end may say that there is one.
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(directory), start, 0)
    with pytest.raises(RefusedArchive, match="more than 200,000 entries"):
        unpacked(tmp_path, one[:start] + directory + tail)
    assert not any((tmp_path / "box" / "into").iterdir())


def test_more_entries_than_the_limit_end_a_tar(tmp_path: Path) -> None:
    files = {f"cats/{number}.png": b"" for number in range(60)}
    with pytest.raises(RefusedArchive, match="more than 50 entries"):
        unpacked(tmp_path, tarred(files), Limits(files=50))


def test_a_total_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    files = {f"cats/{number}.png": os.urandom(1000) for number in range(30)}
    with pytest.raises(RefusedArchive, match="more than 20 kB"):
        unpacked(tmp_path, zipped(files), Limits(size=20_000))


def test_a_header_of_a_tar_is_not_read_into_memory_whole(tmp_path: Path) -> None:
    member = tarfile.TarInfo("././@PaxHeader")
    member.type, member.size = tarfile.XHDTYPE, 40_000_000
    head = member.tobuf(tarfile.USTAR_FORMAT)
    data = gzip.compress(head + bytes(40_000_000), 1)
    with pytest.raises(RefusedArchive, match="header that is too long"):
        unpacked(tmp_path, data)


def test_headers_within_headers_do_not_exhaust_the_stack(tmp_path: Path) -> None:
    member = tarfile.TarInfo("././@LongLink")
    member.type, member.size = tarfile.GNUTYPE_LONGNAME, 2
    block = member.tobuf(tarfile.GNU_FORMAT) + b"a\0".ljust(512, b"\0")
    with pytest.raises(RefusedArchive):
        unpacked(tmp_path, gzip.compress(block * 5000))


def test_folders_that_are_nested_without_end_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedArchive, match="too deep"):
        unpacked(tmp_path, zipped({"a/" * 40 + "1.png": IMAGE}))
    (tmp_path / "box" / "into").rmdir()
    (tmp_path / "box").rmdir()
    with pytest.raises(RefusedArchive, match="too deep"):
        unpacked(tmp_path, tarred({("a" * 190 + "/") * 8 + "1.png": IMAGE}))


def test_a_locked_zip_is_reported(tmp_path: Path) -> None:
    data = bytearray(zipped({"cats/1.png": IMAGE}))
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    data[6] |= 1
    with pytest.raises(RefusedArchive, match="password"):
        unpacked(tmp_path, bytes(data))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"7z\xbc\xaf\x27\x1c rest", "7z or rar"),
        (IMAGE, "not an archive"),
        (gzip.compress(b"just some text " * 100), "damaged"),
        (bz2.compress(b"just some text " * 100), "damaged"),
        (b"\x1f\x8b\x08 broken", "damaged"),
        (b"BZh9 broken", "damaged"),
        (b"\xfd7zXZ\x00 broken", "damaged"),
        (b"PK\x03\x04 broken", "damaged"),
        (zipped({"cats/1.png": IMAGE})[:-30], "damaged"),
        (tarred({"cats/1.png": os.urandom(5000)})[:-900], "damaged"),
    ],
    ids=lambda value: "data" if isinstance(value, bytes) else value,
)
def test_what_is_no_archive_is_reported(tmp_path: Path, data: bytes, sentence: str) -> None:
    with pytest.raises(RefusedArchive, match=sentence):
        unpacked(tmp_path, data)


def test_a_tar_that_ends_between_two_files_is_damaged(tmp_path: Path) -> None:
    whole = tarred({"cats/1.png": IMAGE, "dogs/1.png": IMAGE}, "w")
    with pytest.raises(RefusedArchive, match="ends in the middle"):
        unpacked(tmp_path, whole[: whole.index(b"dogs/1.png")])


def test_a_zip_that_points_before_its_start_is_damaged(tmp_path: Path) -> None:
    data = bytearray(zipped({"cats/1.png": IMAGE}))
    struct.pack_into("<L", data, data.rfind(b"PK\x05\x06") + 16, len(data) * 2)
    with pytest.raises(RefusedArchive, match="damaged"):
        unpacked(tmp_path, bytes(data))


def test_a_wrong_checksum_inside_is_damage(tmp_path: Path) -> None:
    files = {"cats/1.png": b"the pixels of a cat"}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:  # stored, so that the bytes can be found
        archive.writestr(*next(iter(files.items())))
    with pytest.raises(RefusedArchive, match="damaged"):
        unpacked(tmp_path, out.getvalue().replace(b"of a cat", b"of a dog"))


def test_too_little_room_is_reported_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: _Usage)
    with pytest.raises(GetError, match=r"needs .*, and the disk of .* has 5 MB left"):
        unpacked(tmp_path, zipped({"cats/1.png": IMAGE}))
    assert not any((tmp_path / "box" / "into").iterdir())


class _Usage:
    free = 5_000_000


def test_a_stop_ends_it(tmp_path: Path) -> None:
    control = Control()
    control.ask_to_stop()
    (tmp_path / "archive").write_bytes(zipped({"cats/1.png": IMAGE}))
    with pytest.raises(TransferStopped):
        unpack(tmp_path / "archive", tmp_path / "into", control)


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_every_kind_of_tar_is_read(tmp_path: Path, mode: str) -> None:
    folder, result = unpacked(tmp_path, tarred({"cats/1.png": IMAGE, "dogs/1.png": IMAGE}, mode))
    assert (folder / "cats" / "1.png").read_bytes() == IMAGE
    assert result.files == 2 and not result.notes()


@given(st.binary(max_size=400), st.sampled_from(["zip", "tar"]), st.data())
def test_damage_anywhere_is_reported_and_never_a_traceback(
    noise: bytes, kind: str, data: st.DataObject
) -> None:
    files = {"cats/1.png": IMAGE, "dogs/2.png": IMAGE}
    whole = bytearray(zipped(files) if kind == "zip" else tarred(files, "w"))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at : at + len(noise)] = noise
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "archive").write_bytes(whole)
        (Path(folder) / "into").mkdir()
        try:
            unpack(Path(folder) / "archive", Path(folder) / "into", Control())
        except GetError as error:
            assert str(error).isprintable()
        assert sorted(os.listdir(folder)) == ["archive", "into"]
