"""Archives that hold archives: they are named, and the chosen one is unpacked."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.unit.datasets.fetch_server import Site, picture, serving, tarred, zipped
from tui.cli.command import cli
from tui.datasets import describe
from tui.datasets.getting import GetError, NestedArchivesError, RefusedArchive, get


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


def flat(*labels: str) -> dict[str, bytes]:
    return {
        f"train/{label}.{index}.png": picture(30 * index + 7 * len(label))
        for label in labels
        for index in range(4)
    }


@pytest.fixture
def kaggle(tmp_path: Path) -> Path:
    """Return dogs-vs-cats.zip with train.zip and test1.zip inside."""
    file = tmp_path / "dogs-vs-cats.zip"
    inside = {
        "train.zip": zipped(flat("cat", "dog")),
        "test1.zip": zipped({f"test1/{index}.png": picture(index) for index in range(3)}),
        "sampleSubmission.csv": b"id,label\n1,0\n",
    }
    file.write_bytes(zipped(inside))
    return file


def test_it_is_said_which_archives_are_inside(kaggle: Path, tmp_path: Path) -> None:
    with pytest.raises(NestedArchivesError, match=r"test1\.zip and train\.zip") as caught:
        get(str(kaggle), tmp_path / "to")
    assert caught.value.archives == ("test1.zip", "train.zip")
    assert not list((tmp_path / "to").glob("[!.]*"))


def test_the_chosen_one_is_unpacked(kaggle: Path, tmp_path: Path) -> None:
    got = get(str(kaggle), tmp_path / "to", inner=["train.zip"])
    assert got.folder.is_relative_to(tmp_path / "to" / "dogs-vs-cats-train")
    assert describe(got.folder).readings == ("names",)
    assert len(list(got.folder.rglob("*.png"))) == 8
    assert any("train.zip, an archive inside" in note for note in got.notes)
    assert get(str(kaggle), tmp_path / "to", inner=["train.zip"]).folder == got.folder
    other = get(str(kaggle), tmp_path / "to", inner=["test1.zip"])
    assert len(list(other.folder.rglob("*.png"))) == 3
    assert sorted(path.name for path in (tmp_path / "to").iterdir()) == [
        "dogs-vs-cats-test1",
        "dogs-vs-cats-train",
    ]


def test_the_only_one_is_unpacked_unasked(tmp_path: Path) -> None:
    file = tmp_path / "outer.tar.gz"
    file.write_bytes(tarred({"data/inner.zip": zipped(flat("cat", "dog")), "notes.txt": b"x"}))
    assert len(list(get(str(file), tmp_path / "to").folder.rglob("*.png"))) == 8


def test_archives_beside_images_are_reported(tmp_path: Path) -> None:
    file = tmp_path / "both.zip"
    file.write_bytes(zipped({**flat("cat", "dog"), "more.zip": zipped(flat("emu", "owl"))}))
    assert any("Not unpacked: more.zip" in note for note in get(str(file), tmp_path / "to").notes)
    got = get(str(file), tmp_path / "to", inner=["more.zip"])
    assert {path.name[:3] for path in got.folder.rglob("*.png")} == {"emu", "owl"}


def test_one_inside_one_inside_one(tmp_path: Path) -> None:
    deep = zipped({"a.zip": zipped(flat("cat", "dog")), "b.zip": zipped(flat("emu", "owl"))})
    file = tmp_path / "deep.zip"
    file.write_bytes(zipped({"x/mid.zip": deep, "y/mid.zip": deep}))
    with pytest.raises(NestedArchivesError, match=r"a\.zip and b\.zip") as caught:
        get(str(file), tmp_path / "to", inner=["x/mid.zip"])
    assert caught.value.chosen == ("x/mid.zip",)
    got = get(str(file), tmp_path / "to", inner=["x/mid.zip", "b.zip"])
    assert {path.name[:3] for path in got.folder.rglob("*.png")} == {"emu", "owl"}


def test_a_name_that_is_not_inside(kaggle: Path, tmp_path: Path) -> None:
    with pytest.raises(GetError, match=r"no archive val\.zip inside .*It holds test1\.zip"):
        get(str(kaggle), tmp_path / "to", inner=["val.zip"])


def test_an_inner_archive_obeys_the_same_limits(tmp_path: Path) -> None:
    file = tmp_path / "bad.zip"
    file.write_bytes(zipped({"in.zip": zipped({"../../out.png": picture()})}))
    with pytest.raises(RefusedArchive, match="outside its folder"):
        get(str(file), tmp_path / "to")
    bomb = tmp_path / "inner.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.png", bytes(70_000_000))
    file.write_bytes(zipped({"in.zip": bomb.read_bytes()}))
    with pytest.raises(RefusedArchive, match="would unpack to more than"):
        get(str(file), tmp_path / "to")
    assert not list(tmp_path.glob("out*"))


def test_a_seven_zip_inside_is_named(tmp_path: Path) -> None:
    file = tmp_path / "comp.zip"
    file.write_bytes(zipped({"train.7z": b"7z\xbc\xaf\x27\x1c" + bytes(99)}))
    with pytest.raises(RefusedArchive, match="7z or rar archive: unpack it yourself"):
        get(str(file), tmp_path / "to")


def test_a_download_is_not_fetched_again_for_the_choice(
    site: Site, kaggle: Path, tmp_path: Path
) -> None:
    served = site.serve("dogs.zip", kaggle.read_bytes())
    url = site.url("dogs.zip")
    with pytest.raises(NestedArchivesError):
        get(url, tmp_path / "to")
    before = len(served.asked)
    get(url, tmp_path / "to", inner=["train.zip"])
    assert all("range" in request for request in served.asked[before:])


def test_the_shell_says_how_to_choose(kaggle: Path, tmp_path: Path) -> None:
    to = ["--to", str(tmp_path / "to")]
    result = CliRunner().invoke(cli, ["data", "get", str(kaggle), *to])
    assert result.exit_code == 1
    assert "test1.zip and train.zip" in result.output
    assert "--inner train.zip" in result.output
    result = CliRunner().invoke(cli, ["data", "get", str(kaggle), *to, "--inner", "train.zip"])
    assert result.exit_code == 0, result.output
    folder = result.stdout.strip().split("\n")[-1]
    result = CliRunner().invoke(cli, ["data", "check", folder, "--layout", "names"])
    assert "8 images of 2 classes" in result.output
    shutil.rmtree(tmp_path / "to")
