"""From asking for a set to a folder of class folders, over a real server on loopback."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.datasets.fetch_server import Site, pets, picture, serving, tarred, zipped
from tui.datasets import SAMPLES, Sample, describe
from tui.datasets.getting import (
    COURSE_SETS,
    ConnectionLost,
    GetError,
    ImageSet,
    RefusedArchive,
    Transfer,
    download,
    downloaded_bytes,
    get,
    sets_folder,
)
from tui.datasets.getting.course_sets import Part, Remote
from tui.datasets.getting.get import class_folder
from tui.datasets.getting.resolve_source import resolve_source
from tui.datasets.getting.set_folders import partial_folder
from tui.datasets.getting.transfer_progress import Control


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "WAIT_SECONDS", 0.0)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


def images(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.png"))


def course_set(monkeypatch: pytest.MonkeyPatch, name: str, *parts: Part) -> None:
    """Put a set into the place of one of the course's."""
    monkeypatch.setitem(COURSE_SETS, name, ImageSet(name, parts, sentence="x.", licence="y."))


def test_a_set_by_its_name_is_unpacked_and_can_be_trained_on(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {
        **pets("cats_and_dogs_filtered/train/"),
        **pets("cats_and_dogs_filtered/validation/", 2),
        "cats_and_dogs_filtered/vectorize.py": b"raise SystemExit('never run')",
    }
    data = zipped(files)
    served = site.serve("cats.zip", data)
    course_set(monkeypatch, "cats_and_dogs_filtered", Part(Remote(site.url("cats.zip"), len(data))))
    got = get("cats_and_dogs_filtered")
    summary = describe(got.folder)
    assert summary.layout == "split" and summary.trainable
    assert (summary.training_images, summary.validation_images) == (8, 4)
    assert got.notes == ()
    assert got.folder.is_relative_to(sets_folder() / "cats_and_dogs_filtered")
    # The archive and the part are gone; asking again takes nothing from the network.
    assert os.listdir(sets_folder()) == ["cats_and_dogs_filtered"]
    assert get("cats_and_dogs_filtered") == got
    assert len(served.asked) == 1
    assert downloaded_bytes("cats_and_dogs_filtered") is None


def test_two_archives_become_train_and_validation(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.serve("rps.zip", zipped(pets("rps/")))
    site.serve("rps-test-set.zip", zipped(pets("rps-test-set/", 2)))
    course_set(
        monkeypatch,
        "rock-paper-scissors",
        Part(Remote(site.url("rps.zip")), "train"),
        Part(Remote(site.url("rps-test-set.zip")), "validation"),
    )
    summary = describe(get("rock-paper-scissors").folder)
    assert summary.layout == "split"
    assert (summary.training_images, summary.validation_images) == (8, 4)
    assert summary.findings == ()


def test_what_broke_off_is_reported_and_gone_on_with(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = zipped(pets()), zipped(pets(number=3))
    one = site.serve("one.zip", first)
    two = site.serve("two.zip", second, break_at=[100, 0])
    course_set(
        monkeypatch,
        "horse-or-human",
        Part(Remote(site.url("one.zip"), len(first)), "train"),
        Part(Remote(site.url("two.zip"), len(second)), "validation"),
    )
    assert downloaded_bytes("horse-or-human") == 0
    with pytest.raises(ConnectionLost, match="they are kept"):
        get("horse-or-human")
    assert not (sets_folder() / "horse-or-human").exists()
    assert downloaded_bytes("horse-or-human") == len(first) + 100
    assert len(images(get("horse-or-human").folder)) == 14
    assert len(one.asked) == 1
    assert two.asked[-1]["range"] == "bytes=100-"


def test_a_hostile_archive_is_thrown_away_and_leaves_no_folder(site: Site) -> None:
    served = site.serve("pets.zip", zipped({"cats/1.png": picture(), "../evil.png": b"x"}))
    (sets_folder() / ".pets.part" / "tree-of-a-killed-process").mkdir(parents=True)
    for _ in range(2):
        with pytest.raises(RefusedArchive, match="outside its folder"):
            get(site.url("pets.zip"))
    assert len(served.asked) == 2
    assert downloaded_bytes("cats_and_dogs") == 0
    assert list(sets_folder().iterdir()) == []


@pytest.mark.parametrize(
    "behaviour",
    [{"status": 404}, {"status": 500}, {"break_at": [0, 0, 0]}, {"redirect": "ftp://a.org/x"}],
    ids=str,
)
def test_an_attempt_that_brings_nothing_leaves_nothing(
    site: Site, tmp_path: Path, behaviour: dict[str, object]
) -> None:
    site.serve("pets.zip", zipped(pets()), **behaviour)
    with pytest.raises(GetError):
        get(site.url("pets.zip"))
    assert list(sets_folder().iterdir()) == []
    mine = tmp_path / "mine"
    mine.mkdir()
    for to in (mine, tmp_path / "new" / "sets"):
        with pytest.raises(GetError):
            get(site.url("pets.zip"), to)
    assert list(mine.iterdir()) == []
    assert not (tmp_path / "new").exists()


def test_an_attempt_that_cannot_connect_or_is_stopped_at_once_leaves_nothing() -> None:
    with pytest.raises(GetError):
        get("http://127.0.0.1:9/pets.zip")
    control = Control()
    control.ask_to_stop()
    with pytest.raises(GetError):
        get("http://127.0.0.1:9/pets.zip", control=control)
    assert list(sets_folder().iterdir()) == []


def test_an_archive_on_disk_that_is_no_archive_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "pets.zip").write_bytes(b"no archive at all")
    with pytest.raises(GetError):
        get(str(tmp_path / "pets.zip"), tmp_path / "new" / "sets")
    assert [path.name for path in tmp_path.iterdir() if "pets" in path.name] == ["pets.zip"]
    assert not (tmp_path / "new").exists()


def test_a_lock_of_a_folder_that_was_taken_away_keeps_nobody_out(tmp_path: Path) -> None:
    """Two at once: one takes its empty folder away while the other has opened the lock in it."""
    target = tmp_path / "pets"
    with partial_folder(target) as first:
        opened = open(first / "lock", "r+")  # noqa: SIM115
    with opened:
        assert not first.exists()
        fcntl.flock(opened, fcntl.LOCK_EX)
        with (
            partial_folder(target) as work,
            pytest.raises(GetError, match="being fetched already"),
            partial_folder(target),
        ):
            pass
        assert not work.exists()


def test_an_archive_without_images_is_reported(site: Site) -> None:
    site.serve("notes.zip", zipped({"a/readme.txt": b"hello"}))
    with pytest.raises(RefusedArchive, match="holds no images"):
        get(site.url("notes.zip"))
    assert not (sets_folder() / "notes").exists()


def test_an_address_goes_to_a_named_folder(site: Site, tmp_path: Path) -> None:
    site.serve("my%20pets.tar.gz", tarred(pets("top/")))
    got = get(site.url("my%20pets.tar.gz"), tmp_path / "new" / "sets")
    assert got.folder == tmp_path / "new" / "sets" / "my pets" / "top"
    assert len(images(got.folder)) == 8


def test_an_archive_on_disk_is_unpacked_and_stays_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "pets.zip"
    archive.write_bytes(zipped(pets()))
    before = archive.stat()
    monkeypatch.chdir(tmp_path)
    got = get("pets.zip")
    assert len(images(got.folder)) == 8
    assert archive.stat() == before
    assert get(str(archive)) == got
    # A newer archive of that name is another set.
    archive.write_bytes(zipped(pets(number=5)))
    assert len(images(get("pets.zip").folder)) == 10
    assert len(images(got.folder)) == 8
    os.utime(archive, (1, 1))
    assert get("pets.zip").folder.name == "pets-3"


def test_a_damaged_archive_on_disk_is_reported_and_stays(tmp_path: Path) -> None:
    archive = tmp_path / "pets.zip"
    archive.write_bytes(zipped(pets())[:-30])
    with pytest.raises(RefusedArchive, match=r"pets\.zip is damaged"):
        get(str(archive))
    assert archive.exists()


def test_a_folder_of_that_name_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "pets.zip").write_bytes(zipped(pets()))
    mine = tmp_path / "pets"
    mine.mkdir()
    (mine / "mine.txt").write_text("mine")
    got = get(str(tmp_path / "pets.zip"), tmp_path)
    assert got.folder == tmp_path / "pets-2"
    assert os.listdir(mine) == ["mine.txt"]


def test_what_was_left_out_is_noted(tmp_path: Path) -> None:
    (tmp_path / "pets.zip").write_bytes(zipped({**pets(), "Cats/9.png": picture()}))
    assert get(str(tmp_path / "pets.zip")).notes == ("1 name changed to be safe or unique.",)


def test_the_room_for_archive_and_images_is_asked_for_before_the_start(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage:
        free = 1_500_000_000

    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage)
    served = site.serve("all.zip", b"PK", claim=824_887_076)
    course_set(monkeypatch, "cats_and_dogs", Part(Remote(site.url("all.zip"), 824_887_076)))
    with pytest.raises(GetError) as told:
        get("cats_and_dogs")
    assert str(told.value).startswith("cats_and_dogs needs 1.73 GB, and the disk of ")
    assert "1.5 GB left" in str(told.value)
    assert len(served.asked) == 1 and downloaded_bytes("cats_and_dogs") == 0


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("cats", "Did you mean cats_and_dogs"),
        ("horse_or_human", "Did you mean horse-or-human?"),
        ("shapes", "Did you mean generated-shapes?"),
        ("", "without a name"),
        ("ftp://example.org/pets.zip", "only http and https"),
        ("file:///etc/passwd", "only http and https"),
        ("https://me:secret@example.org/pets.zip", "name or a password"),
        ("https:///pets.zip", "names no server"),
        ("http://[::1/pets.zip", "not an address"),
        ("http://host:99999999/pets.zip", "not an address"),
        ("/tmp", "is a folder already"),
        ("a\0b", "no set and no file"),
        ("\x1b[2J", "␛"),
    ],
)
def test_what_is_not_known_is_reported(what: str, sentence: str) -> None:
    with pytest.raises(GetError) as told:
        get(what)
    assert sentence in str(told.value)
    assert "secret" not in str(told.value)
    assert str(told.value).isprintable()


