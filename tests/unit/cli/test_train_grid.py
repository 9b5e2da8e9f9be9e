"""`cnn-tui train` with several values of a setting: one run for each, in the queue."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tui.cli.command import cli
from tui.cli.training import queue_grid, start_training
from tui.datasets import Augmentation
from tui.runs.queue.waiting_runs import waiting_runs
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.run_list import RunList


class _NoProcess:
    def ensure(self) -> None:
        """Start nothing."""


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Queue runs, and start none of them."""
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "kept"))
    for module in (queue_grid, start_training):
        monkeypatch.setattr(module, "QueueStarter", _NoProcess)


def train(*arguments: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["train", "--sample", "digits", *arguments], input=answer)


def queued() -> list[TrainingSpec]:
    """Return the specs of the waiting runs, in the order of their start."""
    return [run.spec() for run in waiting_runs()]


def test_each_combination_is_a_run_of_one_group_named_after_what_differs() -> None:
    done = train("--learning-rate", "0.01,0.001", "--seed", "1,2,3", "--queue")
    assert done.exit_code == 0, done.output
    specs = queued()
    assert [(spec.seed, spec.learning_rate) for spec in specs] == [
        (1, 0.01),
        (1, 0.001),
        (2, 0.01),
        (2, 0.001),
        (3, 0.01),
        (3, 0.001),
    ]
    assert [spec.data.seed for spec in specs] == [1, 1, 2, 2, 3, 3]
    assert specs[0].name == "digits · small lr 0.01 seed 1"
    assert {spec.group for spec in specs} == {"digits · small by lr, seed"}
    assert "6 runs (3 seeds × 2 learning rates) wait in the queue" in done.stdout
    assert "cnn-tui runs compare --group 'digits · small by lr, seed'" in done.stdout
    assert "put into the queue" not in done.stderr
    assert done.stdout.count("\nrun ") + done.stdout.startswith("run ") == 6


def test_without_queue_it_is_said_that_they_are_queued() -> None:
    done = train("--seed", "1,2")
    assert done.exit_code == 0 and len(queued()) == 2
    assert "several runs are put into the queue" in done.stderr


@pytest.mark.parametrize(
    ("option", "text", "values"),
    [
        ("--epochs", "3,5", [3, 5]),
        ("--batch-size", "10, 20", [10, 20]),
        ("--optimizer", "adam,sgd,rmsprop", ["adam", "sgd", "rmsprop"]),
        ("--share", "0.1,1", [0.1, 1.0]),
        ("--schedule", "cosine;warmup=2", ["cosine", "warmup=2"]),
        ("--patience", "0,4", [0, 4]),
        ("--target-size", "28,32x30", [(28, 28), (32, 30)]),
        ("--color-mode", "grayscale,rgb", ["grayscale", "rgb"]),
        (
            "--augment",
            "none,rotation_range=20+horizontal_flip",
            [Augmentation(), Augmentation(rotation_range=20, horizontal_flip=True)],
        ),
        ("--seed", "7,7,8", [7, 8]),
    ],
)
def test_any_setting_may_have_several_values(option: str, text: str, values: list[object]) -> None:
    done = train(option, text)
    assert done.exit_code == 0, done.output
    name = {"augment": "augmentation"}.get(option[2:], option[2:].replace("-", "_"))
    found = [getattr(spec, name, None) or getattr(spec.data, name, 0) for spec in queued()]
    assert found == values
    names = [spec.name for spec in queued()]
    assert len(set(names)) == len(values), names
    assert not any(name.endswith((" 2", " 3")) for name in names if option != "--epochs")


def test_networks_are_names_with_commas_or_options_given_again() -> None:
    own = "28x28x1 flatten dense:k=10,a=softmax"
    done = train("--target-size", "28", "--model", "course,digits", "--model", own, "--seed", "1,2")
    assert done.exit_code == 0, done.output
    specs = queued()
    assert len({spec.network for spec in specs}) == 3 and len(specs) == 6
    assert specs[0].name == "digits course seed 1" and specs[2].name == "digits network 3 seed 1"


