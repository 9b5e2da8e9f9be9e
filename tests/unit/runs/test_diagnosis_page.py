"""The page about the rules says the thresholds that are used."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.runs.diagnosis import thresholds as rules
from tui.runs.diagnosis import time_shares as times
from tui.runs.diagnosis.divergence import RECENT
from tui.runs.network_check import pixel_range
from tui.runs.network_check.unusual import SURE
from tui.runs.settings.learning_rates import FAR_TOO_HIGH, FAR_TOO_LOW, RATES

PAGE = " ".join((Path(__file__).parents[3] / "docs" / "diagnosis.md").read_text().split())


adam, sgd = RATES["adam"], RATES["sgd"]


@pytest.mark.parametrize(
    "said",
    [
        f"lies {rules.DIVERGED_TIMES:g} times above its lowest value",
        f"by at least {rules.DIVERGED_RISE:g} of the loss of guessing",
        f"and {rules.NOISE_TIMES:g} times the noise",
        f"above {rules.FAR_ABOVE_GUESSING:g} times the loss of guessing",
        f"less than {rules.MIN_EPOCHS} whole epochs",
        f"{rules.OVERFITTING_EPOCHS} epochs or more ago",
        f"at least {100 * rules.OVERFITTING_RISE:g} % of that",
        f"by {rules.OVERFITTING_MIN_RISE:g} of the loss of guessing",
        f"lies {rules.GAP:.2f} above validation accuracy",
        f"has risen by {rules.GAP_GROWTH:g} since epoch n",
        f"lost less than {100 * rules.FALLING:g} %",
        f"from {rules.SLOW_EPOCHS} epochs on",
        f"for {rules.PLATEAU_EPOCHS} epochs or more",
        f"not improved by {100 * rules.PLATEAU_MARGIN:g} %",
        f"by {rules.PLATEAU_MIN_MARGIN:g} of the loss of guessing",
        f"for {rules.MIN_EPOCHS} epochs training accuracy was less than a tenth",
        f"has risen by {rules.RISING_ACCURACY:g} meanwhile",
        f"up to more than {pixel_range.LARGEST:g}",
        f"more than half of the last {RECENT} epochs",
        f"more than {pixel_range.LARGEST:g} from 0",
        f"by less than 1/{1 / pixel_range.LEAST_SPREAD:g} there",
        f"or of more than {FAR_TOO_LOW:g} times less",
        f"{adam.usual:g} for `rmsprop` and `adam`, {sgd.usual:g} for `sgd`",
        f"raised to {rules.RAISED_RATE:g} times",
        f"more than {FAR_TOO_HIGH:g} times the usual",
        f"a probability below {SURE:g}",
        f"above {adam.highest:g} and below {adam.lowest:f} for `rmsprop` and `adam`",
        f"above {sgd.highest:g} and below {sgd.lowest:.5f} for `sgd`",
        f"waiting takes {100 * times.LOADING_SHARE:g} % or more",
        f"when it takes {100 * times.COMPUTING_SHARE:g} % or less",
        f"named from {100 * times.VALIDATION_SHARE:g} % of the whole on",
        f"saving from {100 * times.SAVING_SHARE:g} %",
    ],
)
def test_a_threshold_stands_on_the_page_as_it_is(said: str) -> None:
    assert said in PAGE


def test_the_words_of_the_page_hold_for_the_rest() -> None:
    assert RATES["rmsprop"] == RATES["adam"]
    assert (rules.UNDERFITTING_SKILL, rules.NOTHING_SKILL, rules.NOISE_SHARE) == (0.5, 0.1, 0.1)