def test_addresses_are_made_ready_for_the_wire() -> None:
    wanted = resolve_source("HTTPS://exämple.org:8080/my pets/ä.zip?a=1&b=ü#top")
    assert isinstance(wanted, ImageSet)
    assert wanted.name == "ä"
    source = wanted.parts[0].source
    assert isinstance(source, Remote)
    assert source.url == ("https://xn--exmple-cua.org:8080/my%20pets/%C3%A4.zip?a=1&b=%C3%BC")


def test_the_course_s_sets_state_where_they_come_from() -> None:
    assert list(COURSE_SETS) == [
        "cats_and_dogs_filtered",
        "cats_and_dogs",
        "horse-or-human",
        "rock-paper-scissors",
    ]
    for name, item in COURSE_SETS.items():
        assert item.name == name and item.images and item.classes and item.licence.endswith(".")
        for part in item.parts:
            assert isinstance(part.source, Remote)
            assert part.source.url.startswith("https://") and part.source.size
    assert COURSE_SETS["cats_and_dogs_filtered"].size == 68_606_236
    assert COURSE_SETS["horse-or-human"].size == 149_574_867 + 11_480_187


def test_a_sample_is_copied_to_where_it_is_wanted(
    tmp_path: Path, pets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SAMPLES, "digits", Sample("digits", "x.", lambda: pets))
    assert get("digits").folder == pets
    got = get("digits", tmp_path / "mine")
    assert got.folder == tmp_path / "mine" / "digits"
    assert images(got.folder) == images(pets)
    assert get("digits", tmp_path / "mine") == got


