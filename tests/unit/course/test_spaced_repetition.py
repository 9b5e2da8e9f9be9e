"""What is due: boxes, levels and the day's set."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.course import DAILY, INTERVALS, SKILLS, DrillAnswer, LearnerProgress, SkillState, daily_set
from tui.course.drills.drill_questions import nearly_same
from tui.course.progress.spaced_repetition import DAY, after_answer, due, skill_states


def answered(correct: bool, at: float, skill: str = "stride") -> DrillAnswer:
    return DrillAnswer(skill, 1, 0, correct, None, at)


def test_right_moves_up_when_due_and_wrong_back_to_the_first() -> None:
    state, now = SkillState("stride"), 1000.0
    for box, days in zip((2, 3, 4, 5, 5), INTERVALS[1:] + INTERVALS[-1:], strict=True):
        state = after_answer(state, answered(True, now))
        assert (state.box, state.due_at) == (box, now + days * DAY)
        early = after_answer(state, answered(True, now + days * DAY - 1))
        assert (early.box, early.due_at) == (state.box, state.due_at)
        now = state.due_at
    state = after_answer(state, answered(False, now))
    assert (state.box, state.due_at, state.weak) == (1, now, True)
    state = after_answer(state, answered(True, now + 1))
    assert (state.box, state.weak) == (2, False)


def test_the_level_rises_with_success_and_falls_with_failure() -> None:
    state = SkillState("stride")
    levels = []
    for correct in (True, True, True, False, True, True, False, False, False, False, False):
        state = after_answer(state, answered(correct, 1.0))
        levels.append(state.level)
    assert levels == [1, 2, 2, 2, 2, 3, 3, 2, 2, 1, 1]
    for _ in range(30):
        state = after_answer(state, answered(True, 1.0))
    assert state.level == 5


def test_what_is_due_comes_weak_first_then_longest_overdue() -> None:
    answers = [
        answered(True, 0, "depth"),
        answered(True, 10, "macs"),
        answered(False, 5 * DAY, "stride"),
        answered(True, 5 * DAY, "fits"),
    ]
    assert due(skill_states(answers), 5 * DAY) == ("stride", "depth", "macs")
    assert due(skill_states(answers), 6 * DAY) == ("stride", "depth", "macs", "fits")


def test_the_first_day_begins_with_the_course() -> None:
    drills = daily_set({}, 0.0, 1)
    assert len(drills) == DAILY
    assert list(dict.fromkeys(drill.skill for drill in drills)) == list(SKILLS[:5])
    assert {drill.level for drill in drills} == {1}
    assert drills == daily_set({}, 0.0, 1)
    assert drills != daily_set({}, 0.0, 2)


def test_a_day_takes_up_what_was_weak_and_what_is_due() -> None:
    answers = [answered(True, 0, "depth"), answered(True, 1, "depth")]
    answers += [answered(False, 2 * DAY, "macs"), answered(True, 2 * DAY, "fits")]
    view = LearnerProgress(skills=skill_states(answers))
    skills = [drill.skill for drill in daily_set(view.skills, 2 * DAY, 4)]
    assert skills[:3] == ["macs", "macs", "depth"]
    assert "fits" not in skills
    depth = next(drill for drill in daily_set(view.skills, 2 * DAY, 4) if drill.skill == "depth")
    assert depth.level == 2


states = st.lists(
    st.tuples(st.sampled_from([*SKILLS, "gone"]), st.booleans(), st.integers(0, 30)), max_size=60
)


@settings(max_examples=60, deadline=None)
@given(history=states, now=st.integers(0, 40), seed=st.integers(0, 10_000))
def test_any_day_has_its_ten_and_never_one_thrice(
    history: list[tuple[str, bool, int]], now: int, seed: int
) -> None:
    answers = [answered(correct, day * DAY, skill) for skill, correct, day in history]
    drills = daily_set(skill_states(answers), now * DAY, seed)
    assert len(drills) == DAILY
    skills = [drill.skill for drill in drills]
    assert all(len(set(skills[index : index + 3])) > 1 for index in range(len(skills) - 2))
    for one, other in pairwise(drills):
        assert one.skill != other.skill or not nearly_same(one.key, other.key)


@pytest.mark.parametrize("count", [1, 25, 60])
def test_a_set_may_have_any_length(count: int) -> None:
    assert len(daily_set({}, 0.0, 1, count)) == count
