"""Learning-rate schedules: as they are typed, the rates that they give, and what is asked about."""

from __future__ import annotations

import json
import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.datasets import LoaderSettings
from tui.runs.settings.make_spec import make_spec, spec_findings
from tui.runs.settings.non_default import non_default_settings
from tui.runs.settings.pretrained import FineTuning, PretrainedBase
from tui.runs.settings.schedule_chart import schedule_lines, schedule_words
from tui.runs.settings.scheduled_rate import Phase, ScheduledRate, phases
from tui.runs.settings.schedules import KINDS, Schedule, parse_schedule, parse_schedules
from tui.runs.settings.setting_rows import setting_rows
from tui.runs.settings.spec import SpecError, TrainingSpec

PETS = LoaderSettings(directory="/data/pets", classes=("cats", "dogs"), target_size=(32, 32))


@pytest.mark.parametrize(
    ("typed", "schedule", "written"),
    [
        ("", Schedule(), "constant"),
        ("Constant", Schedule(), "constant"),
        ("cosine", Schedule("cosine"), "cosine"),
        ("cosine:", Schedule("cosine"), "cosine"),
        ("cosine:alpha=1/100", Schedule("cosine", alpha=0.01), "cosine:alpha=0.01"),
        ("step", Schedule("step"), "step:every=5,factor=0.5"),
        ("STEP : every = 3 , factor=.1", Schedule("step", every=3, factor=0.1), None),
        ("plateau:min_lr=1e-5", Schedule("plateau", min_lr=1e-5), None),
        ("warmup=3", Schedule(warmup=3), "warmup=3"),
        ("warmup:0.5 cosine", Schedule("cosine", warmup=0.5), "warmup=0.5 cosine"),
        ("cosine warmup=2", Schedule("cosine", warmup=2), "warmup=2 cosine"),
        ("warmup=2, cosine", Schedule("cosine", warmup=2), "warmup=2 cosine"),
        ("warmup=0 cosine", Schedule("cosine"), "cosine"),
    ],
)
def test_a_schedule_is_read_and_written(
    typed: str, schedule: Schedule, written: str | None
) -> None:
    assert parse_schedule(typed) == schedule
    if written is not None:
        assert str(schedule) == written


schedules = st.builds(
    Schedule,
    st.sampled_from(KINDS),
    warmup=st.sampled_from([0.0, 0.25, 1.0, 3.0]),
    every=st.integers(1, 30),
    factor=st.floats(0.01, 0.99),
    alpha=st.floats(0.0, 0.99),
    patience=st.integers(1, 9),
    min_lr=st.sampled_from([0.0, 1e-6, 0.00031]),
)


@given(schedules)
def test_what_is_written_is_read_again(schedule: Schedule) -> None:
    again = parse_schedule(str(schedule))
    assert str(again) == str(schedule)
    for done in (0.0, 0.3, 2.0, 7.5, 12.0):
        assert again.rate(0.01, done, 12) == schedule.rate(0.01, done, 12)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("cosin", ["'cosin' is not a learning-rate schedule", "Did you mean cosine?"]),
        ("0.5", ["'0.5' is not a learning-rate schedule", "step:every=5,factor=0.5"]),
        ("cosine step", ["cosine and step are two schedules", "'warmup=2 cosine'"]),
        ("warmup=1 warmup=2", ["second warm-up"]),
        ("step:evry=3", ["no setting 'evry'", "Did you mean every?"]),
        ("constant:factor=0.5", ["constant has no setting 'factor': it has no settings"]),
        ("step:every=0", ["every=0 cannot be", "1 to 100,000"]),
        ("step:every=2.5", ["every=2.5 cannot be"]),
        ("step:every=5,every=6", ["step has every twice"]),
        ("step:factor=1", ["factor=1 does not lower the rate"]),
        ("plateau:factor=0", ["factor=0 does not lower the rate"]),
        ("plateau:patience=-1", ["patience=-1 cannot be"]),
        ("plateau:min_lr=-0.1", ["min_lr=-0.1 is not a lowest learning rate"]),
        ("cosine:alpha=1", ["alpha=1 is not a share"]),
        ("cosine:alpha=nan", ["'nan' is not a number"]),
        ("warmup=soon", ["'soon' is not a number", "warmup=2"]),
        ("warmup=-1", ["warmup=-1 cannot be"]),
        ("warmup=1e9", ["warmup=1e+09 cannot be"]),
        ("warmup", ["warmup has no value"]),
        ("step:every=", ["every has no value", "step:every=5"]),
        ("step:every=1/0", ["every: "]),
        ("cos\x1b[2J", ["'cos␛[2J'"]),
    ],
)
def test_what_is_no_schedule_is_said_with_the_cure(typed: str, words: list[str]) -> None:
    with pytest.raises(SpecError) as error:
        make_spec("pets", PETS, schedule=typed)
    for word in words:
        assert word in str(error.value)


