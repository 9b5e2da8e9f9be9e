"""`cnn-tui calc --predict`: ask for each layer's numbers, and say what went wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TextIO

import click

from tui.course.judging.typed_number import NotANumber, read_number
from tui.geometry import (
    Effect,
    Quantity,
    Row,
    Volume,
    diagnose,
    format_layer,
    formula,
    right_answer,
)

_TRIES = 3  # of typing a number at all; a wrong number is judged at once
_LONGEST = 200


def ask(rows: Iterable[Row], answers: TextIO, *, echo: bool) -> None:
    """Ask for W2, H2, D2 and the parameters of each layer, and judge every answer.

    Args:
        rows: the traced rows; those that do not fit are left out.
        answers: where the answers come from, one a line. An empty line skips a question,
            the end of the file ends it.
        echo: whether to print the answers, for a transcript of piped input.
    """
    right = asked = skipped = 0
    for quantity, effect in _questions(rows):
        given = _answer(quantity, answers, echo=echo)
        if given is None:
            click.echo("")
            break
        expected = right_answer(quantity, effect)
        if given == "":
            skipped += 1
            click.echo(f"  skipped: {_steps(quantity, effect)}")
            continue
        asked += 1
        if given == expected:
            right += 1
            click.echo("  right")
            continue
        assert isinstance(given, int)
        slip = diagnose(quantity, effect, given)
        click.echo(f"  {slip.sentence if slip else 'no: ' + _steps(quantity, effect)}")
    click.echo("")
    click.echo(f"{right} of {asked} right" + (f", {skipped} skipped" if skipped else ""))


def _questions(rows: Iterable[Row]) -> Iterator[tuple[Quantity, Effect]]:
    """Every question; the layer is introduced before its first one."""
    for row in rows:
        if row.effect is None:
            continue
        click.echo("")
        click.echo(f"{row.name}  ({format_layer(row.layer)})  receives {row.effect.input}")
        asks: tuple[Quantity, ...] = ("W2", "H2", "D2", "parameters")
        for quantity in asks if isinstance(row.effect.output, Volume) else asks[-1:]:
            yield quantity, row.effect


def _answer(quantity: Quantity, answers: TextIO, *, echo: bool) -> int | str | None:
    """A number; "" for a question to skip; None at the end of the input."""
    for _ in range(_TRIES):
        click.echo(f"  {quantity} = ", nl=False)
        line = answers.readline(_LONGEST)
        if not line:
            return None
        typed = line.strip()
        if echo:
            click.echo(typed if typed.isprintable() else "…")
        if not typed:
            return ""
        try:
            return read_number(typed)
        except NotANumber as error:
            click.echo(f"  {error}")
    return ""


def _steps(quantity: Quantity, effect: Effect) -> str:
    """The way to the right answer."""
    texts = formula(effect)
    steps = {
        "W2": texts.width,
        "H2": texts.height,
        "D2": texts.depth,
        "parameters": texts.parameters,
        "macs": texts.macs,
    }[quantity]
    answer = f"{right_answer(quantity, effect):,}"
    return steps if f"= {answer}" in steps else f"{quantity} = {answer}"
