"""What the workers need: asked before one is started, so that nothing begins in vain."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from tests.support.hidden import TRAINING, hide
from tui.code_client.runner import CodeRunner, RunnerError
from tui.common.paths import StateError
from tui.course.exercises import EXERCISES, fill_in
from tui.inspection.inspector_client import InspectionError, InspectorClient
from tui.inspection.inspector_process import inspector_environment
from tui.runs.process.launch import Launcher
from tui.runs.process.needs import (
    BACKEND,
    backend_to_look_with,
    chosen_backend,
    looking_problem,
    program_problem,
    training_problem,
)
from tui.runs.queue.resume import queue_run, resume_run
from tui.runs.queue.waiting_runs import QueueStarter
from tui.runs.store.run_folder import RunFolder


@pytest.fixture(autouse=True)
def no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(BACKEND, raising=False)
    monkeypatch.delenv("KERAS_HOME", raising=False)


def test_with_everything_there_is_no_problem() -> None:
    assert (training_problem(), program_problem(), looking_problem()) == ("", "", "")


@pytest.mark.parametrize("module", ["tensorflow", "keras", "scipy"])
def test_training_and_programs_need_each_of_three(
    monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    hide(monkeypatch, module)
    for problem in (training_problem(), program_problem()):
        assert "which is not installed. Install it with: " in problem
        assert "[tensorflow]" in problem


def test_training_on_jax_needs_no_tensorflow(monkeypatch: pytest.MonkeyPatch) -> None:
    hide(monkeypatch, "tensorflow")
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert training_problem() == ""
    hide(monkeypatch, "tensorflow", "jax")
    assert "needs TensorFlow" in training_problem()


def test_without_tensorflow_no_trainer_is_started(
    run: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide(monkeypatch, *TRAINING)
    before = sorted(tmp_path.rglob("*"))
    launcher = Launcher()
    launcher.prepare()
    attempts = (
        lambda: launcher.start(run),
        lambda: resume_run(run),
        lambda: queue_run(run),
        QueueStarter().ensure,
    )
    for attempt in attempts:
        with pytest.raises(StateError, match="needs TensorFlow, which is not installed"):
            attempt()
    assert not launcher.runs
    assert sorted(tmp_path.rglob("*")) == before


async def test_without_tensorflow_no_program_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    hide(monkeypatch, *TRAINING)
    runner = CodeRunner()
    runner.prepare()
    assert not runner.is_ready
    exercise = next(iter(EXERCISES.values()))
    with pytest.raises(RunnerError, match="needs TensorFlow, which is not installed"):
        await runner.run(exercise.name, fill_in(exercise, exercise.solution))
    await runner.close()


async def test_without_a_backend_the_inspector_is_not_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hide(monkeypatch, *TRAINING, "jax", "torch")
    client = InspectorClient()
    with pytest.raises(InspectionError) as raised:
        await asyncio.wait_for(client.start(), 5)
    assert str(raised.value).startswith(
        "Looking inside needs TensorFlow, JAX or PyTorch, and none of them is installed. Install "
    )
    assert not client.alive
    await client.close()


def test_looking_inside_takes_the_backend_that_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert BACKEND not in inspector_environment()
    hide(monkeypatch, *TRAINING, "torch")
    assert looking_problem() == ""
    assert inspector_environment()[BACKEND] == "jax"
    monkeypatch.setenv(BACKEND, "torch")  # chosen, and not there
    assert inspector_environment()[BACKEND] == "jax"


def test_the_backend_is_the_users_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BACKEND, "jax")
    assert inspector_environment()[BACKEND] == "jax"
    monkeypatch.setenv(BACKEND, "another")  # whether it can do it, Keras says
    assert backend_to_look_with() == "another"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (json.dumps({"backend": "jax"}), "jax"),
        (json.dumps({"floatx": "float32"}), "tensorflow"),
        ("[1, 2]", "tensorflow"),
        ("{", "tensorflow"),
        ("[" * 100_000, "tensorflow"),
    ],
)
@pytest.mark.parametrize("elsewhere", [False, True])
def test_the_choice_may_stand_in_the_settings_of_keras(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    expected: str,
    elsewhere: bool,
) -> None:
    folder = tmp_path / "settings" if elsewhere else Path.home() / ".keras"
    folder.mkdir()
    (folder / "keras.json").write_text(text)
    if elsewhere:
        monkeypatch.setenv("KERAS_HOME", str(folder))
    assert chosen_backend() == expected