def test_several_are_separated_by_semicolons() -> None:
    assert parse_schedules("cosine; step ;cosine") == ("cosine", "step:every=5,factor=0.5")


@given(schedules, st.floats(0, 15), st.floats(0, 15))
def test_a_rate_is_never_above_what_it_starts_from(
    schedule: Schedule, done: float, other: float
) -> None:
    since, later = sorted((done, other))
    assert 0 <= schedule.rate(0.1, done, 15) <= 0.1
    # Nor above one that was set by hand, which is in force exactly.
    assert schedule.rate(0.02, since, 15, since) == pytest.approx(0.02)
    assert 0 <= schedule.rate(0.02, later, 15, since) <= 0.02 * (1 + 1e-9)


def test_the_rates_of_each_kind() -> None:
    step = parse_schedule("warmup=1 step:every=2,factor=0.1")
    assert [step.rate(1.0, done, 9) for done in (0, 0.5, 1, 2.9, 3, 5)] == pytest.approx(
        [0, 0.5, 1, 1, 0.1, 0.01]
    )
    cosine = parse_schedule("cosine:alpha=0.1")
    assert cosine.rate(1.0, 3, 12) == pytest.approx(0.9 * 0.5 * (1 + math.cos(math.pi / 4)) + 0.1)
    assert cosine.rate(1.0, 20, 12) == pytest.approx(0.1), "longer than was planned"
    assert parse_schedule("plateau").rate(1.0, 7, 12) == 1.0


def test_the_epochs_that_are_wanted_now_count() -> None:
    epochs = 10
    rate = ScheduledRate(parse_schedule("cosine"), [Phase(0.01)], lambda: epochs)
    assert rate.at(10) == pytest.approx(0.0)
    epochs = 20
    assert rate.at(10) == pytest.approx(0.005)


def test_a_rate_by_hand_ends_a_warm_up_and_the_rest_goes_on_from_it() -> None:
    rate = ScheduledRate(parse_schedule("warmup=2 cosine"), [Phase(0.01)], lambda: 10)
    rate.set_by_hand(0.02, 0)
    assert [rate.at(done) for done in (0, 1, 2)] == pytest.approx([0, 0.01, 0.02]), "before it"
    rate.set_by_hand(0.004, 1)
    assert [rate.at(done) for done in (1, 2)] == pytest.approx([0.004, 0.004])
    assert [rate.at(done) for done in (6, 10)] == pytest.approx([0.002, 0.0])
    rate.set_by_hand(0.003, 6)
    assert rate.at(6) == pytest.approx(0.003) and rate.at(10) == pytest.approx(0.0)


def test_a_rate_by_hand_after_the_end_of_a_cosine_stays() -> None:
    rate = ScheduledRate(parse_schedule("cosine"), [Phase(0.01)], lambda: 4)
    rate.set_by_hand(0.003, 4)
    assert [rate.at(done) for done in (4, 5, 6)] == [0.003] * 3


def test_a_plateau_waits_for_the_warm_up_and_spares_a_rate_set_at_that_moment() -> None:
    rate = ScheduledRate(
        parse_schedule("warmup=2 plateau:patience=2,min_lr=0.003"), [Phase(0.01)], lambda: 20
    )
    told = [rate.epoch_ended(0.5, done) for done in (1, 2, 3, 4)]
    assert told == [None] * 4, "the warm-up does not count, and the third is the first loss"
    assert rate.epoch_ended(0.49995, 5) == pytest.approx(0.005), "no better by 0.0001"
    rate.set_by_hand(0.02, 7)
    assert rate.epoch_ended(0.6, 6) is None
    assert rate.epoch_ended(0.6, 7) is None and rate.at(7) == pytest.approx(0.02)
    assert [rate.epoch_ended(0.6, done) for done in (8, 9)][1] == pytest.approx(0.01)
    assert [rate.epoch_ended(None, done) for done in (10, 11, 12)] == [None] * 3, "not measured"
    for done in range(10, 30):
        rate.epoch_ended(0.6, done)
    assert rate.at(30) == pytest.approx(0.003), "its floor"


