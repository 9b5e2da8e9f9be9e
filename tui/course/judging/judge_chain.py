"""Judge the numbers of a chain row by row, with the slips made in receptive fields."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from tui.common.text import clean
from tui.course.judging.chain_numbers import RECEPTIVE_FIELD, chain_answers, field_before, row_value
from tui.course.judging.question_numbers import question_number_slip
from tui.course.judging.typed_number import NotANumber, read_number
from tui.course.judging.verdict import Verdict, unreadable
from tui.course.judging.worked_steps import arithmetic
from tui.course.lesson.questions import ChainBlock
from tui.geometry import (
    Effect,
    GeometryError,
    ReceptiveField,
    Slip,
    Volume,
    apply_layer,
    diagnose,
    right_answer,
)

_SIDES = {"W2": "width", "H2": "height", "D2": "depth"}
_LONGEST = 400


def judge_chain(block: ChainBlock, answer: str) -> Verdict:
    """Judge a number for each row that is asked about; see :func:`tui.course.judge`."""
    given = _read(block, answer)
    if isinstance(given, str):
        return unreadable(given)
    right = chain_answers(block)
    parts = tuple(one == other for one, other in zip(given, right, strict=True))
    steps = chain_steps(block)
    if all(parts):
        said = f"Right: {chain_text(block)}. {block.explain}".strip()
        return Verdict(True, True, said, None, steps, parts)
    first = parts.index(False)
    slip = _slip(block, given, first)
    name = slip.name if slip else None
    row = block.rows[first]
    said = slip.sentence if slip else f"{given[first]:,} is not right here."
    sentence = f"Layer {row}, {block.effects[row - 1].layer.keras_name}: {said}"
    carried = [index for index in range(first + 1, len(given)) if _carried(block, given, index)]
    wrong = [index for index, good in enumerate(parts) if not good]
    if carried and len(carried) == len(wrong) - 1:
        rest = "row after it follows" if len(carried) == 1 else "rows after it follow"
        sentence += f" The {rest} correctly from it: only this one has to be fixed."
        name = name or "carried-on"
    elif len(wrong) > 1:
        listed = ", ".join(str(block.rows[index]) for index in wrong[1:])
        sentence += f" Fix it first; then look at layer{'s' * (len(wrong) > 2)} {listed}."
    return Verdict(False, True, sentence, name, steps, parts)


def chain_text(block: ChainBlock) -> str:
    """Return the right numbers as a learner types them."""
    return " ".join(f"{number:,}" for number in chain_answers(block))


def chain_steps(block: ChainBlock) -> tuple[str, ...]:
    """Return the arithmetic of each row that is asked about."""
    return tuple(
        f"Layer {row}, {block.effects[row - 1].layer.keras_name}: {_arithmetic(block, row)}."
        for row in block.rows
    )


def _arithmetic(block: ChainBlock, row: int) -> str:
    if block.asks == RECEPTIVE_FIELD:
        return field_arithmetic(field_before(block, row), block.effects[row - 1])
    return arithmetic(block.asks, block.effects[row - 1])


def _read(block: ChainBlock, answer: str) -> tuple[int, ...] | str:
    """Return a number for each row, or a sentence on what to type."""
    count = len(block.rows)
    rows = ", ".join(map(str, block.rows))
    cure = (
        f"type {count} number{'s' * (count != 1)} separated by blanks, one for "
        f"{'each of the layers' if count > 1 else 'layer'} {rows}"
    )
    if not answer.strip():
        return f"{cure[0].upper()}{cure[1:]}."
    if len(answer) > _LONGEST:
        return f"“{clean(answer.strip(), 24)}” is longer than any answer here: {cure}."
    numbers = []
    # A comma followed by a blank separates numbers; between digits it groups thousands.
    for word in answer.replace("\t", " ").replace(";", " ").split(" "):
        word = word.strip(",")
        if not word.strip():
            continue
        try:
            numbers.append(read_number(word))
        except NotANumber as error:
            return str(error)
    if len(numbers) != count:
        return f"That is {len(numbers)} number{'s' * (len(numbers) != 1)}: {cure}."
    return tuple(numbers)


def _slip(block: ChainBlock, given: tuple[int, ...], index: int) -> Slip | None:
    """Return the slip that explains the first wrong row; None when none does."""
    row = block.rows[index]
    effect, number = block.effects[row - 1], given[index]
    found = (
        field_slip(field_before(block, row), effect, number, row)
        if block.asks == RECEPTIVE_FIELD
        else diagnose(block.asks, effect, number)
    )
    if found is not None and found.name != "gave-input":
        return found
    for other in block.rows:
        if abs(other - row) == 1 and row_value(block.network, block.asks, other) == number:
            sentence = f"{number:,} is the number of layer {other}: check which layer does what."
            return found or Slip("other-row", number, sentence)
    return found or question_number_slip(block.asks, (effect,), block.prompt, number)


def _carried(block: ChainBlock, given: tuple[int, ...], index: int) -> bool:
    """Whether a wrong row follows correctly from the wrong number before it."""
    row, before = block.rows[index], block.rows[index - 1]
    right = chain_answers(block)
    if given[index] == right[index] or row != before + 1 or given[index - 1] == right[index - 1]:
        return False
    effect = block.effects[row - 1]
    if block.asks == RECEPTIVE_FIELD:
        growth = right[index] - field_before(block, row).size.w
        return given[index] == given[index - 1] + growth
    side = _SIDES.get(block.asks)
    if side is None or not isinstance(effect.input, Volume):
        return False
    try:
        entered = dataclasses.replace(effect.input, **{side: given[index - 1]})
        return given[index] == right_answer(block.asks, apply_layer(effect.layer, entered))
    except GeometryError:
        return False


def field_slip(before: ReceptiveField, effect: Effect, number: int, row: int) -> Slip | None:
    """Return the slip that leads to a wrong receptive field.

    Args:
        before: the field of what enters the layer.
        effect: what the layer does.
        number: the learner's.
        row: the layer, from 1.

    Returns:
        The likeliest slip; None when none leads to it.
    """
    return next((slip for slip in field_slips(before, effect, row) if slip.value == number), None)


def field_slips(before: ReceptiveField, effect: Effect, row: int) -> Iterator[Slip]:
    """Yield the slips whose value differs from the right one, the likelier ones first.

    Args:
        before: the field of what enters the layer.
        effect: what the layer does.
        row: the layer, from 1.
    """
    right = _right(before, effect)
    for name, value, sentence in _found(before, effect, row):
        if value != right and value > 0:
            yield Slip(name, value, sentence)


def field_arithmetic(before: ReceptiveField, effect: Effect) -> str:
    """Write the arithmetic of a receptive field, in numbers.

    Args:
        before: the field of what enters the layer.
        effect: what the layer does.

    >>> from tui.geometry import Pair, Volume, apply_layer, parse_layer
    >>> before = ReceptiveField(Pair(4, 4), Pair(2, 2))
    >>> field_arithmetic(before, apply_layer(parse_layer("conv:k=1,f=3"), Volume(9, 9, 1)))
    'r = 4 + (3 − 1)·2 = 8'
    """
    r, j = before.size.w, before.jump.w
    if effect.axes is None:
        return f"this layer has no window, so r stays {r:,}"
    return f"r = {r:,} + ({effect.axes[0].reach:,} − 1)·{j:,} = {_right(before, effect):,}"


def _right(before: ReceptiveField, effect: Effect) -> int:
    reach = effect.axes[0].reach if effect.axes else 1
    return before.size.w + (reach - 1) * before.jump.w


def _found(before: ReceptiveField, effect: Effect, row: int) -> Iterator[tuple[str, int, str]]:
    r, j = before.size.w, before.jump.w
    if effect.axes is None:
        yield (
            "one-value-more",
            r + 1,
            f"This layer has no window: each value sees what it saw before it, r = {r:,}.",
        )
        return
    axis = effect.axes[0]
    f, fd, s = axis.kernel, axis.reach, axis.stride
    name = "Fd" if axis.dilation > 1 else "F"
    if j > 1:
        yield (
            "forgot-jump",
            r + (fd - 1),
            f"You left out the jump. Neighbouring values of the input are j = {j} columns of the "
            f"picture apart, so the window adds ({fd} − 1)·{j}.",
        )
    if axis.dilation > 1:
        yield (
            "forgot-dilation",
            r + (f - 1) * j,
            f"You took F = {f}. With dilation {axis.dilation} the window reaches over Fd = "
            f"{axis.dilation}·({f} − 1) + 1 = {fd}.",
        )
    yield (
        "added-f",
        r + fd * j,
        f"You added {name} = {fd}. One of the {fd} is in the field already: add {name} − 1 = "
        f"{fd - 1}, times the jump.",
    )
    if s > 1:
        yield (
            "jump-too-early",
            r + (fd - 1) * j * s,
            f"You used the jump after this layer. Its stride S = {s} matters only for the layers "
            f"after it: here j = {j}.",
        )
    yield (
        "multiplied",
        r * fd,
        f"You multiplied. Neighbouring windows overlap, so r grows by addition: {r:,} + "
        f"({fd} − 1)·{j}.",
    )
    if j > 1:
        yield (
            "added-f",
            r + fd,
            f"You added {name} = {fd}. One of the {fd} is in the field already, and each further "
            f"one is j = {j} columns away: add ({fd} − 1)·{j}.",
        )
    yield (
        "gave-f",
        fd,
        f"That is this layer's own window. It sees the picture through the {row - 1} layers "
        f"before it: add up what each layer adds.",
    )
    yield (
        "stayed",
        r,
        f"That is r before this layer. Its window of {fd} adds ({fd} − 1)·{j}.",
    )
