"""`cnn-tui drills`: a set of exercises on standard input."""

from __future__ import annotations

import datetime
import time
from typing import TextIO

import click

from tui.cli.complete import complete_skill
from tui.cli.lessons.ask_question import Score, ask, standard_input
from tui.common.text import clean
from tui.course import (
    DAILY,
    SKILLS,
    Drill,
    Question,
    Verdict,
    daily_set,
    drill_set,
    read_progress,
    record_drill,
    skill_title,
)
from tui.geometry.errors import did_you_mean


@click.command()
@click.option(
    "--skill",
    shell_complete=complete_skill,
    help="Only this skill; without it, skills that are due and new ones.",
)
@click.option(
    "--count", type=click.IntRange(1, 200), default=DAILY, show_default=True, help="How many."
)
@click.option(
    "--seed", type=click.IntRange(0, 2**53), help="The same seed gives the same exercises."
)
def drills(skill: str | None, count: int, seed: int | None) -> None:
    """Practise with generated exercises, as plain text.

    Answers are read from standard input, one per line: h gives a hint, x shows the answer, an
    empty line skips. Skills answered wrongly come back sooner, those answered rightly get harder.

    \b
    For example:
      cnn-tui drills
      cnn-tui drills --skill parameters --count 5
    """
    if skill is not None and skill not in SKILLS:
        raise click.UsageError(
            f"There are no drills for {clean(skill, 40)!r}: {did_you_mean(skill, SKILLS)}."
        )
    view = read_progress()
    if view.message:
        click.echo(view.message, err=True)
    if seed is None:
        # The day's set stays the same until one of its drills is answered.
        seed = datetime.date.today().toordinal() * 10_000 + view.drills
    if skill is not None:
        chosen = drill_set((skill,) * count, view.skills, seed)
    else:
        chosen = daily_set(view.skills, time.time(), seed, count)
    score = Score()
    answers = standard_input()
    for number, drill in enumerate(chosen, start=1):
        words = skill_title(drill.skill)
        click.echo(f"\nDrill {number} of {len(chosen)}: {words}, level {drill.level}")
        _ask(drill, answers, score)
        if score.ended:
            click.echo("The input has ended here.")
            break
    click.echo(f"\n{score}")


def _ask(drill: Drill, answers: TextIO, score: Score) -> None:
    first = True

    def save(question: Question, verdict: Verdict, typed: str) -> str:
        # Only the first try counts; later ones are for learning.
        nonlocal first
        if not first:
            return ""
        first = False
        return record_drill(drill.skill, drill.level, drill.seed, verdict.correct, verdict.slip)

    ask(drill.question, answers, score, save)
