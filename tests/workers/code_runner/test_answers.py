"""Every exercise: solved rightly in several ways, and with each mistake that is recognised."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.workers.code_runner.answers import RIGHT, SLIPS
from tui.code_client.messages import Judged, RunProgram
from tui.code_runner.checks import CHECKS
from tui.code_runner.pictures import lay_pictures
from tui.code_runner.run_program import judge_program
from tui.course import slip_label
from tui.course.exercises import EXERCISES, fill_in


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay the pictures once for all programs."""
    folder = tmp_path_factory.mktemp("laid")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNN_TUI_HOME", str(tmp_path_factory.mktemp("kept")))
        lay_pictures(folder)
    return folder


def judged(name: str, answer: str, folder: Path) -> Judged:
    """Run an answer in this process, in a folder with pictures."""
    program = fill_in(EXERCISES[name], answer)
    return judge_program(
        RunProgram(name, program.text, program.first, program.count, str(folder), ""),
        pictures=False,
    )


@pytest.fixture
def folder(laid: Path, tmp_path: Path) -> Path:
    """Return a program's own folder, with pictures."""
    place = tmp_path / "program"
    shutil.copytree(laid, place)
    return place


def test_every_exercise_has_a_check_a_second_right_way_and_slips() -> None:
    assert set(EXERCISES) == set(CHECKS) == set(RIGHT) == set(SLIPS)
    assert len(EXERCISES) >= 12
    assert all(RIGHT.values()) and all(SLIPS.values())
    # What the list of lessons says of a mistake is more than a word.
    for slip in {slip for wrong in SLIPS.values() for slip, _ in wrong}:
        assert " " in slip_label(slip), slip


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        pytest.param(name, answer, id=f"{name}-{number}")
        for name, exercise in EXERCISES.items()
        for number, answer in enumerate((exercise.solution, *RIGHT[name]))
    ],
)
def test_a_right_answer_counts_in_any_spelling(name: str, answer: str, folder: Path) -> None:
    found = judged(name, answer, folder)
    assert found.correct, found
    assert found.counts and found.sentence and not found.slip


@pytest.mark.parametrize(
    ("name", "slip", "answer"),
    [
        pytest.param(name, slip, answer, id=f"{name}-{slip}-{number}")
        for name, wrong in SLIPS.items()
        for number, (slip, answer) in enumerate(wrong)
    ],
)
def test_a_mistake_is_recognised(name: str, slip: str, answer: str, folder: Path) -> None:
    found = judged(name, answer, folder)
    assert not found.correct, found
    assert found.slip == slip, found
    assert found.counts and found.sentence
