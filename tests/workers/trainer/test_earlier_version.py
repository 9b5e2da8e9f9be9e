"""A run that version 0.1.0 left behind goes on, and its weights open."""

from __future__ import annotations

from pathlib import Path

from tests.earlier import unpack_earlier
from tests.workers.shell import Shell


def test_a_run_that_died_goes_on_where_it_was(tmp_path: Path) -> None:
    unpack_earlier(tmp_path / "shell")
    shell = Shell(tmp_path / "shell")
    try:
        gone = shell.call("runs", "unqueue", "pets waiting")
        assert gone.process.returncode == 0, gone.err
        done = shell.call("runs", "resume", "pets long", "--epochs", 73)
        assert done.process.returncode == 0, done.err
        assert "epoch 72/73" in done.out and "epoch 71/73" not in done.out
        look = shell.call("look", "pets small")
        assert look.process.returncode == 0, look.err
        assert "conv" in look.out
    finally:
        shell.close()
