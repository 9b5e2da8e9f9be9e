"""Findings of the doctor, with names, reasons and remedies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tui.datasets.folder.folder_summary import Reading, Severity
from tui.datasets.loader.loader_settings import LoaderSettings


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change of settings that fixes a finding; no file of the user is touched.

    Args:
        text: what it does, such as "leave out 3 images".
        change: the loader's settings with it, or what makes them (they may name half a million
            files); None for a seeded split, which writes links into the program's own folder
            first (`seeded_split`).
        class_weight: the class weights to train with, such as "balanced"; the loader's settings
            stay as they are then.
    """

    text: str
    change: LoaderSettings | Callable[[], LoaderSettings] | None = None
    class_weight: str = ""

    @property
    def settings(self) -> LoaderSettings | None:
        """Return the loader's settings with it; None for a seeded split."""
        return self.change() if callable(self.change) else self.change


@dataclass(frozen=True, slots=True)
class ComparedImage:
    """One of two images to compare side by side.

    Args:
        path: of the file, as on disk.
        caption: its name and how it differs from the other, safe to show; may have several lines.
    """

    path: str
    caption: str


@dataclass(frozen=True, slots=True)
class ImagePair:
    """Two images that are equal or look alike."""

    first: ComparedImage
    second: ComparedImage


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One finding.

    Args:
        severity: "error" stops a training, "warning" is likely a mistake, "note" is information.
        kind: a fixed identifier, such as "truncated".
        title: what was found, in a few words, with its number.
        names: the files, folders or classes it is about, all of them, safe to show.
        details: a few words on each name, safe to show; empty where there is nothing to add.
        sentence: what it is and what can be done.
        why: why it matters.
        training: what training in this program does about it.
        remedy: a change of settings that fixes it, or None.
        pairs: images to compare side by side.
        readings: other ways to read the folder that resolve it, most likely first.
        suggestion: the folder that was probably meant, or None.
    """

    severity: Severity
    kind: str
    title: str
    names: Sequence[str]
    sentence: str
    why: str
    training: str
    details: Sequence[str] = ()
    remedy: Remedy | None = None
    pairs: Sequence[ImagePair] = ()
    readings: tuple[Reading, ...] = ()
    suggestion: str | None = None

    @property
    def count(self) -> int:
        """Return the number of files, folders or classes that it is about."""
        return len(self.names)

    def lines(self) -> Iterable[str]:
        """Yield each name with its detail, safe to show."""
        if not self.details:
            yield from self.names
        else:
            for name, detail in zip(self.names, self.details, strict=True):
                yield f"{name}  ({detail})" if detail else name
