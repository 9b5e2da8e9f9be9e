"""What can be had, as rows of a list, and what is known of each."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content

from tui.common.text import clean, size_text
from tui.datasets import SAMPLES
from tui.datasets.getting import COURSE_SETS, Progress
from tui.datasets.getting.transfer_progress import done_fraction, progress_words, text_bar

ARCHIVE = "archive"
"""The row for an archive of the learner's own."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A row of the list.

    Args:
        name: what it is fetched by.
        images: how many it has.
        classes: how many.
        size: what is downloaded, in words.
        about: sentences on it.
    """

    name: str
    images: int
    classes: int
    size: str
    about: tuple[str, ...]


def offers() -> tuple[list[Offer], list[Offer]]:
    """Return what needs no network, and what does."""
    here = [
        Offer(sample.name, sample.images, sample.classes, "no download", (sample.sentence,))
        for sample in SAMPLES.values()
    ]
    away = []
    for item in COURSE_SETS.values():
        classes = f"Classes: {', '.join(item.classes)}."
        size = size_text(item.size or 0)
        about = (item.sentence, item.licence, classes)
        away.append(Offer(item.name, item.images, len(item.classes), size, about))
    return here, away


def row(offer: Offer, kept: int | None) -> Content:
    """Return an offer as a row of the list.

    Args:
        offer: what is offered.
        kept: bytes of it that are here already; None when all of it is.
    """
    total = COURSE_SETS[offer.name].size if offer.name in COURSE_SETS else None
    state = ""
    if total is not None and kept is None:
        state = "✓ is here"
    elif total is not None and kept:
        state = f"{100 * kept / total:.0f} % is here"
    return Content.assemble(
        (f"{clean(offer.name):<23}", "bold"),
        f"{offer.images:>7,} images {offer.classes:>3} classes {offer.size:>12}  {state}",
    )


def about(offer: Offer | None) -> Content:
    """Return what is known of an offer; of the learner's own archive when there is none."""
    if offer is None:
        return Content(
            "A .zip, .tar or .tar.gz with one folder for each class, on this machine or by its "
            "http or https address.\nNothing in it is run, and it is unpacked into a folder of its "
            "own. enter lets you type where it is."
        )
    lines = [clean(line) for line in offer.about]
    return Content("\n".join([*lines, "enter gets it and chooses it."]))


def transfer_text(
    progress: Progress, speed: float | None, left: float | None, width: int
) -> Content:
    """Return how far a transfer is: what is done, and below it a bar with numbers."""
    doing, amounts = progress_words(progress, speed, left)
    part = done_fraction(progress)
    if part is None:
        return Content.assemble((f"{doing} …", "bold"), f"\n{amounts}")
    percent = f"{100 * part:.0f} %"
    room = max(min(width - len(amounts) - 12, 40), 8)
    return Content.assemble(
        (f"{doing}\n", "bold"), (text_bar(part, room), "$primary"), f" {percent}  {amounts}"
    )
