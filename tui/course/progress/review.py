"""What to practise today: due and weak skills first, then new ones in the course's order."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from tui.course.drills import SKILLS, Drill, make_drill
from tui.course.progress.learner_progress import ProgressView
from tui.course.progress.leitner_boxes import SkillState, due

DAILY = 10
"""Drills in a day's set: about five minutes."""
_EACH = 2
"""Drills of one skill in a set, while there are others; weak and new ones take so many."""


def daily_set(view: ProgressView, now: float, seed: int, count: int = DAILY) -> tuple[Drill, ...]:
    """Return the drills of a day.

    Args:
        view: the learner's progress.
        now: seconds since 1970.
        seed: any whole number; the same one makes the same set of the same progress.
        count: how many.

    Returns:
        The drills: no skill thrice in a row, no two of a skill nearly alike.
    """
    chosen: list[str] = []
    for skill in itertools.chain(_planned(view.skills, now), itertools.cycle(SKILLS)):
        if len(chosen) == count:
            break
        if chosen[-2:] != [skill, skill]:
            chosen.append(skill)
    return drill_set(tuple(chosen), view.skills, seed)


def drill_set(
    skills: tuple[str, ...], states: Mapping[str, SkillState], seed: int
) -> tuple[Drill, ...]:
    """Return a drill for each named skill, at the learner's level.

    Args:
        skills: of :data:`tui.course.SKILLS`, one for each drill.
        states: the learner's; a skill that is not in it begins at level 1.
        seed: any whole number.
    """
    made: list[Drill] = []
    for index, skill in enumerate(skills):
        state = states.get(skill, SkillState(skill))
        avoid = [drill.key for drill in made if drill.skill == skill]
        made.append(make_drill(skill, state.level, seed * 1009 + index, avoid))
    return tuple(made)


def _planned(states: Mapping[str, SkillState], now: float) -> Iterator[str]:
    """Yield every skill, at least once: due ones, new ones, then what comes due next."""
    waiting = [skill for skill in due(states, now) if skill in SKILLS]
    for skill in waiting:
        yield from [skill] * (_EACH if states[skill].weak else 1)
    for skill in SKILLS:
        if skill not in states:
            yield from [skill] * _EACH
    later = [state for skill, state in states.items() if skill in SKILLS and skill not in waiting]
    later.sort(key=lambda state: (state.due_at, state.skill))
    yield from (state.skill for state in later)
