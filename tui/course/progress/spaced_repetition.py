"""Spaced repetition: which skills are due, and the drills of a day.

Each skill is in one of five Leitner boxes. The boxes are not stored but computed from all
answers in order, so that two windows open at once agree on them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from tui.course.drills.make_drill import SKILLS, Drill, make_drill

INTERVALS = (0, 1, 3, 7, 16)
"""Days until a skill is due again, for the boxes 1 to 5."""
DAY = 86_400.0
_LEVELS = 5
_IN_A_ROW = 2
"""Right answers in a row that raise a skill's level, wrong ones that lower it."""


@dataclass(frozen=True, slots=True)
class DrillAnswer:
    """The answer to a drill.

    Args:
        skill: of the drill.
        level: of the drill, 1 to 5.
        seed: makes it again.
        correct: whether the answer was right.
        slip: that was recognised; None when none was.
        at: in seconds since 1970.
    """

    skill: str
    level: int
    seed: int
    correct: bool
    slip: str | None
    at: float


@dataclass(frozen=True, slots=True)
class SkillState:
    """A learner's progress with one skill.

    Args:
        skill: its name.
        box: the Leitner box, 1 to 5; a wrong answer moves the skill to box 1, a right one moves
            it up when it is due.
        level: of the next drill, 1 to 5.
        tries: the number of drills that were answered.
        right: the number of right answers.
        streak: right answers in a row at this level, below 0 wrong ones.
        last: the time of the last answer, in seconds since 1970.
        since: when the box was entered or confirmed; its interval starts then.
    """

    skill: str
    box: int = 1
    level: int = 1
    tries: int = 0
    right: int = 0
    streak: int = 0
    last: float = 0.0
    since: float = 0.0

    @property
    def due_at(self) -> float:
        """The time when it is due again, in seconds since 1970."""
        return self.since + INTERVALS[self.box - 1] * DAY

    @property
    def weak(self) -> bool:
        """Whether the last answers were wrong: it is back in box 1."""
        return self.box == 1 and self.tries > 0


def skill_states(answers: Iterable[DrillAnswer]) -> Mapping[str, SkillState]:
    """Return the state of every skill that was ever drilled.

    Args:
        answers: in the order of time.
    """
    states: dict[str, SkillState] = {}
    for answer in answers:
        before = states.get(answer.skill, SkillState(answer.skill))
        states[answer.skill] = after_answer(before, answer)
    return states


def after_answer(state: SkillState, answer: DrillAnswer) -> SkillState:
    """Return the state after one more answer.

    Args:
        state: the state before.
        answer: the answer.

    A right answer moves the skill up one box only when it was due. Practice before that changes
    only the level; otherwise ten drills in an evening would postpone a skill for weeks.

    >>> first = after_answer(SkillState("stride"), DrillAnswer("stride", 1, 7, True, None, 100.0))
    >>> first.box, first.due_at == 100.0 + DAY
    (2, True)
    """
    box, since = state.box, state.since
    if not answer.correct:
        box, since = 1, answer.at
    elif answer.at >= state.due_at:
        box, since = min(box + 1, len(INTERVALS)), answer.at
    streak = max(state.streak, 0) + 1 if answer.correct else min(state.streak, 0) - 1
    level = state.level
    if abs(streak) >= _IN_A_ROW:
        level = min(max(level + (1 if streak > 0 else -1), 1), _LEVELS)
        streak = 0
    return replace(
        state,
        box=box,
        level=level,
        tries=state.tries + 1,
        right=state.right + answer.correct,
        streak=streak,
        last=answer.at,
        since=since,
    )


def due(states: Mapping[str, SkillState], now: float) -> tuple[str, ...]:
    """Return the skills that are due: weak ones first, then by box and by date.

    Args:
        states: from :func:`skill_states`.
        now: seconds since 1970.
    """
    waiting = [state for state in states.values() if state.due_at <= now]
    waiting.sort(key=lambda state: (not state.weak, state.box, state.due_at, state.skill))
    return tuple(state.skill for state in waiting)


DAILY = 10
"""Drills in a day's set: about five minutes."""
_EACH = 2
"""Drills in a set for a weak or new skill, while there are other skills."""


def daily_set(
    states: Mapping[str, SkillState], now: float, seed: int, count: int = DAILY
) -> tuple[Drill, ...]:
    """Return the drills of a day.

    Args:
        states: the learner's, from :func:`skill_states`.
        now: seconds since 1970.
        seed: any whole number; the same seed and progress make the same set.
        count: of drills.

    Returns:
        The drills: no skill three times in a row, no two similar drills of a skill.
    """
    chosen: list[str] = []
    for skill in itertools.chain(_planned(states, now), itertools.cycle(SKILLS)):
        if len(chosen) == count:
            break
        if chosen[-2:] != [skill, skill]:
            chosen.append(skill)
    return drill_set(tuple(chosen), states, seed)


def drill_set(
    skills: tuple[str, ...], states: Mapping[str, SkillState], seed: int
) -> tuple[Drill, ...]:
    """Return a drill at the learner's level for each skill.

    Args:
        skills: of :data:`tui.course.SKILLS`, one for each drill.
        states: the learner's; a skill that is missing begins at level 1.
        seed: any whole number.
    """
    made: list[Drill] = []
    for index, skill in enumerate(skills):
        state = states.get(skill, SkillState(skill))
        avoid = [drill.key for drill in made if drill.skill == skill]
        made.append(make_drill(skill, state.level, seed * 1009 + index, avoid))
    return tuple(made)


def _planned(states: Mapping[str, SkillState], now: float) -> Iterator[str]:
    """Yield every skill at least once: due ones, new ones, then those due next."""
    waiting = [skill for skill in due(states, now) if skill in SKILLS]
    for skill in waiting:
        yield from [skill] * (_EACH if states[skill].weak else 1)
    for skill in SKILLS:
        if skill not in states:
            yield from [skill] * _EACH
    later = [state for skill, state in states.items() if skill in SKILLS and skill not in waiting]
    later.sort(key=lambda state: (state.due_at, state.skill))
    yield from (state.skill for state in later)
