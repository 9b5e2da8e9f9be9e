"""Every exercise: solved rightly in several ways, and with each mistake that is recognised."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.workers.code_runner.right_answers import RIGHT
from tests.workers.code_runner.wrong_answers import SLIPS
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


@pytest.mark.many_cases
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


@pytest.mark.many_cases
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


_FLOW = 'generator.flow_from_directory(folder / "{}", (SIDE, SIDE), batch_size=BATCH{})'


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        ("notebook-pictures", "train = " + _FLOW.format("train", ', class_mode="binary"'),
         "use `validation`, and nothing has that name"),
        ("notebook-pictures", "train = " + _FLOW.format("train", ', class_mode="binary"')
         + "\nvalidation = " + _FLOW.format("validation", ""),
         "In the call for `validation`: The labels are pairs"),
        ("notebook-pictures", "train = " + _FLOW.format("train", "")
         + "\nvalidation = " + _FLOW.format("validation", ', class_mode="binary"'),
         "In the call for `train`: The labels are pairs"),
        ("stages", "network = 1", "use `model`"),
        ("same-layer", "network = 1", "use `layer`"),
        ("flow", 'train = generator.flow_from_directory("pictures/train", class_mode="binary", '
         'class_mode="binary")', "an argument is named twice"),
        ("callback", "x = 1\n" + "return x", "belong inside a function"),
        ("generator", "generator = ImageDataGenerator(rescale=1/255", "a bracket is missing"),
        ("generator", 'print("a)', "no closing quote"),
        ("formula", "if p\n    return 1", "needs a colon at its end"),
        ("formula", "if p:\nreturn 1", "has to be indented by four spaces"),
        ("early-stopping", 'stop = keras.callbacks.EarlyStopping(patience=3)',
         "The check called it with 9 made-up epochs"),
    ],
)  # fmt: skip
def test_a_sentence_says_what_is_meant(name: str, answer: str, words: str, folder: Path) -> None:
    assert words in judged(name, answer, folder).sentence


def test_what_a_check_makes_a_program_print_is_not_shown(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lines = "print('called with', size)\nreturn (size - f + 2 * p) // s + 1"
    assert judged("formula", lines, folder).correct
    assert capfd.readouterr().out.count("called with") == 3  # by the program itself


def test_a_warning_of_keras_does_not_bury_what_is_printed(
    folder: Path, recwarn: pytest.WarningsRecorder
) -> None:
    lines = (
        'import warnings\nwarnings.warn("mine")\nmodel = keras.Sequential([\n'
        '    keras.layers.Conv2D(16, 3, activation="relu", input_shape=(64, 64, 3))])'
    )
    judged("stages", lines, folder)
    shown = [str(one.message) for one in recwarn]
    assert "mine" in shown and not any("input_shape" in message for message in shown)


@pytest.mark.parametrize(
    "legend", ['plt.legend(["loss", "val_loss"])', 'plt.legend(labels=["loss", "val_loss"])',
               'plt.legend(lines, ["loss", "val_loss"])']
)  # fmt: skip
def test_a_name_from_the_legend_is_in_the_chart(
    legend: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lines = (
        'lines = plt.plot(history.history["loss"])\n'
        f'lines += plt.plot(history.history["val_loss"])\n{legend}'
    )
    assert judged("curves", lines, folder).correct
    shown = capfd.readouterr().out
    assert "[chart] loss:" in shown and "[chart] val_loss:" in shown and "no label" not in shown
