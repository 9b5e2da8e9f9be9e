"""Which of several processes this one is."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from tui.cli.training.train import train
from tui.runs.process.machines import Machines, MachinesError, chosen_machines, machines


def test_the_options() -> None:
    assert chosen_machines(2, 1, "node1:29400", {}) == Machines(2, 1, "node1:29400")
    assert chosen_machines(None, None, None, {}) is None
    assert chosen_machines(1, None, None, {}) is None
    assert chosen_machines(2, 0, "[::1]:80", {}) is not None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((2, 1, None), "--coordinator is missing"),
        ((None, 1, "a:1"), "--processes is missing"),
        ((2, None, None), "--process-id and --coordinator are missing"),
        ((2, 2, "a:1"), "no process 2 of 2"),
        ((2, -1, "a:1"), "no process -1"),
        ((-3, 0, "a:1"), "-3 processes"),
        ((2, 0, "a"), "'a' is not the address"),
        ((2, 0, "a:99999"), "not the address"),
    ],
)
def test_what_cannot_be_is_said(
    given: tuple[int | None, int | None, str | None], said: str
) -> None:
    with pytest.raises(MachinesError, match=said):
        chosen_machines(*given, {})


def test_the_trainer_reads_what_the_command_line_wrote() -> None:
    chosen = Machines(4, 3, "node1:29400")
    assert machines(chosen.variables()) == chosen
    assert machines({}) is None
    with pytest.raises(MachinesError):
        machines({"CNN_TUI_PROCESSES": "2"})


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ({"SLURM_NTASKS": "4", "SLURM_PROCID": "0", "SLURM_JOB_ID": "7"}, None),  # the batch script
        (
            {
                "SLURM_STEP_NUM_TASKS": "1",
                "SLURM_PROCID": "0",
                "SLURM_STEP_NODELIST": "a",
                "SLURM_JOB_ID": "7",
            },
            None,
        ),
        (
            {
                "SLURM_STEP_NUM_TASKS": "2",
                "SLURM_PROCID": "1",
                "SLURM_STEP_NODELIST": "gpu[3,7]",
                "SLURM_JOB_ID": "7",
            },
            Machines(2, 1, "gpu3:61447"),
        ),
    ],
)
def test_a_step_of_slurm(step: dict[str, str], expected: Machines | None) -> None:
    assert chosen_machines(None, None, None, step) == expected


def test_tensorflows_own_way_is_refused_with_the_one_that_works(tmp_path: Path) -> None:
    cluster = '{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": 0}}'
    done = CliRunner().invoke(train, [str(tmp_path)], env={"TF_CONFIG": cluster})
    assert done.exit_code == 2
    assert "does not work with Keras 3" in done.output and "--processes N" in done.output
