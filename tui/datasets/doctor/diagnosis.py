"""What the doctor says: findings with their names, their reasons and their remedies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tui.datasets.folder.folder_summary import Reading, Severity
from tui.datasets.loader.loader_settings import LoaderSettings


@dataclass(frozen=True, slots=True)
class Remedy:
    """A cure that is one key away and touches no file of the user's.

    Args:
        text: what it does, such as "leave out 3 images".
        change: the loader's settings with it, or what makes them (they may name half a million
            files); None for a seeded split, which writes links into the program's own folder
            first (`seeded_split`).
    """

    text: str
    change: LoaderSettings | Callable[[], LoaderSettings] | None = None

    @property
    def settings(self) -> LoaderSettings | None:
        """Return the loader's settings with it; None for a seeded split."""
        return self.change() if callable(self.change) else self.change


@dataclass(frozen=True, slots=True)
class ComparedImage:
    """One of two pictures to be looked at side by side.

    Args:
        path: of the file, as on disk.
        caption: its name and what tells it from the other, safe to show; may have several lines.
    """

    path: str
    caption: str


@dataclass(frozen=True, slots=True)
class ImagePair:
    """Two pictures that are the same, or look alike."""

    first: ComparedImage
    second: ComparedImage


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One finding, whole.

    Args:
        severity: "error" stops a training, "warning" is likely a mistake, "note" is only told.
        kind: a short fixed word to tell findings apart, such as "truncated".
        title: what was found, with its number, in a few words.
        names: the files, folders or classes it is about, all of them, safe to show.
        details: a few words on each name, safe to show; empty where there is nothing to add.
        sentence: what it is and what can be done.
        why: why it matters.
        training: what a training here does about it.
        remedy: a cure that is one key away, or None.
        pairs: pictures to be looked at side by side.
        readings: other ways to read the folder that settle it, the likeliest first.
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
        """Return how many files, folders or classes it is about."""
        return len(self.names)

    def lines(self) -> Iterable[str]:
        """Yield each name with its detail, safe to show."""
        if not self.details:
            yield from self.names
        else:
            for name, detail in zip(self.names, self.details, strict=True):
                yield f"{name}  ({detail})" if detail else name
