"""Charts to choose from, predictions of a training, and lines of code to correct."""

from __future__ import annotations

import pytest

from tests.unit.course.conftest import Find, Make
from tui.course import ChoiceBlock, Curve, ExpectBlock, FixBlock, judge, solution_steps
from tui.course.lesson.questions import LineSlip
from tui.geometry.errors import shown

CHARTS = """# A
```choice
id = "c"
prompt = "Which?"
charts = [
  {loss = [0.9, 0.4, 0.2], val_loss = [0.8, 0.6, 0.7]},
  {loss = [0.9, 0.8, 0.7]},
]
answer = 2
why = ["no", "yes"]
```
"""
EXPECT = """# A
```expect
id = "e"
prompt = "Which is higher?"
options = ["accuracy", "val_accuracy"]
training = "t"
```

---

# B
```train
id = "t"
prompt = "Watch."
```
"""


def test_charts_are_options(lesson_of: Make) -> None:
    (question,) = lesson_of(CHARTS).questions
    assert isinstance(question, ChoiceBlock)
    assert question.options == ("chart a", "chart b")
    first, second = question.charts
    assert first == (Curve("loss", (0.9, 0.4, 0.2)), Curve("val_loss", (0.8, 0.6, 0.7)))
    assert second == (Curve("loss", (0.9, 0.8, 0.7)),)
    assert judge(question, "b").correct and not judge(question, "1").correct


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("{loss = [0.9, 0.8, 0.7]},", "", "has 1 tables: write 2 to 4"),
        ("{loss = [0.9, 0.8, 0.7]},", "{},", "has 0 curves in chart 2"),
        ("{loss = [0.9, 0.8, 0.7]},", "7,", "write a list of tables"),
        ("val_loss", "val_los", "did you mean val_loss?"),
        ("[0.9, 0.8, 0.7]", "[0.9]", "write 2 to 100 numbers"),
        ("[0.9, 0.8, 0.7]", "[0.9, nan]", "write 2 to 100 numbers"),
        ("[0.9, 0.8, 0.7]", "[0.9, true]", "write 2 to 100 numbers"),
        ("[0.9, 0.8, 0.7]", '"falling"', "write 2 to 100 numbers"),
        ("answer", 'options = ["x", "y", "z"]\nanswer', "has 2 charts for 3 options"),
    ],
)
def test_what_is_wrong_with_charts(problems_of: Find, old: str, new: str, words: str) -> None:
    problems = problems_of(CHARTS.replace(old, new, 1))
    assert any(words in one.sentence for one in problems), problems


def test_any_prediction_is_taken_and_none_is_right_or_wrong(lesson_of: Make) -> None:
    (question,) = lesson_of(EXPECT).questions
    assert isinstance(question, ExpectBlock) and question.training == "t"
    for answer in ("a", "2", "val_accuracy"):
        verdict = judge(question, answer)
        assert verdict.correct and verdict.sentence.startswith("Kept.")
    assert not judge(question, "c").understood
    assert "right or wrong" in solution_steps(question)[0]


def test_a_prediction_is_about_a_later_training_of_its_lesson(problems_of: Find) -> None:
    (problem,) = problems_of(EXPECT.replace('training = "t"', 'training = "tt"'))
    assert "did you mean t?" in problem.sentence and problem.line == 9
    (problem,) = problems_of(EXPECT.split("---")[0])
    assert "put a train block after it" in problem.sentence
    problems = problems_of(EXPECT.replace("training =", "answer = 1\ntraining ="))
    assert any("Remove it" in one.sentence for one in problems)


FIX = FixBlock(
    "f",
    "It is not called.",
    ("class Stop(keras.callbacks.Callback):",),
    "    def at_end(self, epoch, logs=None):",
    ("        print(logs)",),
    ("    def on_epoch_end(self, epoch, logs=None):", 'f(x, loss="mse", epochs=5)'),
    (LineSlip("forgot-self", "def on_epoch_end(epoch, logs=None):", "self is missing."),),
    "Keras calls it by this name.",
)


@pytest.mark.parametrize(
    "line",
    [
        "def on_epoch_end(self, epoch, logs=None):",
        "  def on_epoch_end( self,epoch,logs = None ) :  # now it is called",
        "f(x, epochs=5, loss='mse')",
        "f(x, epochs=5.0, loss='mse')",
    ],
)
def test_a_line_that_means_the_same_is_right(line: str) -> None:
    assert judge(FIX, line).correct


def test_wrong_lines_are_told_apart_and_nothing_is_run() -> None:
    slip = judge(FIX, "def on_epoch_end(epoch, logs=None):")
    assert (slip.correct, slip.slip, slip.sentence) == (False, "forgot-self", "self is missing.")
    assert judge(FIX, FIX.wrong).sentence == "That is the line as it stands: change it."
    other = judge(FIX, "__import__('os').abort()")
    assert other.understood and not other.correct and other.slip is None
    for text in ("def on_epoch_end(self", "(" * 150, "x" * 201, "", "a\x00b", "x = 1; y = ("):
        verdict = judge(FIX, text)
        assert not verdict.understood and not verdict.correct, shown(text)
        assert verdict.sentence.endswith((".", "line."))
