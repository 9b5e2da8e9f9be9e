"""The code behind a page: valid Python for every page of the course."""

from __future__ import annotations

import ast

import pytest

from tests.unit.course.conftest import Make
from tui.course import TrainBlock, load_course, page_code, training_network
from tui.geometry import Dense, Volume, format_network, output_shape


def test_every_page_of_our_course_has_valid_code_or_none() -> None:
    some = 0
    for lesson in load_course().lessons:
        for page in lesson.pages:
            code = page_code(page)
            ast.parse(code)
            some += bool(code)
            assert len(code.splitlines()) < 70, (lesson.id, page.heading)
    assert some > 20


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            'calculator\ninput = "7x7x1"\nlayer = "conv:k=1,f=3"',
            "layers.Conv2D(filters=1, kernel_size=3)",
        ),
        (
            'predict\nid = "p"\nprompt = "?"\nnetwork = "9x9x1 conv:k=1,f=3 maxpool:f=2"\n'
            'asks = "W2"',
            "layers.MaxPooling2D(pool_size=2)",
        ),
        (
            'solve\nid = "s"\nprompt = "?"\ninput = "9x9x1"\nlayer = "conv:k=1,f=3"\n'
            'goal = "7x7"\nfree = ["S", "P"]',
            "# S and P are for you to find",
        ),
        (
            'chain\nid = "c"\nprompt = "?"\nnetwork = "9x9x1 conv:k=4,f=3"\nasks = "W2"',
            "filters=4",
        ),
        ("code\nprint(1)", "print(1)"),
        ('train\nid = "t"\nprompt = "?"', 'flow_from_directory("digits", subset="training"'),
    ],
)
def test_what_is_on_the_page_is_in_its_code(lesson_of: Make, body: str, words: str) -> None:
    page = lesson_of(f"# A\nx\n```{body}\n```\n").pages[0]
    code = page_code(page)
    assert words in code
    ast.parse(code)


def test_a_page_of_words_and_choices_has_none(lesson_of: Make) -> None:
    page = lesson_of(
        '# A\nx\n```choice\nid = "c"\nprompt = "?"\noptions = ["A", "B"]\nanswer = 1\n'
        'why = ["yes", "no"]\n```\n'
    ).pages[0]
    assert page_code(page) == ""


def test_a_training_says_its_rule_its_shares_and_its_labels(lesson_of: Make) -> None:
    page = lesson_of(
        '# A\n```train\nid = "t"\nprompt = "?"\ndata = "own"\nstop = "val_loss < 0.1"\n'
        "shares = [0.1, 1.0]\nepochs = 2\nseed = 7\n```\n"
    ).pages[0]
    code = page_code(page)
    ast.parse(code)
    for words in (
        'loss="binary_crossentropy"',
        "target_size=(150, 150)",
        'logs or {}).get("val_loss")',
        "value < 0.1",
        "callbacks=[StopWhen()]",
        "0.1, 1 of the training images",
        "epochs=2",
        "set_random_seed(7)",
        'flow_from_directory("your_folder"',
    ):
        assert words in code


@pytest.mark.parametrize(
    ("network", "data", "wanted"),
    [
        ("conv:k=4,f=3", "digits", "8x8x1 conv:k=4,f=3 flatten dense:k=10,a=softmax"),
        ("16x16x3 flatten", "own", "16x16x3 flatten dense:k=1,a=sigmoid"),
        ("flatten dense:k=3,a=softmax", "own", "150x150x3 flatten dense:k=3,a=softmax"),
    ],
)
def test_a_network_gets_the_ends_that_its_data_need(network: str, data: str, wanted: str) -> None:
    block = TrainBlock("t", "?", "own" if data == "own" else "digits", network)
    assert format_network(training_network(block)) == wanted


def test_without_a_network_the_one_that_suits() -> None:
    digits = training_network(TrainBlock("t", "?"))
    assert digits.input == Volume(8, 8, 1) and digits.layers[-1] == Dense(10, "softmax")
    own = training_network(TrainBlock("t", "?", "own"))
    assert own.input == Volume(150, 150, 3) and output_shape(own) is not None