def test_its_state_is_json_and_goes_on_as_it_was() -> None:
    def fresh() -> ScheduledRate:
        return ScheduledRate(parse_schedule("warmup=1 plateau:patience=2"), parts, lambda: 20)

    parts = [Phase(0.01, end=6), Phase(0.001, 6)]
    first = fresh()
    first.set_by_hand(0.007, 3.3)
    for done in range(1, 6):
        first.epoch_ended(0.5, done)
        again = fresh()
        again.restore(json.loads(json.dumps(first.state())))
        assert again.state() == first.state() and again.at(done) == first.at(done)
    assert first.at(6) == first.at(5) > 0.001, "this phase goes on"
    first.phase_begins(1, 6)
    assert first.at(6) == 0.0 and first.at(7) == pytest.approx(0.001), "a phase begins anew"


def test_a_phase_that_ends_early_is_followed_at_once() -> None:
    rate = ScheduledRate(
        parse_schedule("cosine"), [Phase(0.01, end=6), Phase(0.001, 6)], lambda: 13
    )
    assert rate.at(3) == pytest.approx(0.005)
    rate.set_by_hand(0.02, 3)
    rate.phase_begins(1, 3)
    assert rate.at(3) == pytest.approx(0.001), "what was set by hand is over"
    assert rate.at(8) == pytest.approx(0.0005), "half of the ten epochs that are left"
    rate.set_by_hand(0.003, 3)
    assert rate.at(8) == pytest.approx(0.0015)


def test_a_fine_tuned_backbone_has_two_phases() -> None:
    spec = make_spec("pets", msgspec.structs.replace(PETS, rescale_divisor=1.0), epochs=15)
    assert phases(spec) == (Phase(0.001),)
    tuning = FineTuning(from_layer="block_13", head_epochs=5)
    base = PretrainedBase(name="MobileNetV2", weights="/w.h5", fine_tuning=tuning)
    assert phases(msgspec.structs.replace(spec, base=base)) == (
        Phase(0.001, end=5),
        Phase(1e-5, 5),
    )


def test_yesterdays_spec_has_a_constant_rate() -> None:
    spec = make_spec("pets", PETS)
    kept = json.loads(msgspec.json.encode(spec))
    del kept["schedule"]
    assert msgspec.convert(kept, TrainingSpec) == spec
    assert "schedule" not in setting_rows(spec) and non_default_settings(spec) == ()


def test_a_schedule_is_shown_in_one_form() -> None:
    spec = make_spec("pets", PETS, schedule="cosine  warmup = 2")
    assert spec.schedule == setting_rows(spec)["schedule"] == "warmup=2 cosine"
    assert non_default_settings(spec) == ("warmup=2 cosine",)


def test_a_plateau_needs_a_validation_loss() -> None:
    unvalidated = msgspec.structs.replace(PETS, validation_split=0.0)
    with pytest.raises(SpecError, match="needs the validation loss, and there are no validation"):
        make_spec("pets", unvalidated, schedule="plateau")
    assert make_spec("pets", unvalidated, schedule="cosine").schedule == "cosine"


@pytest.mark.parametrize(
    ("schedule", "epochs", "words"),
    [
        ("warmup=15 cosine", 15, "The warm-up takes 15 epochs, and at most 15 are trained"),
        ("step:every=5", 5, "With every=5 the learning rate never falls"),
        ("warmup=2 step:every=4", 6, "With every=4 and a warm-up of 2 epochs the learning rate"),
        ("plateau:patience=9", 9, "With patience=9 the learning rate never falls"),
        ("warmup=2 step:every=4", 7, ""),
        ("plateau:patience=9", 10, ""),
        ("warmup=14 cosine", 15, ""),
        ("constant", 1, ""),
    ],
)
def test_a_schedule_without_effect_is_asked_about(schedule: str, epochs: int, words: str) -> None:
    found = [
        str(one)
        for one in spec_findings(make_spec("pets", PETS, schedule=schedule, epochs=epochs))
        if "learning rate" in one.sentence
    ]
    assert len(found) == bool(words) and (not words or found[0].startswith(words))


@given(schedules, st.integers(1, 200), st.integers(18, 90))
def test_the_curve_fits_its_width(schedule: Schedule, epochs: int, width: int) -> None:
    spec = msgspec.structs.replace(make_spec("pets", PETS, epochs=epochs), schedule=str(schedule))
    lines = schedule_lines(spec, width)
    assert len(lines) == 5 and max(map(len, lines)) <= width
    assert lines[-1].split() == ["1", "epoch", str(epochs)]
    assert schedule_words(schedule, 0.001, epochs).startswith("The learning rate ")


def test_the_curve_rises_and_falls() -> None:
    spec = make_spec("pets", PETS, schedule="warmup=5 cosine", epochs=20)
    top, middle, bottom, *_ = schedule_lines(spec, 42)
    assert top.index("█") > bottom.index("█") and len(top) < len(middle) < len(bottom)
