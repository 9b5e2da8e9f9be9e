"""Reading the blocks for settings, chains, trainings and pictures: what is right, what is said."""

from __future__ import annotations

import pytest

from tests.unit.course.conftest import Find, Make
from tui.course import (
    ChainBlock,
    LearnerProgress,
    LookBlock,
    Part,
    QuestionProgress,
    SolveBlock,
    TrainBlock,
    WriteBlock,
    lesson_mark,
    page_rows,
)
from tui.geometry import Activation, MaxPool2D, Pair

SOLVE = """```solve
id = "s"
prompt = "Which?"
input = "227x227x3"
layer = "conv:k=96,f=11"
goal = "55x55"
free = ["S", "P"]
hints = ["Go on."]
```
"""
CHAIN = """```chain
id = "c"
prompt = "How wide?"
network = "150x150x3 conv:k=16,f=3 maxpool:f=2 flatten dense:k=1"
asks = "W2"
```
"""
TRAIN = """```train
id = "t"
prompt = "Watch."
```
"""
LOOK = """```look
prompt = "Look."
picture = "flower"
filters = ["blur", "sobel-x"]
then = "activation:a=relu maxpool:f=2"
```
"""


def only(lesson_of: Make, body: str) -> Part:
    """Return the one part of a lesson of one page."""
    (page,) = lesson_of("# A\n" + body).pages
    (part,) = page.parts
    return part


def test_settings_to_find(lesson_of: Make) -> None:
    block = only(lesson_of, SOLVE)
    assert isinstance(block, SolveBlock)
    assert (block.goal, block.depth, block.free, block.strict) == ((55, 55), None, ("S", "P"), True)
    assert (block.hints, block.line) == (("Go on.",), 9)
    deep = only(lesson_of, SOLVE.replace("55x55", "55×55 x 96").replace('["S"', '["K", "S"'))
    assert isinstance(deep, SolveBlock) and (deep.depth, deep.free[0]) == (96, "K")


@pytest.mark.parametrize(
    ("given", "free"), [("conv:k=96", '"F", "S"'), ("conv", '"K", "F"'), ("maxpool", '"F"')]
)
def test_what_is_free_need_not_be_given(lesson_of: Make, given: str, free: str) -> None:
    text = SOLVE.replace("conv:k=96,f=11", given).replace('"S", "P"', free)
    goal = "227x227x3" if given == "maxpool" else "225x225x96" if "K" in free else "55x55"
    assert isinstance(only(lesson_of, text.replace("55x55", goal)), SolveBlock)


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('"55x55"', '"54x54"', 14, "no S from 1 to 16 and P from 0 to 15 leads from 227×227×3"),
        ('"55x55"', '"227x55"', 14, "cannot be reached"),
        ('"55x55"', '"55"', 14, "width and height that are wanted"),
        ('"55x55"', '"0x0"', 14, "width and height that are wanted"),
        ('"55x55"', '"55x55x95"', 14, "cannot be reached"),
        ('["S", "P"]', '["S", "D"]', 15, "has 'D'"),
        ('["S", "P"]', '["S", "S"]', 15, "twice"),
        ('["S", "P"]', "[]", 15, "has 0 texts"),
        ('["S", "P"]', '["K"]', 14, "lacks the depth"),
        ("conv:k=96,f=11", "flatten", 13, "has 'S', which Flatten does not have"),
        ("conv:k=96,f=11", "conv:f=11", 13, "lacks filters"),
        ("conv:k=96,f=11", "conv:k=96,f=x", 13, "not a whole number"),
        ("227x227x3", "227x227", 12, "lacks the depth"),
        ("hints =", "strict = 1\nhints =", 16, "true or false"),
        ("hints =", 'answer = "4 0"\nhints =', 16, "does not belong in solve"),
        ("hints =", "hnits =", 16, "did you mean hints?"),
        ('"s"', '"S"', 10, "small letters"),
    ],
)
def test_what_is_wrong_with_settings_to_find(
    problems_of: Find, old: str, new: str, line: int, words: str
) -> None:
    text = SOLVE.replace(old, new)
    if "K" in new:
        text = text.replace("55x55", "217x217")
    if "flatten" in new:
        line = 15
    (problem,) = problems_of("# A\n" + text)
    assert (problem.line, words in problem.sentence) == (line, True), problem


def test_a_goal_that_only_rounding_reaches_says_so(problems_of: Find, lesson_of: Make) -> None:
    text = SOLVE.replace("55x55", "54x54").replace("f=11", "f=12").replace('"S", "P"', '"S"')
    (problem,) = problems_of("# A\n" + text)
    assert "Rounding down does: write strict = false" in problem.sentence
    assert only(lesson_of, text.replace("hints", "strict = false\nhints"))


