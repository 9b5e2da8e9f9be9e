from __future__ import annotations

import os
import threading
import warnings
from pathlib import Path

import msgspec
import pytest
from PIL import Image, ImageFile

from tests.unit.datasets.conftest import MakeImages
from tests.unit.datasets.pngs import empty_png
from tui.datasets import CheckReport, LoaderSettings, check_images


@pytest.fixture
def settings(pets: Path) -> LoaderSettings:
    return LoaderSettings(directory=str(pets), classes=("cats", "dogs"))


def reasons(report: CheckReport) -> dict[str, str]:
    return {image.path: image.reason for image in report.bad}


def test_good_images_pass(settings: LoaderSettings) -> None:
    report = check_images(settings)
    assert report.bad == ()
    assert report.checked == 11
    assert report.seconds > 0
    assert not report.cancelled


def test_every_kind_of_bad_file_is_named_with_its_reason(
    settings: LoaderSettings, pets: Path, make_images: MakeImages
) -> None:
    cats = pets / "cats"
    (cats / "empty.jpg").touch()
    (cats / "html.jpg").write_text("<html>404 not found</html>")
    (photo,) = make_images(pets / "made", 1, size=(200, 200), ending="jpg")
    Image.effect_noise((200, 200), 80).save(photo)
    (cats / "cut.jpg").write_bytes(photo.read_bytes()[:4000])
    (grid,) = make_images(pets / "made", 1, size=(200, 200), ending="png")
    Image.effect_noise((200, 200), 80).save(grid)
    (cats / "cut.png").write_bytes(grid.read_bytes()[:9000])
    (cats / "gone.png").symlink_to("nowhere")
    (cats / "bomb.png").write_bytes(empty_png(20_000, 20_000))
    (cats / "paper.jpg").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EOF\n")
    found = reasons(check_images(settings))
    assert found["cats/empty.jpg"] == "empty (0 bytes)"
    assert found["cats/html.jpg"] == "not an image"
    assert found["cats/cut.jpg"].startswith("truncated: ")
    assert found["cats/cut.png"].startswith(("truncated: ", "damaged: "))
    assert found["cats/gone.png"] == "a broken link"
    assert found["cats/bomb.png"].startswith("larger than Pillow's limit of 178,956,970")
    assert found["cats/paper.jpg"] == "not an image"
    assert len(found) == 7


def test_a_pipe_does_not_hang_the_check(settings: LoaderSettings, pets: Path) -> None:
    os.mkfifo(pets / "cats" / "pipe.png")
    assert reasons(check_images(settings)) == {"cats/pipe.png": "not a regular file"}


def test_a_locked_file_is_named(
    settings: LoaderSettings, pets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.stat

    def closed(path: object, **options: object) -> os.stat_result:
        if str(path).endswith("image003.png"):
            raise PermissionError(13, "Permission denied", path)
        return real(path, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "stat", closed)
    assert reasons(check_images(settings)) == {
        "cats/image003.png": "cannot be read: permission denied",
        "dogs/image003.png": "cannot be read: permission denied",
    }


def test_a_huge_image_is_reported_and_kept(
    settings: LoaderSettings,
    pets: Path,
    make_images: MakeImages,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    make_images(pets / "cats", 1, size=(40, 30), stem="large")
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        report = check_images(settings)
    assert report.bad == ()
    assert [image.path for image in report.huge] == ["cats/large000.png"]
    assert "40×30 pixels" in report.huge[0].reason
    assert shown == []  # a warning on stderr would tear the screen
    assert capfd.readouterr().err == ""


def test_reasons_are_safe_to_show_and_names_are_kept(settings: LoaderSettings, pets: Path) -> None:
    raw = os.fsencode(pets / "cats") + b"/\xff\x1b[2J\n.png"
    with open(raw, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n\x1b[2J nonsense")
    (bad,) = check_images(settings).bad
    assert bad.reason.isprintable()
    assert os.fsencode(os.path.join(bad.directory, bad.path)) == raw


def test_truncated_images_are_never_allowed(settings: LoaderSettings) -> None:
    check_images(settings)
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_the_validation_folder_is_checked_too(
    settings: LoaderSettings, tmp_path: Path, make_images: MakeImages
) -> None:
    held_out = tmp_path / "held-out"
    make_images(held_out / "cats", 2)
    (held_out / "dogs").mkdir()
    (held_out / "dogs" / "zero.jpg").touch()
    (held_out / "birds").mkdir()
    (held_out / "birds" / "zero.jpg").touch()  # no class: not read
    report = check_images(msgspec.structs.replace(settings, validation_directory=str(held_out)))
    assert report.checked == 14
    assert [(image.directory, image.path) for image in report.bad] == [
        (str(held_out), "dogs/zero.jpg")
    ]


def test_bad_files_come_in_keras_s_order_with_any_number_of_workers(
    settings: LoaderSettings, pets: Path
) -> None:
    for number in range(40):
        (pets / "dogs" / f"bad{number:02d}.jpg").write_bytes(b"x" * (number % 3))
    one = check_images(settings, workers=1)
    many = check_images(settings, workers=8)
    assert one.bad == many.bad
    assert [image.path for image in one.bad] == [f"dogs/bad{n:02d}.jpg" for n in range(40)]


def test_progress_ends_with_all_files_and_comes_from_the_calling_thread(
    settings: LoaderSettings,
) -> None:
    calls: list[tuple[int, int, int]] = []
    check_images(
        settings, progress=lambda done, files: calls.append((done, files, threading.get_ident()))
    )
    assert calls[-1] == (11, 11, threading.get_ident())


def test_it_stops_soon_when_cancelled(settings: LoaderSettings, pets: Path) -> None:
    for number in range(300):
        (pets / "cats" / f"x{number}.png").write_bytes(b"x")
    report = check_images(settings, cancelled=lambda: True)
    assert report.cancelled
    assert report.checked == 1


def test_no_files_is_an_empty_report(tmp_path: Path) -> None:
    report = check_images(LoaderSettings(directory=str(tmp_path / "none"), classes=("a", "b")))
    assert (report.bad, report.checked) == ((), 0)


def test_other_modes_convert_as_keras_converts_them(
    settings: LoaderSettings, pets: Path, make_images: MakeImages
) -> None:
    for mode in ("L", "1", "P", "I;16", "LA", "RGBA"):
        make_images(pets / "cats", 1, mode=mode, stem=f"mode-{mode.replace(';', '')}-")
    make_images(pets / "cats", 1, mode="CMYK", ending="jpg")
    for color_mode in ("rgb", "grayscale", "rgba"):
        changed = msgspec.structs.replace(settings, color_mode=color_mode)
        assert check_images(changed).bad == ()
