"""Stop rules and the limits of a training."""

from __future__ import annotations

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.datasets import LoaderSettings
from tui.runs.settings.spec import METRICS, SpecError, StopRule, TrainingSpec, share_name, share_of


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("accuracy>0.997", StopRule("accuracy", ">", 0.997)),
        ("  val_loss  <=  1e-2 ", StopRule("val_loss", "<=", 0.01)),
        ("loss<0.1", StopRule("loss", "<", 0.1)),
        ("val_accuracy >= 1", StopRule("val_accuracy", ">=", 1.0)),
        ("loss<100", StopRule("loss", "<", 100.0)),
        ("", None),
        ("  ", None),
        ("never", None),
        (" None ", None),
        ("NEVER", None),
    ],
)
def test_a_rule_is_read(text: str, rule: StopRule | None) -> None:
    assert StopRule.parse(text) == rule


@pytest.mark.parametrize(
    ("text", "value", "cure"),
    [
        ("soon", "soon", "accuracy>0.997"),
        ("accuracy", "accuracy", "accuracy>0.997"),
        ("accuracy>", "accuracy>", "accuracy>0.997"),
        (">0.9", ">0.9", "accuracy>0.997"),
        ("accuracy=0.9", "accuracy=0.9", "accuracy>0.997"),
        ("acuracy>0.9", "acuracy", "accuracy, loss, val_accuracy, val_loss"),
        ("Accuracy>0.9", "Accuracy", "accuracy, loss, val_accuracy, val_loss"),
        ("accuracy>high", "high", "accuracy>0.997"),
        ("accuracy>>0.9", ">0.9", "accuracy>0.997"),
        ("accuracy>99.7%", "99.7%", "accuracy>0.997"),
        ("accuracy>99.7", "99.7", "0.997"),
        ("val_accuracy<-0.1", "-0.1", "between 0 and 1"),
        ("loss<nan", "nan", "val_loss<0.1"),
        ("loss<-inf", "-inf", "val_loss<0.1"),
    ],
)
def test_what_is_no_rule_is_named_with_its_cure(text: str, value: str, cure: str) -> None:
    with pytest.raises(SpecError) as caught:
        StopRule.parse(text)
    assert value in str(caught.value)
    assert cure in str(caught.value)


@given(st.text(max_size=60))
def test_no_text_breaks_the_parser(text: str) -> None:
    try:
        StopRule.parse(text)
    except SpecError as error:
        assert str(error).isprintable()


@given(
    st.sampled_from(METRICS),
    st.sampled_from([">", ">=", "<", "<="]),
    st.floats(0, 1, allow_nan=False),
)
def test_a_rule_reads_back_what_it_writes(metric: str, sign: str, value: float) -> None:
    rule = StopRule.parse(f"{metric}{sign}{value!r}")
    assert rule is not None
    assert rule.value == value
    assert StopRule.parse(str(rule)) == rule


@pytest.mark.parametrize(
    ("rule", "measured", "met"),
    [
        ("accuracy>0.5", 0.5, False),
        ("accuracy>0.5", 0.51, True),
        ("accuracy>=0.5", 0.5, True),
        ("accuracy>=0.5", 0.49, False),
        ("loss<0.5", 0.5, False),
        ("loss<0.5", 0.49, True),
        ("loss<=0.5", 0.5, True),
        ("loss<=0.5", 0.51, False),
        ("loss<=0.5", None, False),
    ],
)
def test_a_rule_is_met(rule: str, measured: float | None, met: bool) -> None:
    parsed = StopRule.parse(rule)
    assert parsed is not None
    assert parsed.met_by({parsed.metric: measured}) is met


def test_a_metric_that_is_missing_never_meets_a_rule() -> None:
    assert not StopRule("val_loss", "<", 1e9).met_by({"loss": 0.0})
    assert not StopRule("val_loss", "<", 1e9).met_by({})


