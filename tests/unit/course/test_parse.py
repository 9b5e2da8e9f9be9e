"""Reading a lesson file: its parts, and every problem at its line."""

from __future__ import annotations

import pickle

import pytest

from tests.unit.course.conftest import FRONT, Find, Make
from tui.course import (
    CalculatorBlock,
    ChoiceBlock,
    CodeBlock,
    LessonError,
    PredictBlock,
    Prose,
    TrainBlock,
    parse_lesson,
)
from tui.geometry import Conv2D, Pair, Volume

PREDICT = """```predict
id = "width"
input = "5x5x1"
layer = "conv:k=1,f=3"
asks = "W2"
prompt = "How wide?"
hints = ["Count."]
```
"""


def test_a_lesson_has_pages_with_parts_in_order(lesson_of: Make) -> None:
    lesson = lesson_of(
        "# One\nWords.\n\n" + PREDICT + "\nMore words.\n\n---\n\n# Two\n"
        '```calculator\ninput = "7x7x1"\nlayer = "conv:k=1,f=3"\nfixed = ["K", "P"]\n```\n'
        "```code\nprint(1)\n```\n"
        '```train\nid = "go"\nprompt = "Watch."\n```\n'
        '```choice\nid = "why"\nprompt = "Why?"\noptions = ["This", "That"]\nanswer = 2\n'
        'why = ["no", "yes"]\n```\n'
    )
    assert (lesson.number, lesson.id, lesson.title, lesson.minutes) == (1, "made", "Made", 3)
    assert lesson.skills == ("testing",)
    one, two = lesson.pages
    assert (one.heading, two.heading) == ("One", "Two")
    words, predict, more = one.parts
    assert words == Prose("Words.", 9)
    assert more == Prose("More words.", 20)
    assert isinstance(predict, PredictBlock)
    assert (predict.id, predict.asks, predict.hints, predict.line) == (
        "width",
        "W2",
        ("Count.",),
        11,
    )
    assert predict.network.input == Volume(5, 5, 1)
    calculator, code, train, choice = two.parts
    assert isinstance(calculator, CalculatorBlock)
    assert calculator.layer == Conv2D(1, Pair(3, 3))
    assert calculator.fixed == ("K", "P")
    assert isinstance(code, CodeBlock) and code.source == "print(1)"
    assert isinstance(train, TrainBlock) and train.id == "go"
    assert isinstance(choice, ChoiceBlock) and choice.answer == 2
    assert lesson.questions == (predict, choice)


def test_a_fence_without_a_word_is_a_picture_in_the_prose(lesson_of: Make) -> None:
    lesson = lesson_of("# A\n\n````\n---\n# no heading\n```\n````\n\n```text\nx\n```\n")
    assert len(lesson.pages) == 1
    (prose,) = lesson.pages[0].parts
    assert isinstance(prose, Prose)
    assert prose.markdown == "````\n---\n# no heading\n```\n````\n\n```text\nx\n```"


def test_line_ends_and_a_byte_order_mark_do_not_matter() -> None:
    text = "\N{BYTE ORDER MARK}" + (FRONT + "# A\n\nWords.\n\n" + PREDICT).replace("\n", "\r\n")
    (page,) = parse_lesson(text, "folder/12-made.md").pages
    assert [part.line for part in page.parts] == [10, 12]