def test_a_chain(lesson_of: Make) -> None:
    block = only(lesson_of, CHAIN)
    assert isinstance(block, ChainBlock)
    assert (block.rows, block.asks, len(block.effects)) == ((1, 2), "W2", 4)
    for asks, rows in (("parameters", (1, 2, 3, 4)), ("receptive-field", (1, 2)), ("D2", (1, 2))):
        block = only(lesson_of, CHAIN.replace('"W2"', f'"{asks}"'))
        assert isinstance(block, ChainBlock) and block.rows == rows
    block = only(lesson_of, CHAIN.replace("asks", "rows = [2, 1]\nasks"))
    assert isinstance(block, ChainBlock) and block.rows == (1, 2)


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('"W2"', '"W2"\nrows = [5]', 14, "has 5: use numbers from 1 to 4"),
        ('"W2"', '"W2"\nrows = [0]', 14, "has 0"),
        ('"W2"', '"W2"\nrows = ["1"]', 14, "list of whole numbers"),
        ('"W2"', '"W2"\nrows = []', 14, "list of whole numbers"),
        ('"W2"', '"W2"\nrows = [1, 1]', 14, "each layer once"),
        ('"W2"', '"W2"\nrows = [1, 3]', 14, "has 3, where W2 has no answer: Flatten puts out"),
        ('"W2"', '"receptive-field"\nrows = [4]', 14, "no common receptive field"),
        ('"W2"', '"width"', 13, "is 'width'"),
        ("conv:k=16,f=3 maxpool:f=2", "", 13, "has no answer in any layer"),
        ("f=3 ", "f=3x5 ", 13, ""),
        ("f=3 ", "f=151 ", 12, "does not fit"),
        ("conv:k=16,f=3", "cnov", 12, "did you mean conv?"),
        ('asks = "W2"', 'asks = "W2"\nanswer = 3', 14, "does not belong in chain"),
    ],
)
def test_what_is_wrong_with_a_chain(
    problems_of: Find, old: str, new: str, line: int, words: str
) -> None:
    body = "# A\n" + CHAIN.replace(old, new)
    if new == "f=3x5 ":  # a field that is not square has no one number
        body = body.replace('"W2"', '"receptive-field"')
        words = "has no answer in any layer: the receptive field of conv2d is 3×5"
    (problem,) = problems_of(body)
    assert (problem.line, words in problem.sentence) == (line, True), problem


def test_a_training(lesson_of: Make) -> None:
    assert only(lesson_of, TRAIN) == TrainBlock("t", "Watch.", line=9)
    more = (
        'data = "own"\nnetwork = "conv:k=16,f=3 flatten dense:k=1"\nepochs = 3\n'
        'stop = "val_loss<0.1"\nshares = [0.1, 1]\nseed = 0\nexplain = "So."\n```'
    )
    block = only(lesson_of, TRAIN.removesuffix("```\n") + more + "\n")
    assert isinstance(block, TrainBlock)
    assert (block.data, block.epochs, block.stop, block.shares) == (
        "own",
        3,
        "val_loss < 0.1",
        (0.1, 1.0),
    )
    assert (block.network, block.seed) == ("conv:k=16,f=3 flatten dense:k=1", 0)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ('data = "cats"', "is 'cats'"),
        ('network = "conv:k=16,f=9"', "does not fit"),
        ('network = "8x8x1 cnov"', "did you mean conv?"),
        ('network = "8x8x1"', "has no layer"),
        ("epochs = 0", "from 1 to 100"),
        ("epochs = 5.0", "from 1 to 100"),
        ('stop = "soon"', "not a stop rule"),
        ('stop = "accurcy > 0.9"', "did you mean accuracy?"),
        ('stop = "accuracy > 99.7"', "99.7 % is written 0.997"),
        ('stop = "accuracy == 1"', "not a stop rule"),
        ("shares = [0]", "above 0 and up to 1"),
        ("shares = [1.5]", "above 0 and up to 1"),
        ("shares = [1.0, 1]", "different shares"),
        ("shares = []", "1 to 5"),
        ("shares = 0.5", "1 to 5"),
        ("shares = [nan]", "above 0"),
        ("seed = -1", "whole number"),
        ("hints = []", "hints is not a known key"),
    ],
)
def test_what_is_wrong_with_a_training(problems_of: Find, key: str, words: str) -> None:
    (problem,) = problems_of("# A\n" + TRAIN.removesuffix("```\n") + key + "\n```\n")
    assert (problem.line, words in problem.sentence) == (12, True), problem


