"""Drills on data and training with a number as the answer: labels, steps, split, pixels, epochs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random

from tui.course.drills.drill_questions import DrillQuestion, Key, UnsuitableNumbersError, pick
from tui.course.lesson.questions import CountBlock
from tui.geometry import Slip

FOLDERS = (
    "cats", "dogs", "horses", "birds", "ships", "cars", "trees", "roses", "tulips", "apples",
    "pears", "owls", "mice", "bees", "lions", "zebras",
)  # fmt: skip
"""Names of classes."""


def count_question(
    skill: str,
    prompt: str,
    answer: int,
    slips: Iterable[Slip],
    steps: Sequence[str],
    hints: Sequence[str],
    key: Key,
) -> DrillQuestion:
    """Return a number to work out; slips that lead to the right answer or twice are left out."""
    different: dict[int, Slip] = {}
    for slip in slips:
        if slip.value >= 0 and slip.value != answer:
            different.setdefault(slip.value, slip)
    block = CountBlock(
        f"drill-{skill}", prompt, answer, tuple(different.values()), tuple(steps), tuple(hints)
    )
    return DrillQuestion(block, key)


def labels(random: Random, level: int) -> DrillQuestion:
    """Which number a class gets from the names of the folders."""
    count = min(level + 2, 6)
    if level >= 3 and random.random() < 0.4:
        numbers = random.sample(range(1, 31), count)
        folders = [str(number) for number in numbers]
        natural = [str(number) for number in sorted(numbers)]
    else:
        folders = random.sample(FOLDERS, count)
        if level >= 4:
            # Capitals come before all small letters.
            folders = [name.capitalize() if random.random() < 0.5 else name for name in folders]
        natural = sorted(folders, key=str.casefold)
    found = sorted(folders)
    if folders == found:
        raise UnsuitableNumbersError  # it could be read off
    target = random.choice(folders)
    answer = found.index(target)
    listed = ", ".join(f"“{name}”" for name in found)
    slips = [
        Slip(
            "took-listed-order",
            folders.index(target),
            "that is the place in the question. Keras sorts the names first.",
        ),
        Slip(
            "sorted-as-people-do",
            natural.index(target),
            "Keras compares the names letter by letter: “10” comes before “9”, and every capital "
            "before every small letter.",
        ),
        Slip("counted-from-1", answer + 1, "labels are counted from 0."),
    ]
    names = ", ".join(f"“{name}”" for name in folders)
    return count_question(
        "labels",
        f"flow_from_directory finds the folders {names}. Which label do the images in “{target}” "
        "get?",
        answer,
        slips,
        (f"Sorted as texts: {listed}.", f"Counted from 0, “{target}” is {answer}."),
        ("Sort the names, letter by letter.", "Labels are counted from 0."),
        (f"labels {' '.join(found)} {target}", count),
    )


def steps(random: Random, level: int) -> DrillQuestion:
    """How many batches an epoch has, or a whole training."""
    sizes = ((10, 20), (16, 20, 25), (20, 32), (32, 50, 64), (32, 64, 128))
    batch = random.choice(sizes[level - 1])
    whole = pick(random, ((4, 15), (6, 30), (10, 60), (20, 120), (40, 200))[level - 1])
    rest = 0 if level == 1 else pick(random, (1, batch - 1))
    images = whole * batch + rest
    each = whole + bool(rest)
    epochs = pick(random, (5, 30)) if level >= 3 else 1
    answer = each * epochs
    asked = "How many steps does an epoch have?"
    if epochs > 1:
        asked = f"How many steps do {epochs} epochs have together?"
    slips = [
        Slip(
            "left-out-last-batch",
            whole * epochs,
            f"{images:,}/{batch} is not whole: the last {rest} images make a smaller batch of "
            "their own.",
        ),
        Slip("forgot-epochs", each, f"that is one epoch. There are {epochs}."),
        Slip("gave-images", images, "that is the number of images. A step takes a whole batch."),
        Slip(
            "one-step-more",
            answer + 1,
            f"{images:,} images divide into batches of {batch} without a rest.",
        ),
    ]
    if rest:
        slips.pop()
    first = f"{images:,}/{batch} gives {whole:,} whole batches"
    first += f" and one of {rest} images." if rest else "."
    solution = [first, f"An epoch has {each:,} steps."]
    if epochs > 1:
        solution.append(f"{epochs} epochs have {epochs}·{each:,} = {answer:,} steps.")
    return count_question(
        "steps",
        f"There are {images:,} training images, in batches of {batch}. {asked}",
        answer,
        slips,
        solution,
        ("A step is a batch.", "A rest that fills no whole batch is a step too."),
        ("steps # # #", images, batch, epochs),
    )


def rescale(random: Random, level: int) -> DrillQuestion:
    """What becomes of a pixel, or which pixel it was."""
    divisor = random.choice(((5, 10), (5, 10, 15), (15, 17, 20), (17, 25, 51), (51, 85))[level - 1])
    most = 255 // divisor
    channels = 1 if level < 3 else 3
    values = [pick(random, (1, most)) for _ in range(channels)]
    pixels = [value * divisor for value in values]
    answer = sum(values)
    written = ", ".join(map(str, pixels))
    if channels == 1:
        prompt = f"A pixel has the value {written}. What is left of it after rescale=1/{divisor}?"
        solution = [f"Each value is multiplied by 1/{divisor}: {written}/{divisor} = {answer}."]
    else:
        prompt = (
            f"A pixel has the values {written} for red, green and blue. After "
            f"rescale=1/{divisor}, what is the sum of the three?"
        )
        terms = " + ".join(map(str, values))
        solution = [
            f"Divided by {divisor} they are {', '.join(map(str, values))}.",
            f"{terms} = {answer}.",
        ]
    slips = [
        Slip(
            "multiplied-by-divisor",
            sum(pixels) * divisor,
            f"rescale is multiplied, and it is 1/{divisor}: the values get smaller.",
        ),
        Slip("forgot-rescale", sum(pixels), "that is before rescale. Multiply by it."),
        Slip(
            "subtracted-instead",
            sum(pixels) - divisor,
            f"rescale=1/{divisor} divides by {divisor}; it takes nothing away.",
        ),
    ]
    return count_question(
        "rescale",
        prompt,
        answer,
        slips,
        solution,
        (
            "rescale is a number that every value is multiplied by.",
            f"Multiplying by 1/{divisor} is dividing by {divisor}.",
        ),
        ("rescale #", divisor, *pixels),
    )


_SPLITS = (("0.2", 5), ("0.1", 10), ("0.25", 4), ("0.5", 2))
"""Shares for which Keras's rounding is the plain one, where every class divides by the number."""