@pytest.mark.parametrize(
    ("changes", "value", "cure"),
    [
        ({"epochs": 0}, "0 epochs", "1 to 100,000"),
        ({"epochs": -3}, "-3 epochs", "1 to 100,000"),
        ({"epochs": 100_001}, "100001 epochs", "1 to 100,000"),
        ({"learning_rate": 0.0}, "rate of 0", "0.001"),
        ({"learning_rate": -1.0}, "rate of -1", "0.001"),
        ({"learning_rate": 101.0}, "rate of 101", "0.001"),
        ({"learning_rate": math.nan}, "rate of nan", "0.001"),
        ({"learning_rate": math.inf}, "rate of inf", "0.001"),
        ({"seed": -1}, "seed -1", "0 to 4294967295"),
        ({"seed": 2**32}, "seed 4294967296", "0 to 4294967295"),
        ({"share": 0.0}, "share of 0 ", "0.1 for a tenth"),
        ({"share": -0.5}, "share of -0.5 ", "above 0 to 1"),
        ({"share": 1.01}, "share of 1.01 ", "above 0 to 1"),
        ({"share": 10.0}, "share of 10 ", "0.1 for a tenth"),
        ({"share": math.nan}, "share of nan ", "above 0 to 1"),
    ],
)
def test_a_value_beyond_its_limits_is_named_with_its_cure(
    changes: dict[str, float], value: str, cure: str, spec: TrainingSpec
) -> None:
    with pytest.raises(SpecError) as caught:
        msgspec.structs.replace(spec, **changes)
    assert value in str(caught.value)
    assert cure in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"epochs": 1},
        {"epochs": 100_000},
        {"learning_rate": 1e-9},
        {"learning_rate": 100.0},
        {"seed": 0},
        {"seed": 2**32 - 1},
        {"share": 1e-9},
    ],
)
def test_the_limits_themselves_are_allowed(changes: dict[str, float], spec: TrainingSpec) -> None:
    assert msgspec.structs.replace(spec, **changes) != spec


def test_the_limits_hold_for_a_spec_from_disk_too(spec: TrainingSpec) -> None:
    text = msgspec.json.encode(spec).replace(b'"epochs":4', b'"epochs":0')
    with pytest.raises(msgspec.ValidationError, match="0 epochs"):
        msgspec.json.decode(text, type=TrainingSpec)


def test_a_spec_comes_back_from_disk_as_it_was(spec: TrainingSpec) -> None:
    assert msgspec.json.decode(msgspec.json.encode(spec), type=TrainingSpec) == spec


def test_a_spec_from_before_there_were_shares_is_read(spec: TrainingSpec) -> None:
    fields = msgspec.json.decode(msgspec.json.encode(spec))
    del fields["share"], fields["origin"]
    assert msgspec.json.decode(msgspec.json.encode(fields), type=TrainingSpec) == spec
    assert (spec.share, spec.origin) == (1.0, "")


def test_a_training_has_the_courses_values_by_default(settings: LoaderSettings) -> None:
    spec = TrainingSpec(name="x", network="150x150x3 flatten dense:k=1", data=settings)
    assert (spec.optimizer, spec.learning_rate, spec.epochs) == ("rmsprop", 0.001, 15)
    assert str(spec.stop_rule) == "accuracy > 0.997"


shares = st.floats(0, 1, exclude_min=True, allow_nan=False)


@given(st.integers(1, 10**6), shares)
def test_a_share_is_near_and_never_empty_nor_more_than_there_is(images: int, share: float) -> None:
    count = share_of(images, share)
    assert 1 <= count <= images
    assert count == 1 or abs(count - share * images) <= 0.5


@given(st.integers(0, 10**6))
def test_the_whole_share_is_all(images: int) -> None:
    assert share_of(images, 1.0) == images


@given(st.integers(0, 1000), shares, shares)
def test_a_larger_share_is_never_fewer_images(images: int, one: float, two: float) -> None:
    low, high = sorted((one, two))
    assert share_of(images, low) <= share_of(images, high)


@pytest.mark.parametrize(
    ("share", "name"),
    [
        (1.0, "all"),
        (0.1, "1/10"),
        (0.33, "1/3"),
        (1 / 3, "1/3"),
        (0.66, "2/3"),
        (0.5, "1/2"),
        (0.05, "1/20"),
        (0.01, "1/100"),
        (0.137, "13.7 %"),
        (0.34, "34 %"),
    ],
)
def test_a_share_is_called_as_a_person_would(share: float, name: str) -> None:
    assert share_name(share) == name


@given(shares)
def test_every_share_has_a_short_name(share: float) -> None:
    assert len(share_name(share)) > 0 and "\n" not in share_name(share)
