"""The phases of a run as its events tell them: state, estimate, words, chart, summary."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from tests.support.recording import append
from tui.datasets import LoaderSettings
from tui.runs.control.control_file import change_control
from tui.runs.control.effective_settings import start_settings
from tui.runs.events.event_types import (
    CalculatingFeatures,
    ControlApplied,
    EpochEnded,
    EpochStarted,
    Event,
    FeaturesReady,
    PhaseStarted,
    Resumed,
    RunStarted,
)
from tui.runs.events.run_progress import RunProgress
from tui.runs.export.csv_json import runs_json
from tui.runs.export.phase_text import phase_sentence
from tui.runs.export.run_formatting import log_lines
from tui.runs.export.svg_drawing import runs_svg
from tui.runs.export.text_summary import summary_lines
from tui.runs.settings.phases import check_phases, phases_of
from tui.runs.settings.pretrained import FineTuning, PretrainedBase
from tui.runs.settings.spec import SpecError, TrainingSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.loaded_run import load_run
from tui.ui.charts.run_series import phase_marks

HEAD = PhaseStarted(at=1.0, epoch=1, phase="head", learning_rate=0.001, until=3)
TUNING = PhaseStarted(
    at=9.0,
    epoch=4,
    phase="fine-tuning",
    learning_rate=1e-5,
    from_layer="block_16_expand",
    trainable=900,
)
FEATURES = FeaturesReady(at=1.0, images=40, shape=(5, 5, 1280), bytes=5_120_000, seconds=2.0)


def epoch(number: int, at: float, seconds: float) -> list[Event]:
    return [
        EpochStarted(at=at, epoch=number, epochs=8, steps=2),
        EpochEnded(
            at=at + seconds,
            epoch=number,
            epochs=8,
            seconds=seconds,
            images_per_second=10.0,
            metrics={"accuracy": 0.5, "loss": 0.5},
            best_epoch=1,
            best=0.5,
            best_metric="accuracy",
            learning_rate=0.001,
        ),
    ]


def told(*events: Event) -> RunProgress:
    progress = RunProgress()
    for event in events:
        progress.apply(event)
    return progress


BEGUN: list[Event] = [RunStarted(at=0.0, pid=1, version="1"), HEAD, FEATURES]
OF_THE_HEAD = [one for number in (1, 2, 3) for one in epoch(number, float(number), 1.0)]


def test_an_epoch_knows_its_phase() -> None:
    progress = told(*BEGUN, *OF_THE_HEAD, TUNING, *epoch(4, 10.0, 20.0))
    assert [progress.phase_of(number) for number in (1, 3, 4, 9)] == [HEAD, HEAD, TUNING, TUNING]
    assert progress.features is FEATURES
    assert phase_marks(progress) == ((3.0, "fine-tuning"),)
    assert told(*OF_THE_HEAD).phase_of(2) is None


def test_how_long_fine_tuning_takes_is_not_guessed_from_the_head() -> None:
    assert told(*BEGUN, *OF_THE_HEAD).eta(4.0) is None
    progress = told(*BEGUN, *OF_THE_HEAD, TUNING, *epoch(4, 10.0, 20.0))
    assert progress.eta(30.0) == pytest.approx(4 * 20.0), "as long as those of its own phase"


def test_a_phase_that_is_trained_again_is_told_once() -> None:
    events = [*BEGUN, *OF_THE_HEAD, TUNING, *epoch(4, 10.0, 1.0)]
    again = told(*events, RunStarted(at=20.0, pid=2, version="1"), Resumed(at=21.0, epoch=3))
    assert again.phases == [HEAD]
    again.apply(TUNING)
    assert again.phases == [HEAD, TUNING]
    assert told(*events, Resumed(at=21.0, epoch=4)).phases == [HEAD, TUNING]
    assert told(*events, Resumed(at=21.0, epoch=0)).phases == []


def test_lines_of_a_plain_log() -> None:
    assert log_lines(HEAD) == ["From epoch 1 to 3 at most: head alone, learning rate 0.001."]
    assert log_lines(TUNING) == [
        "From epoch 4: fine-tuning from the layer block_16_expand on, learning rate 1e-05."
    ]
    assert log_lines(CalculatingFeatures(at=0, done=0, total=9)) == ["calculating features 0/9"]
    assert log_lines(CalculatingFeatures(at=0, done=5, total=9)) == []
    (line,) = log_lines(FEATURES)
    assert line == (
        "features: the backbone's output, 5×5×1280 for each of 40 images (5.12 MB), for every "
        "epoch of the head: calculated once in 2.0 s"
    )


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (
            "Stopped: val_loss has not improved for 2 epochs; best was 0.5 after epoch 1.",
            "The phase before ended early: val_loss has not improved for 2 epochs; best was 0.5 "
            "after epoch 1.",
        ),
        (
            "Stopped by the rule accuracy > 0.9: after epoch 3 accuracy was 0.95.",
            "The phase before ended early by the rule accuracy > 0.9: after epoch 3 accuracy was "
            "0.95.",
        ),
    ],
)
def test_why_a_phase_ended_early_is_told(reason: str, words: str) -> None:
    event = PhaseStarted(
        at=0, epoch=4, phase="fine-tuning", learning_rate=1e-5, from_layer="x", reason=reason
    )
    assert phase_sentence(event).endswith(f"1e-05. {words}")


def test_a_summary_has_the_phases_and_the_features(spec: TrainingSpec) -> None:
    run = create_run(spec)
    append(run, [*BEGUN, *OF_THE_HEAD, TUNING, *epoch(4, 10.0, 1.0), *epoch(5, 11.0, 1.0)])
    loaded = load_run(run)
    lines = summary_lines(loaded)
    text = " ".join(" ".join(lines).split())
    assert (
        "phases epochs 1–3: head alone, learning rate 0.001; epochs 4–5: fine-tuning from the "
        "layer block_16_expand on, learning rate 1e-05"
    ) in text
    rows = [line for line in lines if line.strip().startswith(("3 ", "┈", "4 "))]
    assert [row.split()[0] for row in rows] == ["┈", "3", "┈", "4"], rows
    assert max(len(line) for line in lines if str(run.path) not in line) <= 78
    record = json.loads(runs_json([loaded]))
    assert [phase["epoch"] for phase in record["phases"]] == [1, 4]
    assert runs_svg([loaded]).count(">fine-tuning</text>") == 2, "in both charts"


def tuned(spec: TrainingSpec, head_epochs: int) -> TrainingSpec:
    tuning = FineTuning(from_layer="block_16_expand", head_epochs=head_epochs)
    base = PretrainedBase(name="MobileNetV2", weights="/x.h5", fine_tuning=tuning)
    return TrainingSpec(
        name="x",
        network="5x5x1280 gap dense:k=1,a=sigmoid",
        data=LoaderSettings(directory="/pets", classes=("cats", "dogs"), rescale_divisor=1.0),
        base=base,
        epochs=spec.epochs,
    )


def test_the_phases_of_a_spec(spec: TrainingSpec) -> None:
    assert [(one.name, one.last_epoch) for one in phases_of(spec)] == [("", 0)]
    assert [(one.name, one.last_epoch) for one in phases_of(tuned(spec, 3))] == [
        ("head", 3),
        ("fine-tuning", 0),
    ]
    (both,) = phases_of(tuned(spec, 0))
    assert (both.name, both.learning_rate) == ("fine-tuning", 1e-5)


def test_fine_tuning_that_would_never_begin_is_refused(spec: TrainingSpec) -> None:
    check_phases(tuned(spec, 3))
    with pytest.raises(SpecError, match="alone for 4 epochs, and the training has 4 in all"):
        check_phases(tuned(spec, 4))


def test_several_gpus_are_refused(spec: TrainingSpec) -> None:
    with pytest.raises(SpecError, match="on MobileNetV2 is trained on one GPU, not on 2 together"):
        replace(tuned(spec, 2), gpus=2, data=replace(tuned(spec, 2).data, batch_size=20))


def test_what_a_run_continues_with_is_the_rate_of_its_phase(spec: TrainingSpec) -> None:
    run = create_run(tuned(spec, 3))
    asked = ControlApplied(at=2.0, request="learning rate", value="0.01", epoch=2)
    change_control(run.control, learning_rate=0.01)
    for events, rate in (
        ([*BEGUN, *OF_THE_HEAD[:4], asked], 0.01),
        ([*BEGUN, *OF_THE_HEAD, asked], 1e-5),  # died before fine-tuning began
        ([*BEGUN, *OF_THE_HEAD, asked, TUNING], 1e-5),
        ([*BEGUN, *OF_THE_HEAD, TUNING], 0.01),  # requested since
    ):
        assert start_settings(run, run.spec(), told(*events)).learning_rate == rate, events[-1]
