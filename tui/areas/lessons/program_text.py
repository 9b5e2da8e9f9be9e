"""What a program to complete shows: numbered lines, the verdict, what was printed."""

from __future__ import annotations

from textual.content import Content
from textual.highlight import highlight

from tui.code_client.messages import RunResult
from tui.common.text import clean

NUMBERS = 4
"""Columns for the numbers of the lines."""


def numbered(code: str, first: int) -> Content:
    """Return highlighted Python with the numbers of its lines.

    Args:
        code: a part of a program.
        first: the number of its first line.
    """
    if not code:
        return Content("")
    count = code.removesuffix("\n").count("\n") + 1
    top = len(code) - len(code.lstrip("\n"))
    # Blank lines at the ends are lines too; the highlighter drops some of them.
    lines = [Content("")] * top + list(highlight(code.strip("\n"), language="python").split("\n"))
    lines += [Content("")] * (count - len(lines))
    return Content("\n").join(
        Content.assemble((f"{number:>{NUMBERS - 1}} ", "$text-muted"), line)
        for number, line in enumerate(lines[:count], start=first)
    )


def with_code(text: str, style: str = "") -> Content:
    """Return a sentence in which what stands between backticks is bold, without the backticks.

    Args:
        text: a sentence of ours; control characters in it become visible.
        style: of the rest of the sentence.

    >>> with_code("`train` has no name.").plain
    'train has no name.'
    """
    parts = clean(text).split("`")
    return Content("").join(
        Content.styled(part, f"{style} bold" if number % 2 else style)
        for number, part in enumerate(parts)
    )


def verdict_text(result: RunResult, after: str) -> Content:
    """Return what is said about a program.

    Args:
        result: what came of it.
        after: how to go on when it is right.
    """
    judged = result.judged
    if judged.correct:
        lines = [with_code(f"✓ {judged.sentence}", "$text-success")]
        return Content("\n").join([*lines, Content.styled(after, "$text-muted")])
    sign, style = ("✗", "$text-error") if judged.counts else ("…", "$text-warning")
    lines = [with_code(f"{sign} {judged.sentence}", style)]
    if judged.error:
        known = judged.program_line and f"line {judged.program_line}" not in judged.sentence
        where = f"line {judged.program_line}: " if known else ""
        lines.append(Content(f"{where}{clean(judged.error)}"))
    if judged.explanation:
        lines.append(with_code(judged.explanation))
    again = (
        "Try again; esc leaves the field, then h gives a hint, x shows the answer, and e opens the "
        "program in your editor."
    )
    return Content("\n").join([*lines, Content.styled(again, "$text-muted")])


def output_text(result: RunResult) -> Content | None:
    """Return what a program printed; None where it printed nothing."""
    if not result.output:
        return None
    head = Content.styled(f"It printed ({result.seconds:.1f} s):", "$text-muted")
    return Content("\n").join([head, Content("\n".join(map(clean, result.output.split("\n"))))])
