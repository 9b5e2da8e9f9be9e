"""What is known of the program that trains."""

from __future__ import annotations

import subprocess
import sys
import types
from pathlib import Path

import pytest

from tui.callback.program import Rank, commit_of, rank

VARIABLES = (
    "KERAS_DISTRIBUTION_PROCESS_ID",
    "RANK",
    "OMPI_COMM_WORLD_RANK",
    "PMI_RANK",
    "SLURM_PROCID",
    "TF_CONFIG",
)


@pytest.fixture(autouse=True)
def no_launcher(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name in ("jax", "torch"):
        monkeypatch.delitem(sys.modules, name, raising=False)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, Rank(0, 1)),
        ({"RANK": "2", "WORLD_SIZE": "4"}, Rank(2, 4)),
        ({"RANK": "0", "WORLD_SIZE": "1"}, Rank(0, 1)),
        ({"RANK": "2"}, Rank(0, 1)),
        ({"RANK": "x", "WORLD_SIZE": "4"}, Rank(0, 1)),
        ({"RANK": "7", "WORLD_SIZE": "4"}, Rank(0, 1)),
        ({"SLURM_PROCID": "1", "SLURM_NTASKS": "2"}, Rank(1, 2)),
        (
            {"KERAS_DISTRIBUTION_PROCESS_ID": "1", "KERAS_DISTRIBUTION_NUM_PROCESSES": "2"},
            Rank(1, 2),
        ),
        (
            {"TF_CONFIG": '{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"index": 1}}'},
            Rank(1, 2),
        ),
        (
            {
                "TF_CONFIG": '{"cluster": {"chief": ["c:1"], "worker": ["a:1"]}, '
                '"task": {"type": "worker", "index": 0}}'
            },
            Rank(1, 2),
        ),
        ({"TF_CONFIG": "{damaged"}, Rank(0, 1)),
        ({"TF_CONFIG": '{"cluster": {"worker": ["a:1"]}}'}, Rank(0, 1)),
    ],
)
def test_rank_among_the_launchers_processes(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: Rank
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert rank() == expected


def test_rank_of_torch_comes_before_the_launchers(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = types.ModuleType("torch")
    torch.distributed = types.SimpleNamespace(  # type: ignore[attr-defined]
        is_available=lambda: True,
        is_initialized=lambda: True,
        get_rank=lambda: 1,
        get_world_size=lambda: 3,
    )
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setenv("RANK", "0")
    monkeypatch.setenv("WORLD_SIZE", "8")
    assert rank() == Rank(1, 3)


def test_commit_and_changes(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        names = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
        subprocess.run(["git", "-C", str(tmp_path), *names, *arguments], check=True)

    assert commit_of(str(tmp_path / "missing")) == ""
    git("init", "-q")
    assert commit_of(str(tmp_path)) == ""
    (tmp_path / "train.py").write_text("1\n")
    git("add", ".")
    git("commit", "-qm", "first")
    commit = commit_of(str(tmp_path))
    assert len(commit) == 12
    (tmp_path / "notes.txt").write_text("not tracked")
    assert commit_of(str(tmp_path)) == commit
    (tmp_path / "train.py").write_text("2\n")
    assert commit_of(str(tmp_path)) == f"{commit}+"
