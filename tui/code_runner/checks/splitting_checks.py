"""The check on a split of names: whole, by chance, and the same every time."""

from __future__ import annotations

import random

from tui.code_runner.checks.finished_run import FinishedRun, Raises, Slip, returned_nothing

_SPLIT_ERRORS = (
    Raises(
        r"NoneType",
        "shuffle-gives-none",
        "random.shuffle changes the list itself and gives back None, and so does list.sort. Write "
        "the call on a line of its own, without x = before it.",
        when=r"=\s*(\w+(\(\w*\))?\.)*(shuffle|sort)\(",
    ),
    Raises(
        r"slice indices must be integers|'float' object cannot be interpreted",
        "cut-not-whole",
        "share * len(names) is a number such as 22.5, and a place in a list is a whole number. "
        "Round it: round(share * len(names)).",
    ),
    Raises(
        r"cannot unpack non-iterable NoneType",
        "no-return",
        "The function gives back nothing. End it with return and the two lists.",
    ),
)


def check_split(run: FinishedRun) -> str:
    """Whether a split is whole, by chance, and the same every time."""
    run.must_end_well(_SPLIT_ERRORS)
    split = run.function("split")
    names = [f"{number:03d}.png" for number in range(100)]

    def parts(given: list[str], share: float, seed: int) -> tuple[list[str], list[str]]:
        random.seed()
        result = run.call(split, list(given), share, seed, known=_SPLIT_ERRORS)
        returned_nothing(result, "return names[:cut], names[cut:]")
        if not isinstance(result, (tuple, list)) or len(result) != 2:
            raise Slip("not-two-lists", "split should give back two lists: return one, other.")
        return list(result[0]), list(result[1])

    train, validation = parts(names, 0.9, 7)
    both = set(train) & set(validation)
    if both:
        raise Slip(
            "overlap",
            f"Of 100 names {len(both)} are in both lists: the validation would ask for pictures "
            "that the network has learned from. Cut once: names[:cut] and names[cut:].",
        )
    if len(train) + len(validation) < 100:
        lost = 100 - len(train) - len(validation)
        raise Slip(
            "lost",
            f"Of 100 names {lost} are in neither list. Cut once: names[:cut] and names[cut:].",
        )
    if (len(train), len(validation)) == (10, 90):
        raise Slip(
            "parts-exchanged",
            "With share=0.9 the first list has 10 of 100 names and the second 90. The first is the "
            "one to train on, so exchange the two.",
        )
    if abs(len(train) - 90) > 1:
        raise Slip(
            "wrong-share",
            f"With share=0.9 the first list has {len(train)} of 100 names. The place to cut is "
            "round(share * len(names)).",
        )
    if train == names[: len(train)]:
        raise Slip(
            "not-shuffled",
            "The first list is simply the beginning of the names. Files that belong together have "
            "names that follow each other, so shuffle before you cut.",
        )
    if parts(names, 0.9, 7) != (train, validation):
        raise Slip(
            "no-seed",
            "The same seed gives other lists the second time, so a second run trains on pictures "
            "that the first one validated on. Shuffle with random.Random(seed).shuffle(names).",
        )
    if parts(names, 0.9, 8)[1] == validation:
        raise Slip(
            "seed-ignored",
            "Every seed gives the same two lists. Use the seed that the function is given, not a "
            "number of your own.",
        )
    if set(parts(names[::-1], 0.9, 7)[0]) != set(train):
        raise Slip(
            "order-of-names",
            "The same names in another order give other lists, and os.listdir has another order "
            "on another machine. Sort the names first: names = sorted(names).",
        )
    return "Every name is in one list alone, and the seed decides in which, on every machine."