def test_a_group_can_be_named_and_added_to() -> None:
    assert train("--seed", "1,2", "--group", "mine").exit_code == 0
    assert train("--seed", "3,4", "--group", "mine").exit_code == 0
    assert train("--seed", "5", "--group", "mine", "--queue").exit_code == 0
    assert [spec.group for spec in queued()] == ["mine"] * 5


def test_a_group_of_its_own_gets_a_number() -> None:
    for _ in range(2):
        assert train("--seed", "1,2").exit_code == 0
    assert [spec.group for spec in queued()][1:3] == [
        "digits · small by seed",
        "digits · small by seed 2",
    ]
    assert len({one.title for one in RunList().read()}) == 4


MANY = ["--seed", ",".join(map(str, range(1, 18))), "--learning-rate", "0.1,0.01,0.001"]


def test_more_than_fifty_are_asked_about_and_refused_where_nobody_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done = train(*MANY, "--queue")
    assert done.exit_code == 2 and queued() == []
    assert "17 seeds × 3 learning rates make 51 runs. To queue more than 50, add --yes" in (
        done.stderr
    )
    monkeypatch.setattr(queue_grid, "somebody_there", lambda: True)
    assert train(*MANY, "--queue", answer="n\n").exit_code == 1 and queued() == []
    assert train(*MANY, "--queue", "--json", answer="y\n").exit_code == 2 and queued() == []
    done = train(*MANY, "--queue", answer="y\n")
    assert done.exit_code == 0 and len(queued()) == 51
    assert train(*MANY, "--yes").exit_code == 0 and len(queued()) == 102


def test_far_too_many_are_refused() -> None:
    seeds = ",".join(map(str, range(1000)))
    done = train("--seed", seeds, "--epochs", "1,2,3", "--yes")
    assert done.exit_code == 2 and "3,000 runs; at most 2,000" in done.stderr


def test_json_names_the_group_and_the_places() -> None:
    done = train("--seed", "1,2", "--json")
    printed = json.loads(done.stdout)
    assert printed["group"] == "digits · small by seed"
    assert [one["place"] for one in printed["runs"]] == [1, 2]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--seed", "1,,2"], "'1,,2' has a comma without a value"),
        (["--seed", "1,x"], "'x' is not a valid integer"),
        (["--learning-rate", "0.1,-1"], "A learning rate of -1 does not train"),
        (["--optimizer", "adam,adagrad"], "'adagrad' is not one of"),
        (["--epochs", "5,0"], "0 epochs cannot be trained"),
        (["--target-size", "28,ab"], "'ab' is not a target size"),
        (["--augment", "zoom"], "There is no augmentation 'zoom'"),
        (["--augment", "zoom_range=2"], "zoom_range is 2. Choose a fraction"),
        (["--augment", "zoom_range=x"], "is no augmentation"),
        (["--batch-size", "20,0"], "The batch size is 0"),
    ],
)
def test_one_value_that_cannot_be_used_queues_nothing(arguments: list[str], words: str) -> None:
    done = train(*arguments, "--queue")
    assert done.exit_code == 2 and words.lower() in done.stderr.lower(), done.output
    assert "Traceback" not in done.output and queued() == []


def test_an_odd_value_among_them_is_asked_about_once() -> None:
    done = train("--learning-rate", "30,0.001", "--seed", "1,2")
    assert done.exit_code == 2 and done.stderr.count("3,000 times") <= 1
    assert queued() == []
    done = train("--learning-rate", "30,0.001", "--seed", "1,2", "--yes")
    assert done.exit_code == 0 and len(queued()) == 4
    assert done.stderr.count("remark: A learning rate of 30") == 1


def test_a_note_is_kept_with_each() -> None:
    assert train("--seed", "1,2", "--note", "why").exit_code == 0
    assert [one.note for one in RunList().read()] == ["why", "why"]


def test_several_class_weights_are_a_group_to_compare() -> None:
    done = train("--class-weight", "none", "--class-weight", "balanced", "--queue")
    assert done.exit_code == 0, done.output
    specs = queued()
    assert [spec.class_weight for spec in specs] == [None, "balanced"]
    assert [spec.name.partition(" weights ")[2] for spec in specs] == ["none", "balanced"]
    assert "2 runs (2 choices of class weights) wait in the queue" in done.stdout