def test_control_characters_never_leave_a_lesson(lesson_of: Make) -> None:
    lesson = lesson_of(
        "# A\x1b[2J\n\nWor\x1b]0;x\x07ds\nand \x9bmore\n\n"
        + PREDICT.replace('"How wide?"', '"How\\u001b[2J\\n wide?"')
        + '```code\nx = "\x7f"\n```\n'
    )
    page = lesson.pages[0]
    prose, predict, code = page.parts
    assert isinstance(prose, Prose) and isinstance(predict, PredictBlock)
    assert isinstance(code, CodeBlock)
    assert prose.markdown == "Wor␛]0;x␇ds\nand �more"
    assert predict.prompt == "How␛[2J wide?"
    for text in (page.heading, prose.markdown, predict.prompt, code.source):
        assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 for c in text if c != "\n")


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ("Words first.\n", 8, "no heading"),
        ("\n\n" + PREDICT, 10, "no heading"),
        ("# A\nx\n---\n---\n# B\nx\n", 11, "a page is empty"),
        ("# A\nx\n# B\n", 10, "second heading"),
        ("# A\n```predcit\n```\n", 9, "did you mean predict?"),
        ("# A\n```predict\nid = 1\n", 9, "never closed"),
        ("# A\nx\n```\nx\n", 9, "never closed"),
        ("# A\n" + PREDICT.replace('"W2"', "W2"), 13, "not TOML"),
        ("# A\n" + PREDICT.replace('asks = "W2"\n', ""), 9, "asks is missing"),
        ("# A\n" + PREDICT.replace("W2", "mac"), 13, "did you mean macs?"),
        ("# A\n" + PREDICT.replace("5x5x1", "5x5"), 11, "lacks the depth"),
        ("# A\n" + PREDICT.replace("conv", "cnov"), 12, "did you mean conv?"),
        ("# A\n" + PREDICT.replace("f=3", "f=9"), 12, "does not fit"),
        ("# A\n" + PREDICT.replace("conv:k=1,f=3", "flatten"), 13, "has no W2"),
        ("# A\n" + PREDICT.replace("hints", "hnits"), 15, "did you mean hints?"),
        ("# A\n" + PREDICT.replace('"width"', '"The Width"'), 10, "small letters"),
        ("# A\n" + PREDICT.replace('["Count."]', '["a", "b", "c", "d", "e"]'), 15, "has 5"),
        ("# A\n" + PREDICT.replace("hints", "answer = 3\nhints"), 15, "calculated"),
        ("# A\n" + PREDICT + "\n---\n# B\n" + PREDICT, 20, "used in line 9"),
        (
            '# A\n```calculator\ninput = "5x5x1"\nlayer = "conv:k=1,f=3"\nfixed = ["k"]\n```',
            12,
            "K",
        ),
        ("# A\n```code\nx = 1\ny = (\n```\n", 11, "not Python"),
    ],
)
def test_each_problem_is_said_at_its_line(
    problems_of: Find, body: str, line: int, words: str
) -> None:
    problems = problems_of(body)
    assert [problem.line for problem in problems] == [line], problems
    assert words in problems[0].sentence


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("answer = 1", "answer = 3", "from 1 to 2"),
        ("answer = 1", "answer = true", "from 1 to 2"),
        ('["yes", "no"]', '["yes"]', "has 1 texts"),
        ('["yes", "no"]', '["yes", "no", "no"]', "3 sentences for 2 options"),
        ('["A", "B"]', '["A", "A"]', "twice"),
        ('["A", "B"]', '["3", "1,000"]', "predict block"),
        ('["A", "B"]', "4", "list of texts"),
    ],
)
def test_a_choice_must_make_sense(problems_of: Find, old: str, new: str, words: str) -> None:
    body = (
        '# A\n```choice\nid = "c"\nprompt = "?"\noptions = ["A", "B"]\nanswer = 1\n'
        'why = ["yes", "no"]\n```\n'
    )
    assert problems_of(body) == ()
    problems = problems_of(body.replace(old, new))
    assert words in " ".join(problem.sentence for problem in problems)


def test_all_problems_are_found_at_once_in_order(problems_of: Find) -> None:
    problems = problems_of(
        "# A\n" + PREDICT.replace("W2", "W9").replace("width", "W") + "---\n# B\n```what\n```\n"
    )
    assert [problem.line for problem in problems] == [10, 13, 19]


def test_front_matter_is_checked() -> None:
    def problems(text: str, file: str = "01-made.md") -> list[tuple[int, str]]:
        with pytest.raises(LessonError) as caught:
            parse_lesson(text, file)
        return [(problem.line, problem.sentence) for problem in caught.value.problems]

    body = "# A\nx\n"
    assert "begin with a line of +++" in problems(body)[0][1]
    assert "begin with a line of +++" in problems("")[0][1]
    assert "end its front matter" in problems("+++\nid = 1\n")[0][1]
    assert problems(FRONT.replace("minutes = 3", "minutes = -3") + body)[0][0] == 5
    assert problems(FRONT.replace("title", "titel") + body)[1] == (
        3,
        "front matter: titel is not a known key: did you mean title? "
        "Known are: id, minutes, remember, skills, summary, title.",
    )
    assert problems(FRONT.replace('"made"', "made") + body)[0][0] == 2
    assert "call the file NN-slug.md" in problems(FRONT + body, "made.md")[0][1]


@pytest.mark.parametrize(
    "value", ["9" * 5000, "[" * 3000, '"\\ud800"', "1979-05-27", "nan", "{a={b={}}}", '"""\n"""']
)
def test_hostile_toml_is_a_problem_and_no_crash(problems_of: Find, value: str) -> None:
    assert problems_of("# A\n" + PREDICT.replace('"How wide?"', value))


def test_an_error_names_file_and_line_and_survives_pickling() -> None:
    with pytest.raises(LessonError) as caught:
        parse_lesson("x", "dir/01-a.md")
    assert str(caught.value).startswith("dir/01-a.md:1: ")
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.problems == caught.value.problems
