"""`cnn-tui train` before the start: what is refused, asked and said. Nothing is trained here."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.support.fake_gpus import FakeGpus
from tui.cli.command import cli
from tui.cli.training import start_training
from tui.geometry import format_network, parse_network
from tui.runs.process import read_gpus
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.run_list import RunList


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[TrainingSpec]:
    """Return what a command would train, in place of training it."""
    specs: list[TrainingSpec] = []

    def note(spec: TrainingSpec, *_: Any, **__: Any) -> int:
        specs.append(spec)
        return 0

    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "kept"))
    # The package's own `train` is the command: the module is asked for by its name.
    module = importlib.import_module("tui.cli.training.train")
    monkeypatch.setattr(module, "run_training", note)
    monkeypatch.setattr(module, "queue_training", note)
    return specs


def train(*arguments: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["train", "--sample", "digits", *arguments], input=answer)


@pytest.fixture
def at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have somebody there who can answer."""
    monkeypatch.setattr(start_training, "somebody_there", lambda: True)


@pytest.mark.parametrize("queue", [[], ["--queue"]])
@pytest.mark.parametrize(
    ("model", "said", "corrected"),
    [
        ("28x28x1 flatten dense:k=10", "A softmax is missing", "flatten dense:k=10,a=softmax"),
        ("28x28x1 flatten dense:k=1,a=softmax", "always 1", "flatten dense:k=10,a=softmax"),
        (
            "28x28x1 conv:k=4,f=3 dense:k=3,a=softmax",
            "A Flatten is missing",
            "conv:k=4,f=3 flatten dense:k=10,a=softmax",
        ),
        ("8x8x1 flatten dense:k=10,a=softmax", "8×8×1", "flatten dense:k=10,a=softmax"),
    ],
)
def test_a_network_that_cannot_learn_ends_with_2_and_the_corrected_model(
    started: list[TrainingSpec], model: str, said: str, corrected: str, queue: list[str]
) -> None:
    done = train("--target-size", "28", "--model", model, *queue)
    assert done.exit_code == 2 and started == []
    assert said in done.stderr and "Traceback" not in done.output
    line = f"--model '28x28x1 {corrected}'"
    assert done.stderr.rstrip().endswith(f"Corrected: {line}")
    # What is printed is what works.
    again = train("--target-size", "28", "--model", line[len("--model '") : -1], *queue)
    assert again.exit_code == 0, again.output
    (spec,) = started
    assert spec.network == f"28x28x1 {corrected}"


ODD = ["--learning-rate", "30"]


def test_a_question_that_nobody_can_answer_ends_with_2_and_names_the_flag(
    started: list[TrainingSpec],
) -> None:
    done = train(*ODD)
    assert done.exit_code == 2 and started == []
    assert "A learning rate of 30 is 30,000 times the usual 0.001 of rmsprop" in done.stderr
    assert done.stderr.rstrip().endswith("To start anyway, add --yes.")
    done = train(*ODD, "--yes")
    assert done.exit_code == 0 and [spec.learning_rate for spec in started] == [30.0]
    assert "remark: A learning rate of 30" in done.stderr


@pytest.mark.usefixtures("at_a_terminal")
@pytest.mark.parametrize(("answer", "count"), [("y\n", 1), ("n\n", 0), ("\n", 0), ("", 0)])
def test_at_a_terminal_it_is_asked(started: list[TrainingSpec], answer: str, count: int) -> None:
    done = train(*ODD, answer=answer)
    assert "Start anyway? [y/N]" in done.stderr
    assert len(started) == count and (done.exit_code == 0) == (count == 1)


@pytest.mark.usefixtures("at_a_terminal")
def test_with_json_nothing_is_asked(started: list[TrainingSpec]) -> None:
    assert train(*ODD, "--json").exit_code == 2 and started == []


@pytest.mark.parametrize(
    ("rate", "optimizer", "asked"),
    [
        ("2", "rmsprop", "2,000 times the usual 0.001"),
        ("2", "sgd", "200 times the usual 0.01"),
        ("0.5", "adam", "500 times the usual 0.001"),
        ("1e-9", "rmsprop", "1,000,000 times smaller than the usual 0.001"),
        ("1e-300", "sgd", "far smaller than the usual 0.01"),
        ("0.5", "sgd", ""),
        ("0.1", "adam", ""),
        ("1e-6", "rmsprop", ""),
        ("0.00001", "sgd", ""),
    ],
)
def test_odd_learning_rates_are_questioned_for_their_optimizer(
    started: list[TrainingSpec], rate: str, optimizer: str, asked: str
) -> None:
    done = train("--learning-rate", rate, "--optimizer", optimizer)
    assert (done.exit_code == 2) == bool(asked) and bool(started) == (not asked)
    assert asked in done.stderr


