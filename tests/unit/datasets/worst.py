"""The worst folder in the world: every defect that the doctor knows, and what it must say."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

from PIL import Image

from tests.unit.datasets.pngs import empty_png

SIZE = (48, 40)
_ORIENTATION = 0x0112


def picture(seed: int, size: tuple[int, int] = SIZE, *, most: int = 255) -> Image.Image:
    """Return a picture like no other: large blots of colour, up to a brightness."""
    blots = random.Random(seed)
    small = Image.new("RGB", (6, 6))
    small.putdata([tuple(blots.randrange(most + 1) for _ in range(3)) for _ in range(36)])
    return small.resize(size, Image.Resampling.BICUBIC)


def build_worst(folder: Path) -> dict[str, set[str]]:
    """Write the folder.

    Args:
        folder: is made.

    Returns:
        Kind of finding → the names it must give, with the classes that hold images, class mode
        binary and a validation split of 0.2.
    """
    cats, dogs, birds, owls = (folder / name for name in ("cats", "dogs", "birds", "owls"))
    for path in (cats, dogs, birds, owls, folder / "fish", folder / "e\x1bmu"):
        path.mkdir(parents=True)
    for number in range(20):
        picture(number).save(cats / f"{number:02d}.png")
        picture(100 + number).save(dogs / f"{number:02d}.png")
    for number in range(40):
        word = "early" if number < 10 else "late"
        picture(200 + number).save(birds / f"{word}_{number:02d}.jpg")
    for number in range(2):
        picture(300 + number).save(owls / f"{number}.png")
        picture(310 + number).save(folder / "e\x1bmu" / f"{number}.png")
    _unreadable(cats)
    _misread(cats)
    _twice(cats, dogs, birds)
    _around(folder, cats)
    return {
        "binary_classes": {"birds", "cats", "dogs", "e␛mu", "owls"},
        "empty": {"cats/x-empty.jpg"},
        "truncated": {"cats/x-cut.jpg"},
        "damaged": {"cats/x-broken.png"},
        "not_image": {"cats/x-page.jpg"},
        "apple_double": {"cats/._00.png"},
        "bomb": {"cats/x-bomb.png"},
        "dangling": {"cats/x-gone.png"},
        "file_loop": {"cats/x-loop.png"},
        "special": {"cats/x-pipe.png"},
        "gray16": {"cats/y-deep.png"},
        "huge": {"cats/y-huge.png"},
        "turned": {"cats/y-turned.jpg"},
        "alpha": {"cats/y-alpha.png"},
        "cmyk": {"cats/y-cmyk.jpg"},
        "palette": {"cats/y-palette.png"},
        "odd_mode": {"cats/y-huge.png", "cats/y-ink.png"},
        "wrong_ending": {"cats/y-webp.jpg"},
        "copies_within": {"cats/18.png", "cats/z-18-again.png"},
        "copies_across": {"cats/19.png", "birds/zz-19.png"},
        "copies_split": {"dogs/00.png", "dogs/zz-00.png"},
        "alike_within": {"dogs/18.png", "dogs/z-18.jpg"},
        "alike_across": {"cats/17.png", "birds/zz-17.jpg"},
        "alike_split": {"dogs/01.png", "dogs/zz-01.jpg"},
        "order_bias": {"birds"},
        "few_images": {"owls", "e␛mu"},
        "imbalance": {"birds", "cats", "dogs", "e␛mu", "owls"},
        "empty_class": {"fish"},
        "hidden_folders": {".git", ".ipynb_checkpoints"},
        "stray_images": {"stray.png"},
        "link_loop": {"loop"},
        "dangling_folder": {"gone"},
        "control_characters": {"e␛mu"},
        "hidden_nested": {"cats/.ipynb_checkpoints"},
        "nested": {"cats/kittens"},
        "links_not_followed": {"cats/more"},
        "other_pictures": {"cats/moving.gif", "cats/new.webp"},
        "skipped_files": {".txt"},
    }


def _unreadable(cats: Path) -> None:
    (cats / "x-empty.jpg").touch()
    noise = Image.effect_noise((200, 200), 80)
    noise.save(cats / "x-cut.jpg")
    whole = (cats / "x-cut.jpg").read_bytes()
    (cats / "x-cut.jpg").write_bytes(whole[: len(whole) // 2])
    noise.save(cats / "x-broken.png")
    whole = (cats / "x-broken.png").read_bytes()
    (cats / "x-broken.png").write_bytes(whole[:60] + b"\0" * 400 + whole[460:])
    (cats / "x-page.jpg").write_text("<html>404 not found</html>")
    (cats / "._00.png").write_bytes(b"\0\x05\x16\x07 Mac OS X attributes")
    (cats / "x-bomb.png").write_bytes(empty_png(20_000, 20_000))
    (cats / "x-gone.png").symlink_to("nowhere.png")
    (cats / "x-loop.png").symlink_to("x-loop.png")
    os.mkfifo(cats / "x-pipe.png")


def _misread(cats: Path) -> None:
    deep = Image.new("I;16", SIZE)
    deep.putdata([(37 * place) % 60_000 for place in range(SIZE[0] * SIZE[1])])
    deep.save(cats / "y-deep.png")
    Image.new("1", (10_000, 9_000)).save(cats / "y-huge.png")  # 90 million pixels, few bytes
    tag = Image.Exif()
    tag[_ORIENTATION] = 6
    picture(400).save(cats / "y-turned.jpg", exif=tag)
    picture(401).convert("RGBA").save(cats / "y-alpha.png")
    picture(402).convert("CMYK").save(cats / "y-cmyk.jpg")
    picture(403).convert("P").save(cats / "y-palette.png")
    picture(404).convert("1").save(cats / "y-ink.png")
    picture(405).save(cats / "y-webp.jpg", format="WEBP")


def _twice(cats: Path, dogs: Path, birds: Path) -> None:
    shutil.copy(cats / "18.png", cats / "z-18-again.png")
    shutil.copy(cats / "19.png", birds / "zz-19.png")
    shutil.copy(dogs / "00.png", dogs / "zz-00.png")
    for source, target in (
        (dogs / "18.png", dogs / "z-18.jpg"),
        (cats / "17.png", birds / "zz-17.jpg"),
        (dogs / "01.png", dogs / "zz-01.jpg"),
    ):
        with Image.open(source) as image:
            image.resize((2 * SIZE[0], 2 * SIZE[1])).save(target, quality=80)


def _around(folder: Path, cats: Path) -> None:
    for hidden in (folder / ".git", folder / ".ipynb_checkpoints", cats / ".ipynb_checkpoints"):
        hidden.mkdir()
        picture(500 + len(str(hidden.relative_to(folder)))).save(hidden / "copy.png")
    (cats / "kittens").mkdir()
    picture(410).save(cats / "kittens" / "small.png")
    picture(411).save(folder / "stray.png")
    (folder / "loop").symlink_to(folder)
    (folder / "gone").symlink_to("a drive that is not there")
    (cats / "more").symlink_to(folder / "dogs")
    picture(412).save(cats / "moving.gif")
    picture(413).save(cats / "new.webp")
    (cats / "notes.txt").write_text("nothing")
