"""What is typed for a running training, read and said back."""

from __future__ import annotations

import pytest

from tui.common.stop_rule import COURSE_RULE, SpecError, StopRule
from tui.runs.control.control_file import Control
from tui.runs.control.typed_changes import (
    StopConditions,
    parse_epochs,
    parse_learning_rate,
    parse_stop_conditions,
    parse_total_epochs,
    stop_conditions,
)
from tui.runs.events.run_progress import RunProgress

RAN = RunProgress(
    epoch=5,
    epoch_numbers=[1, 2, 3, 4, 5],
    history={"accuracy": [0.5, 0.6, 0.7, 0.8, 0.9], "val_loss": [0.5, 0.4, 0.5, 0.6, 0.7]},
)


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (("accuracy > 0.65", ""), "after epoch 3"),
        (("never", "2"), "Patience 2: would have stopped after epoch 4."),
        (("accuracy > 0.65", "1"), "accuracy > 0.65: would have stopped after epoch 3."),
        (("", ""), "Stops when all epochs are done."),
    ],
    ids=["rule", "patience", "both", "neither"],
)
def test_a_rule_is_held_against_what_was_measured(texts: tuple[str, str], words: str) -> None:
    assert words in parse_stop_conditions(texts, RAN)[1]


def test_a_patience_that_is_used_up_says_that_it_ends_a_training_that_goes_on() -> None:
    ends = "It ends after the present epoch unless val_loss falls below 0.4000 there."
    assert parse_stop_conditions(["never", "3"], RAN, live=True)[1].endswith(ends)
    assert ends not in parse_stop_conditions(["never", "5"], RAN, live=True)[1]
    assert ends not in parse_stop_conditions(["never", "3"], RAN)[1]


def test_before_the_first_epoch_a_rule_is_only_said_back() -> None:
    wanted, words = parse_stop_conditions(["val_loss<0.2", "1"], RunProgress())
    assert wanted == StopConditions(StopRule("val_loss", "<", 0.2), 1)
    assert words == "Stops when val_loss < 0.2 or val_loss has not improved for 1 epoch."


@pytest.mark.parametrize("text", ["", "x", "-3", "0", "1.5", "1e3", "²", "9" * 30, "100001"])
def test_what_is_no_number_of_epochs_says_what_is(text: str) -> None:
    with pytest.raises(SpecError, match="1 to 100,000"):
        parse_epochs([text], RAN)
    with pytest.raises(SpecError):
        parse_total_epochs(text, 5)


@pytest.mark.parametrize("text", ["", "fast", "0", "-1", "nan", "inf", "101"])
def test_what_is_no_learning_rate_says_so(text: str) -> None:
    with pytest.raises(SpecError, match="for example"):
        parse_learning_rate([text], 0.001)


def test_a_request_counts_before_the_spec_and_none_leaves_it() -> None:
    other = StopRule("val_loss", "<", 0.1)
    assert stop_conditions(None, Control()) == StopConditions()
    assert stop_conditions(None, Control(stop_rule=other, patience=3)) == StopConditions(other, 3)
    assert (
        stop_conditions(None, Control(stop_rule=COURSE_RULE, no_stop_rule=True)) == StopConditions()
    )


def test_a_rate_is_reported_beside_the_present_one() -> None:
    assert parse_learning_rate(["0.002"], 0.001) == (
        0.002,
        "2 times the present 0.001; in force from the next batch on.",
    )
    assert parse_learning_rate(["0.0005"], 0.001)[1].startswith("0.5 times the present 0.001;")
    # As a trainer tells it that has it in 32 bits.
    assert parse_learning_rate(["0.001"], 0.0010000000474974513)[1] == "as it is now."
    assert parse_total_epochs("7", 5) == (7, "2 more epochs.")