@pytest.mark.parametrize(
    ("files", "place"),
    [
        (["cats/1.png", "dogs/1.png"], "."),
        (["pets/cats/1.png", "pets/dogs/1.png", "readme.txt"], "pets"),
        (["a/b/cats/1.png", "a/b/dogs/1.png"], "a/b"),
        (["PetImages/Cat/1.png", "PetImages/Dog/1.png", "papers/terms.pdf"], "PetImages"),
        (["top/train/cats/1.png", "top/validation/cats/1.png"], "top"),
        (["train/cats/1.png", "test/cats/1.png"], "."),
        (["one/cats/1.png", "two/cats/1.png"], "."),
        (["1.png"], "."),
        (["cats/persian/1.png", "cats/2.png", "dogs/pug/1.png"], "."),
    ],
)
def test_the_class_folders_are_found(tmp_path: Path, files: list[str], place: str) -> None:
    top = tmp_path / "top"
    for name in files:
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_bytes(picture())
    assert class_folder(top) == top / place


def test_two_at_once_do_not_write_over_each_other(site: Site) -> None:
    hang = threading.Event()
    site.serve("pets.zip", zipped(pets()), break_at=[50], hang=hang)
    first = Transfer(site.url("pets.zip"))
    first.start()
    try:
        while first.snapshot()[0].done < 50:
            time.sleep(0.005)
        with pytest.raises(GetError, match="being fetched already by another cnn-tui"):
            get(site.url("pets.zip"))
    finally:
        hang.set()
    assert first.wait(20) and first.error is None
    assert first.result is not None and len(images(first.result.folder)) == 8


_KILLED = """
import os, sys
from pathlib import Path
from tui.datasets.getting import get
from tui.datasets.getting import unpack
real = unpack._write
def write(entry, path, control):
    real(entry, path, control)
    print("one", flush=True)
    sys.stdin.read()
unpack._write = write
get(sys.argv[1])
"""


def test_a_kill_while_unpacking_leaves_no_half_folder(site: Site) -> None:
    served = site.serve("pets.zip", zipped(pets()))
    child = subprocess.Popen(
        [sys.executable, "-c", _KILLED, site.url("pets.zip")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "one\n"
    child.send_signal(signal.SIGKILL)
    child.communicate()
    assert [path.name for path in sets_folder().iterdir()] == [".pets.part"]
    got = get(site.url("pets.zip"))
    assert len(images(got.folder)) == 8
    assert len(served.asked) == 1  # the archive was whole already
    assert os.listdir(sets_folder()) == ["pets"]