def test_a_picture(lesson_of: Make) -> None:
    block = only(lesson_of, LOOK)
    assert isinstance(block, LookBlock)
    assert (block.id, block.picture, block.filters) == ("", "flower", ("blur", "sobel-x"))
    assert block.then == (Activation("relu"), MaxPool2D(Pair(2, 2)))


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('"flower"', '"cat"', 11, "is 'cat'"),
        ('"blur"', '"blurr"', 12, "did you mean blur?"),
        ('"blur"', '"sobel-x"', 12, "twice"),
        ('["blur", "sobel-x"]', "[]", 12, "has 0 texts"),
        ("activation:a=relu", "conv:k=1,f=3", 13, "layers without weights"),
        ("activation:a=relu", "actvation", 13, "did you mean activation?"),
        ("maxpool:f=2", "maxpool:f=99", 13, "does not fit"),
    ],
)
def test_what_is_wrong_with_a_picture(
    problems_of: Find, old: str, new: str, line: int, words: str
) -> None:
    (problem,) = problems_of("# A\n" + LOOK.replace(old, new))
    assert (problem.line, words in problem.sentence) == (line, True), problem


def test_a_page_has_one_question(problems_of: Find) -> None:
    (problem,) = problems_of("# A\n" + SOLVE + CHAIN)
    assert problem.line == 18 and "second question" in problem.sentence


def test_ids_of_all_kinds_are_told_apart(problems_of: Find) -> None:
    (problem,) = problems_of("# A\n" + SOLVE + "---\n# B\n" + TRAIN.replace('"t"', '"s"'))
    assert "used in line 9" in problem.sentence


def test_how_many_rows_the_widgets_take(lesson_of: Make) -> None:
    rows = {SOLVE: 7, CHAIN: 8, TRAIN: 12, LOOK: 12}
    for body, wanted in rows.items():
        assert page_rows(lesson_of("# A\n" + body).pages[0]) == wanted


def test_a_choice_may_have_hints(lesson_of: Make) -> None:
    (question,) = lesson_of(
        '# A\n```choice\nid = "c"\nprompt = "?"\noptions = ["A", "B"]\nanswer = 1\n'
        'why = ["yes", "no"]\nhints = ["Think."]\n```\n'
    ).questions
    assert question.hints == ("Think.",)


def test_a_write_block_names_an_exercise(lesson_of: Make) -> None:
    lesson = lesson_of('# A\n```write callback\ntitle = "Once more"\n```\nWords behind it.\n')
    (task,) = lesson.tasks
    assert isinstance(task, WriteBlock)
    assert (task.id, task.title, task.line) == ("callback", "Once more", 9)
    assert task.exercise.title == "A callback that stops the training"
    assert lesson.questions == ()  # it is no question that is answered with a line
    assert page_rows(lesson.pages[0]) == 14
    assert lesson_mark(lesson, LearnerProgress()) == "·"
    done = {("made", "callback"): QuestionProgress(True, 1, None, 1.0)}
    assert lesson_mark(lesson, LearnerProgress(answered=done)) == "✓"


def test_a_write_block_brings_no_program_of_its_own(problems_of: Find) -> None:
    """A lesson of somebody else's runs nothing but what this program holds."""
    body = '# A\n```write callback\nprogram = "import os"\ncheck = "True"\n```\n'
    first, second = problems_of(body)
    assert (first.line, second.line) == (10, 11)
    assert "belongs to the exercise" in first.sentence


@pytest.mark.parametrize(
    ("fence", "words"),
    [
        ("write", "names no exercise: put one behind the word, such as ```write generator"),
        ("write calback", "did you mean callback?"),
        ("write ../../etc/passwd", "known are: generator, flow"),
        ("writ callback", "did you mean write?"),
    ],
)
def test_an_exercise_that_the_program_does_not_hold(
    fence: str, words: str, problems_of: Find
) -> None:
    (problem,) = problems_of(f"# A\nWords.\n```{fence}\n```\n")
    assert problem.line == 10
    assert words in problem.sentence


def test_a_page_has_one_question_or_one_program(problems_of: Find) -> None:
    (problem,) = problems_of("# A\n```write callback\n```\n" + SOLVE)
    assert "second question" in problem.sentence
    (problem,) = problems_of("# A\n```write fit\n```\n---\n# B\n```write fit\n```\n")
    assert "used in line 9" in problem.sentence