@pytest.mark.parametrize("rate", ["0", "-1", "nan", "inf", "101"])
def test_rates_that_are_none_are_refused_with_or_without_the_flag(
    started: list[TrainingSpec], rate: str
) -> None:
    done = train("--learning-rate", rate, "--yes")
    assert done.exit_code == 2 and "does not train" in done.stderr and started == []


def test_what_is_merely_odd_is_said_and_starts(started: list[TrainingSpec]) -> None:
    done = train("--model", "8x8x1 flatten dense:k=10,a=sigmoid")
    assert done.exit_code == 0 and len(started) == 1
    assert "remark: The network ends in sigmoid" in done.stderr
    assert "Corrected: --model '8x8x1 flatten dense:k=10,a=softmax'" in done.stderr


def test_an_end_that_is_probably_a_mistake_is_questioned(started: list[TrainingSpec]) -> None:
    model = "8x8x1 flatten dense:k=10,a=softmax activation:a=softmax"
    done = train("--model", model)
    assert done.exit_code == 2 and started == [] and "0.23 at most" in done.stderr
    assert train("--model", model, "--yes").exit_code == 0
    assert format_network(parse_network(started[0].network)) == model


def test_the_usual_starts_without_a_word(started: list[TrainingSpec]) -> None:
    for arguments in ([], ["--model", "course"], ["--class-mode", "sparse"]):
        done = train(*arguments)
        assert done.exit_code == 0 and "remark" not in done.stderr and "?" not in done.stderr
    assert len(started) == 3


def test_a_run_is_resumed_with_an_odd_rate_only_when_that_is_confirmed(
    started: list[TrainingSpec],
) -> None:
    train()
    run = create_run(started[0])
    done = CliRunner().invoke(cli, ["runs", "resume", run.name, "--learning-rate", "30"])
    assert done.exit_code == 2 and "add --yes" in done.stderr
    assert not run.starting.exists() and len(RunList().read()) == 1


@pytest.mark.parametrize("scale", ["0.00392157", "255"])
def test_pixels_of_a_wrong_size_are_questioned_with_the_corrected_model(
    started: list[TrainingSpec], scale: str
) -> None:
    layers = "conv:k=8,f=3,a=relu flatten dense:k=10,a=softmax"
    done = train("--target-size", "8", "--model", f"8x8x1 rescaling:scale={scale} {layers}")
    assert done.exit_code == 2 and started == []
    assert "what reaches conv2d is between 0 and" in done.stderr
    assert f"Corrected: --model '8x8x1 {layers}'" in done.stderr


def test_class_mode_binary_for_more_classes_ends_with_the_corrected_mode(
    started: list[TrainingSpec],
) -> None:
    done = train("--class-mode", "binary")
    assert done.exit_code == 2 and started == []
    assert done.stderr.rstrip().endswith("Corrected: --class-mode categorical")
    assert train("--class-mode", "categorical").exit_code == 0
    assert len(started) == 1


def test_gpus_are_checked_before_the_start(
    started: list[TrainingSpec], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeGpus(tmp_path / "gpus", monkeypatch, 3)
    read_gpus._nvml.cache_clear()
    result = train("--gpus", "4")
    assert result.exit_code == 2
    assert "4 GPUs were asked for, and a training can use 3 GPUs here." in result.output
    for chosen in ("3", "all"):
        result = train("--gpus", chosen, "--batch-size", "20")
        assert result.exit_code == 2
        assert "3 GPUs cannot share a batch of 20 images evenly." in result.output
        assert "Choose a batch size of 18 or 21, or 2, 4 or 5 GPUs." in result.output
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2")
    result = train("--gpus", "2")
    assert "2 GPUs were asked for, and a training can use one GPU here." in result.output
    assert started == []
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    assert train("--gpus", "3", "--batch-size", "21").exit_code == 0
    assert train("--gpus", "all", "--batch-size", "21").exit_code == 0
    assert [spec.gpus for spec in started] == [3, -1]


def test_where_no_gpu_is_found_the_trainer_finds_out(
    started: list[TrainingSpec], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeGpus(tmp_path / "gpus", monkeypatch, 0)
    read_gpus._nvml.cache_clear()
    assert train("--gpus", "2").exit_code == 0
    assert [spec.gpus for spec in started] == [2]
    result = train("--gpus", "two")
    assert result.exit_code == 2
    assert "'two' is not a number of GPUs. Choose 1 to 64, or all." in result.output


def test_class_weights_are_for_classes_that_are_there(started: list[TrainingSpec]) -> None:
    result = train("--class-weight", "ten=2")
    assert result.exit_code == 2 and started == []
    assert "a weight for 'ten', which is none of the classes: 0, 1, 2" in result.stderr
    assert train("--class-weight", "8=2").exit_code == 0
    assert started[0].class_weight == {"8": 2.0}
    result = train("--class-weight", "balanced", "--gpus", "2")
    assert result.exit_code == 2
    assert "Class weights cannot be used on several GPUs" in result.stderr
