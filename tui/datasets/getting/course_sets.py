"""The image sets of the course, with the addresses and sizes that their publishers give.

The addresses, sizes and checksums of horse-or-human and rock-paper-scissors are those of
TensorFlow Datasets (`url_checksums/horses_or_humans.txt`, `rock_paper_scissors.txt`); the full cats
and dogs' address is that of TensorFlow Datasets and of keras.io's "Image classification from
scratch". The other sizes are what the servers announce.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remote:
    """A file on a server.

    Args:
        url: its address, http or https.
        size: how many bytes it must have; None if unknown.
        sha256: its checksum, where one was published.
        md5: another, where only that was published.
    """

    url: str
    size: int | None = None
    sha256: str | None = None
    md5: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One archive of a set.

    Args:
        source: where it is: on a server, or the path of a file.
        into: the sub-folder for its classes; empty for the set's own folder.
    """

    source: Remote | str
    into: str = ""


@dataclass(frozen=True, slots=True)
class ImageSet:
    """A set of images that can be fetched.

    Args:
        name: its name, also that of its folder.
        parts: its archives.
        classes: its class names, if they are known beforehand.
        images: how many images it has; 0 if unknown.
        sentence: what it holds.
        licence: its terms and its source.
    """

    name: str
    parts: tuple[Part, ...]
    classes: tuple[str, ...] = ()
    images: int = 0
    sentence: str = ""
    licence: str = ""

    @property
    def size(self) -> int | None:
        """Return the bytes to download; None when that is not known."""
        sizes = [part.source.size for part in self.parts if isinstance(part.source, Remote)]
        known = [size for size in sizes if size is not None]
        return sum(known) if len(known) == len(sizes) else None


_TENSORFLOW = "https://storage.googleapis.com/download.tensorflow.org/data"

_SETS = (
    ImageSet(
        "cats_and_dogs_filtered",
        (
            Part(
                Remote(
                    "https://storage.googleapis.com/mledu-datasets/cats_and_dogs_filtered.zip",
                    68_606_236,
                )
            ),
        ),
        ("cats", "dogs"),
        3_000,
        "2,000 photographs to train on and 1,000 to validate with: the set of the course's first "
        "weeks.",
        "A part of Kaggle's Dogs vs. Cats, provided by Google; its licence is not stated.",
    ),
    ImageSet(
        "cats_and_dogs",
        (
            Part(
                Remote(
                    "https://download.microsoft.com/download/3/E/1/3E1C3F21-ECDB-4869-8368-"
                    "6DEBA77B919F/kagglecatsanddogs_5340.zip",
                    824_887_076,
                )
            ),
        ),
        ("Cat", "Dog"),
        25_000,
        "All of Microsoft's cats and dogs, without a validation folder; some files are damaged, "
        "which is a lesson in itself.",
        "From Microsoft (Asirra, with Petfinder.com); its terms, CDLA-Permissive-2.0, lie in the "
        "archive.",
    ),
    ImageSet(
        "horse-or-human",
        (
            Part(
                Remote(
                    f"{_TENSORFLOW}/horse-or-human.zip",
                    149_574_867,
                    "e2e6f70d3d549c5dd10a57165e55af253ee66ad750403f95c0fb76bb943633a9",
                ),
                "train",
            ),
            Part(
                Remote(
                    f"{_TENSORFLOW}/validation-horse-or-human.zip",
                    11_480_187,
                    "ae5fff2f4f5554791f05358108e2e05d9801b191f1896ea101402f0e7f6c32c0",
                ),
                "validation",
            ),
        ),
        ("horses", "humans"),
        1_283,
        "1,027 computer-made pictures of 300×300 pixels to train on and 256 to validate with.",
        "By Laurence Moroney, CC BY 2.0.",
    ),
    ImageSet(
        "rock-paper-scissors",
        (
            Part(
                Remote(
                    f"{_TENSORFLOW}/rps.zip",
                    200_682_221,
                    "c2403444395842ad04c53612bad54b574443eae17a0723117a2ff87b9d72194f",
                ),
                "train",
            ),
            Part(
                Remote(
                    f"{_TENSORFLOW}/rps-test-set.zip",
                    29_516_758,
                    "c27ab9fa43ce40b2e453de711365b477f4424586edf0388116674fd320f07503",
                ),
                "validation",
            ),
        ),
        ("paper", "rock", "scissors"),
        2_892,
        "2,520 computer-made hands of 300×300 pixels to train on and 372 to validate with: three "
        "classes.",
        "By Laurence Moroney, CC BY 2.0.",
    ),
)

COURSE_SETS: dict[str, ImageSet] = {item.name: item for item in _SETS}