def split(random: Random, level: int) -> DrillQuestion:
    """How many images validation_split leaves to each side."""
    share, parts = random.choice(_SPLITS[: min(level + 1, len(_SPLITS))])
    classes = (1, 1, 2, 2, 3)[level - 1]
    counts = [
        parts * pick(random, ((5, 25), (10, 60), (10, 90), (20, 180), (30, 250))[level - 1])
        for _ in range(classes)
    ]
    total = sum(counts)
    held = total // parts
    validation = random.random() < 0.5
    batch = 32 if level >= 4 else 0
    images = held if validation else total - held
    answer = -(-images // batch) if batch else images
    other = total - images
    names = random.sample(FOLDERS, classes)
    if classes == 1:
        prompt = f"A folder has {total:,} images"
    else:
        listed = ", ".join(
            f"{count:,} of {name}" for count, name in zip(counts, names, strict=True)
        )
        prompt = f"A folder has {listed}"
    side = "validation" if validation else "training"
    asked = f"How many images are in the subset “{side}”?"
    if batch:
        asked = f"How many batches of {batch} does the subset “{side}” have?"
    left = total - held
    solution = [f"{share} of {total:,} are {held:,} for validation; {left:,} are left to train on."]
    if batch:
        solution.append(f"{images:,}/{batch}, the last batch counted too, are {answer:,} batches.")
    else:
        solution.append(f"The subset “{side}” has {answer:,} images.")
    other_answer = -(-other // batch) if batch else other
    slips = [
        Slip(
            "gave-other-part",
            other_answer,
            f"that is the other subset: {share} is the share that is kept for validation.",
        ),
        Slip("forgot-split", -(-total // batch) if batch else total, "that is without the split."),
    ]
    if batch:
        slips += [
            Slip("gave-images", images, f"that is images. A batch has {batch} of them."),
            Slip(
                "left-out-last-batch",
                images // batch,
                "the last, smaller batch counts too.",
            ),
        ]
    return count_question(
        "split",
        f"{prompt}, and validation_split={share}. {asked}",
        answer,
        slips,
        solution,
        (f"validation_split={share} keeps this share for validation.", solution[0]),
        (f"split {share} {side}", *counts, *([batch] if batch else [])),
    )


def overfitting(random: Random, level: int) -> DrillQuestion:
    """Which epoch has the best weights, or where EarlyStopping ends."""
    count = (5, 6, 8, 9, 10)[level - 1]
    best = pick(random, (2, count - 2))
    values: list[float] = [pick(random, (60, 90)) / 100]
    bump = pick(random, (2, best - 1)) if level >= 3 and best > 2 else 0
    for epoch in range(2, count + 1):
        step = pick(random, (2, 9)) / 100
        if epoch == bump:
            values.append(round(values[-1] + step, 2))
        elif epoch <= best:
            values.append(round(min(values) - step, 2))
        else:
            values.append(round(values[-1] + step, 2))
    if min(values) < 0.05:
        raise UnsuitableNumbersError
    rise = next(n for n in range(1, count) if values[n] > values[n - 1])  # the epoch before it
    patience = pick(random, (2, 3)) if level >= 4 else 0
    listed = ", ".join(f"{value:.2f}" for value in values)
    prompt = f"val_loss after each epoch, from the first: {listed}. "
    if patience:
        stop = _stops_at(values, patience)
        if stop is None:
            raise UnsuitableNumbersError
        answer = stop
        prompt += f"EarlyStopping has patience={patience}: after which epoch does it stop?"
    else:
        answer = best
        prompt += "Which epoch, counted from 1, has the best weights?"
    slips = [
        Slip("gave-last-epoch", count, "what is last is not best: look at the lowest val_loss."),
        Slip(
            "stopped-at-first-rise",
            rise + bool(patience),
            "a single rise is not yet a trend: read on.",
        ),
        Slip("counted-from-0", answer - 1, "the first epoch has the number 1 here."),
    ]
    if patience:
        lowest = values.index(min(values[:answer])) + 1
        solution = [
            f"Up to there the lowest val_loss is {min(values[:answer]):.2f}, in epoch {lowest}.",
            f"{patience} epochs without a lower one follow: it stops after epoch {answer}.",
        ]
        slips.insert(
            0, Slip("gave-best-epoch", lowest, "that is the best epoch. It stops some later.")
        )
    else:
        solution = [f"The lowest val_loss is {min(values):.2f}.", f"That is epoch {best}."]
    return count_question(
        "overfitting",
        prompt,
        answer,
        slips,
        solution,
        (
            "Find the lowest val_loss, and count its place.",
            "Patience counts the epochs since the lowest val_loss so far.",
        )[: 1 + bool(patience)],
        (f"overfitting {listed}", count, *([patience] if patience else [])),
    )


def _stops_at(values: Sequence[float], patience: int) -> int | None:
    """Return the epoch, from 1, after which EarlyStopping ends; None when it does not."""
    lowest, waited = values[0], 0
    for epoch, value in enumerate(values[1:], start=2):
        if value < lowest:
            lowest, waited = value, 0
        else:
            waited += 1
            if waited >= patience:
                return epoch
    return None
