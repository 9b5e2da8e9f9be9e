"""Filters of runs as people write them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.runs.selection_runs import a_run
from tui.runs.events.run_setup import RunSetup
from tui.runs.selection.field_catalogue import FieldCatalogue
from tui.runs.selection.run_filter import FilterError, RunFilter, last_name
from tui.runs.settings.external_spec import ExternalSpec

NOW = datetime.now()


def ago(**age: float) -> str:
    return (NOW - timedelta(**age)).strftime("%Y-%m-%dT%H%M%S")


RUNS = {
    "course": a_run(
        "first",
        started="2025-03-04T161200",
        best={"accuracy": 0.95, "val_accuracy": 0.91, "val_loss": 0.31},
        last={"val_accuracy": 0.90, "val_loss": 0.45},
        learning_rate=0.001,
    ),
    "big": a_run(
        "big run",
        best={"accuracy": 0.85, "val_accuracy": 0.81, "val_loss": 0.5},
        learning_rate=0.01,
        optimizer="adam",
        network="64x64x3 conv:k=8,f=5,a=relu flatten dense:k=1,a=sigmoid",
        seed=7,
        state="died",
        note="kernels of 5",
        started=ago(hours=5),
    ),
    "part": a_run(
        "tag part",
        best={"accuracy": 0.7, "val_loss": None},
        learning_rate=0.0001,
        share=0.1,
        patience=4,
        state="stopped",
        data={"batch_size": 64, "target_size": (100, 150), "directory": "/images/digits/train"},
        started=ago(days=3),
        setup=RunSetup(keras="3.15", backend="tensorflow", device="NVIDIA H200", parameters=1_500),
    ),
    "script": a_run(
        "mine",
        best={"loss": 0.2, "train/f1 score": 0.6, "lr": 0.5},
        external=ExternalSpec(
            name="mine",
            source="script",
            path="/home/ada/train.py",
            arguments=("--width", "64", "--name=res net"),
            optimizer="RMSprop",
            learning_rate=0.02,
        ),
        state="running",
        started=ago(minutes=3),
    ),
}
CATALOGUE = FieldCatalogue(RUNS.values())
ALL = set(RUNS)


def found(text: str) -> set[str]:
    wanted = RunFilter(text, CATALOGUE)
    return {name for name, run in RUNS.items() if wanted.matches(run)}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ALL),
        ("   ", ALL),
        # settings
        ("lr>=0.001", {"course", "big", "script"}),
        ("lr >= 0.001", {"course", "big", "script"}),
        ("learning_rate<1e-3", {"part"}),
        ("Learning-Rate=.01", {"big"}),
        ("lr=0.001..0.01", {"course", "big"}),
        ("optimizer=adam,sgd", {"big"}),
        ("opt=RMSPROP", {"course", "part", "script"}),
        ("opt!=rmsprop", {"big"}),
        ("optimizer~ad", {"big"}),
        ("seed=7,42", {"course", "big", "part"}),
        ("seed!=42", {"big", "script"}),
        ("batch>32", {"part"}),
        ("bs=20", {"course", "big"}),
        ("share=1/10", {"part"}),
        ("share<50%", {"part"}),
        ("patience=none", {"course", "big", "script"}),
        ("patience!=none", {"part"}),
        ("size=64", {"course", "big"}),
        ("image_size=100x150", {"part"}),
        ("model~course", {"course", "part"}),
        ("model=own", {"big"}),
        ("model~conv:k=8", {"big"}),
        ('network~"f=5,a=relu flatten"', {"big"}),
        ("data~digits", {"part"}),
        ("dataset=digits", set()),
        ("data~images", {"course", "big", "part"}),
        ("params<10k", {"part"}),
        ("params>1,000", {"part"}),
        ("device~h200", {"part"}),
        ("backend=tensorflow", {"part"}),
        ("settings~1/10", {"part"}),
        ("epochs=10 done<5", ALL),
        # other people's programs
        ("source=script", {"script"}),
        ("script~train.py", {"script"}),
        ("arg.width>=64", {"script"}),
        ("width=64", {"script"}),
        ('arg.name="res net"', {"script"}),
        ("args~--width", {"script"}),
        # metrics
        ("val_accuracy>.9", {"course"}),
        ("val_acc>90%", {"course"}),
        ("acc<0.9", {"big", "part"}),
        ("last.val_accuracy>=.9 last.val_loss>.4", {"course"}),
        ("best.val_loss<0.4", {"course"}),
        ("val_loss=nan", {"part"}),
        ("val_loss<inf", {"course", "big"}),
        ("val_loss=none", {"script"}),
        ('"train/f1 score">0.5', {"script"}),
        ("train/f1 score", set()),
        ("best.lr=0.5", {"script"}),
        ("best>0.8", {"course", "big"}),
        ("best_metric=loss", {"script"}),
        # state and age
        ("state=died", {"big"}),
        ("state:died", {"big"}),
        ("status!=finished", {"big", "part", "script"}),
        ("state=stopped,died", {"big", "part"}),
        ("state=ended", {"course", "big", "part"}),
        ("state=live", {"script"}),
        ("state~epoch", {"big"}),
        ("age<1d", {"big", "script"}),
        ('age>"2 h"', {"course", "big", "part"}),
        ("age<10min", {"script"}),
        ("age<=3w", {"big", "part", "script"}),
        ("age>10y", set()),
        ("started=2025-03-04", {"course"}),
        ("started>=2025-03-04 started<2025-03-05", {"course"}),
        ("started=2025-03", {"course"}),
        ("started=2025", {"course"}),
        ('started="2025-03-04 16:12"', {"course"}),
        ("started<=2025-03-04", {"course"}),
        ("started<2025-03-04", set()),
        ("started>2025-03-04T16:12 name~first", set()),
        # names and words
        ("name~kernels", set()),
        ("name~run", {"big"}),
        ('name="big run"', {"big"}),
        ("kernels", {"big"}),
        ("KERNELS 5", {"big"}),
        ('"big run"', {"big"}),
        ("'big run'", {"big"}),
        ('"big  run"', set()),
        ("-tag", {"course", "big", "script"}),
        ("!tag", {"course", "big", "script"}),
        ("not tag", {"course", "big", "script"}),
        ('-"big run" -tag', {"course", "script"}),
        ("conv:k=8 ", None),
        ('"conv:k=8"', {"big"}),
        ("-state=died", {"course", "part", "script"}),
        ("--tag", {"part"}),
        ("note=none", {"course", "part", "script"}),
        # either
        ("state=died or state=stopped", {"big", "part"}),
        ("tag OR kernels", {"big", "part"}),
        ("tag | first", {"part", "course"}),
        ("lr>0.005 opt=adam or tag", {"big", "part"}),
        ("lr>0.005 (opt=adam or tag)", {"big"}),
        ("-(tag or kernels)", {"course", "script"}),
        ("opt=adam and seed=7", {"big"}),
        ("((tag))", {"part"}),
        ("lr>=0.001 val_accuracy>.9 model~course state=finished name~first -tag", {"course"}),
    ],
)
def test_a_filter_finds_what_it_says(text: str, names: set[str] | None) -> None:
    if names is None:
        with pytest.raises(FilterError, match="in quotes"):
            found(text)
    else:
        assert found(text) == names


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lr>=", "lr>= needs a value, as in lr>=0.001."),
        ("state=", "state= needs a value, as in state=died."),
        ("lr>fast", "learning_rate is a number, and 'fast' is none. Write for example"),
        ("lr>1 >2", "A name is missing before >."),
        ("larning_rate>1", "No run has a setting or metric 'larning_rate'. Did you mean learning_"),
        ("val_acuracy>1", "Did you mean val_accuracy"),
        ("last.val_los<1", "No run has a metric 'val_los'. Did you mean val_loss"),
        ("state=dyed", "'dyed' is no state: did you mean died?"),
        ("state<died", "state is a text and has no order"),
        ("optimizer>adam", "compare it with = != ~ (contains) or !~"),
        ("age<2", "'2' is no age. Write a number with a unit: age<30min, 5h, 2d, 3w."),
        ("age=2d", "compare it with < or >"),
        ("started>soon", "'soon' is no date. Write started>=2026-11-30"),
        ("started=2026-13", "'2026-13' is no date"),
        ("started~11", "started is a time"),
        ("val_loss<nan", "write val_loss=nan"),
        ("(tag", "A ) is missing."),
        ("tag or", "“or” stands between two conditions, and one is missing."),
        ("or tag", "“or” stands between two conditions, and one is missing."),
        ("tag -(", "A condition is missing."),
        ("not", "needs a condition after it"),
        ("()", "A condition is missing."),
        ("lr>1,2", "'1,2' is none"),
        ("age>2 h", "'2' is no age"),
        ("x" * 1001, "A filter may have 1000 characters, and this one 1001."),
        ("(" * 60 + "a" + ")" * 60, "More than 40 parentheses"),
        ("lr\x1b>1", "'lr␛'"),
    ],
)
def test_a_wrong_filter_is_a_sentence_with_the_cure(text: str, said: str) -> None:
    with pytest.raises(FilterError) as refused:
        RunFilter(text, CATALOGUE)
    assert said in str(refused.value)
    assert "\x1b" not in str(refused.value)


@given(st.text(max_size=40) | st.text(alphabet="ab lr><=~!-()\"',:.0or%", max_size=40))
def test_any_text_is_a_filter_or_a_sentence(text: str) -> None:
    try:
        wanted = RunFilter(text, CATALOGUE)
    except FilterError as error:
        assert str(error).endswith((".", "?", ")")) and "\x1b" not in str(error)
        return
    for run in RUNS.values():
        assert wanted.matches(run) in (True, False)


def test_many_signs_take_no_time_and_no_stack() -> None:
    for text in ("-" * 999 + "a", ":" * 999, "a:" * 499, "a or " * 199 + "a", "a=" + "1," * 490):
        try:
            RunFilter(text, CATALOGUE).matches(RUNS["big"])
        except FilterError as error:
            assert str(error)


def test_what_is_negated_passes_where_the_other_does_not() -> None:
    for text in ("lr>0.001", "state=died", "val_loss<.4", "model~conv", "age<1d", "tag"):
        assert found(f"-({text})") == ALL - found(text)


def test_a_word_that_is_a_metric_is_explained_where_it_finds_nothing() -> None:
    assert "write val_accuracy>0.9" in RunFilter("val_accuracy", CATALOGUE).hint()
    assert "write learning_rate>=0.001" in RunFilter("lr", CATALOGUE).hint()
    assert RunFilter("kernels", CATALOGUE).hint() == ""


@pytest.mark.parametrize(
    ("typed", "whole"),
    [
        ("learn", "learning_rate"),
        ("state=died val_a", "val_accuracy"),
        ("-last.val_l", "last.val_loss"),
        ("(opt", "optimizer"),
        ("arg.wi", "arg.width"),
        ("lr>", ""),
        ('"lear', ""),
        ("learning_rate", ""),
        ("zzz", ""),
        ("", ""),
    ],
)
def test_a_name_is_completed_at_the_end(typed: str, whole: str) -> None:
    name = last_name(typed)
    assert (CATALOGUE.complete(name) if name else "") == whole


def test_thousands_of_metrics_are_found_by_name() -> None:
    run = a_run(best={f"metric {n}": float(n) for n in range(10_000)})
    catalogue = FieldCatalogue([run])
    assert RunFilter('"metric 9999">9998', catalogue).matches(run)
    with pytest.raises(FilterError, match="No run has"):
        RunFilter("metrik>1", catalogue)


def test_the_small_network_is_found_by_its_earlier_name_too() -> None:
    run = a_run("tiny", data={"target_size": (28, 28)})
    for text in ("model=small", "model=digits", "model~digits"):
        assert RunFilter(text, FieldCatalogue([run])).matches(run), text
    assert not RunFilter("model=course", FieldCatalogue([run])).matches(run)
