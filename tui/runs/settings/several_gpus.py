"""How many GPUs of one machine share a training, and which batches they can share."""

from __future__ import annotations

from tui.common.stop_rule import SpecError
from tui.common.text import clean, in_words

ALL_GPUS = -1
"""`TrainingSpec.gpus` for all GPUs that the trainer can use."""
MOST_GPUS = 64


def parse_gpus(text: str) -> int:
    """Return a number of GPUs from its text; 0 for one.

    Raises:
        SpecError: when it is neither a number nor `all`.

    >>> parse_gpus("1"), parse_gpus("4"), parse_gpus("all")
    (0, 4, -1)
    """
    word = text.strip().lower()
    if word == "all":
        return ALL_GPUS
    if not (word.isascii() and word.isdecimal() and 1 <= int(word) <= MOST_GPUS):
        raise SpecError(
            f"{clean(text, 40)!r} is not a number of GPUs. Choose 1 to {MOST_GPUS}, or all."
        )
    return int(word) if int(word) > 1 else 0


def gpus_text(gpus: int) -> str:
    """Return a number of GPUs as it is typed.

    >>> gpus_text(0), gpus_text(4), gpus_text(ALL_GPUS)
    ('1', '4', 'all')
    """
    return "all" if gpus == ALL_GPUS else str(max(gpus, 1))


def check_gpus(gpus: int, batch_size: int) -> None:
    """Check a number of GPUs, and that they can share a batch evenly.

    Args:
        gpus: as in `TrainingSpec.gpus`.
        batch_size: images a batch, on all of them together.

    Raises:
        SpecError: when they cannot, with the nearest batch sizes that they can share.
    """
    if not ALL_GPUS <= gpus <= MOST_GPUS:
        raise SpecError(f"{gpus} GPUs cannot be; choose 1 to {MOST_GPUS}, or all.")
    if problem := indivisible(gpus, batch_size):
        raise SpecError(problem)


def indivisible(gpus: int, batch_size: int) -> str:
    """Return why GPUs cannot share a batch, with the nearest that they can; empty if they can.

    >>> indivisible(3, 20).partition(". ")[2]
    'Choose a batch size of 18 or 21, or 2, 4 or 5 GPUs.'
    >>> indivisible(4, 2).partition(". ")[2]
    'Choose a batch size of 4, or 2 GPUs.'
    >>> indivisible(2, 20), indivisible(0, 7)
    ('', '')
    """
    if gpus < 2 or batch_size % gpus == 0:
        return ""
    below = batch_size // gpus * gpus
    sizes = [str(size) for size in (below, below + gpus) if size]
    others = [n for n in range(2, min(batch_size, 2 * gpus) + 1) if batch_size % n == 0]
    near = sorted(sorted(others, key=lambda n: abs(n - gpus))[:3])
    alternatives = f"{in_words(list(map(str, near)), 'or')} GPUs" if near else "1 GPU"
    return (
        f"{gpus} GPUs cannot share a batch of {batch_size} image{'s' * (batch_size != 1)} evenly. "
        f"Choose a batch size of {' or '.join(sizes)}, or {alternatives}."
    )
