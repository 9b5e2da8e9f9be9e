"""Stopping the app and letting it go on: every key arrives, once, and the terminal is put back."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
import termios
import time
from pathlib import Path

import pytest

from tests.support.in_terminal import Process, app, command_in_terminal

CYCLES = 6


def ended(process: Process) -> bool:
    flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, process.pid, flags) is not None


def wait_stopped(process: Process) -> None:
    until = time.monotonic() + 30
    while os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOHANG | os.WEXITED) is None:
        assert time.monotonic() < until
        process.take(0.02)


def wait_ended(process: Process) -> None:
    until = time.monotonic() + 30
    while not ended(process):
        assert time.monotonic() < until, process.terminal.text
        process.take(0.05)


def type_in_search(process: Process) -> None:
    """Type into the lessons' search, a letter at a time: one that is lost is missing there."""
    process.press(b"1")
    process.wait_for("A stack of layers")
    process.press(b"/")
    for letter in "qwxzjk":
        process.press_quickly(letter.encode())
    process.wait_for("qwxzjk")
    process.press(b"\x1b")
    process.press(b"\x1b")


def local_flags(process: Process) -> int:
    return int(termios.tcgetattr(process.master)[3])


@pytest.mark.parametrize("stop", [signal.SIGSTOP, signal.SIGTSTP], ids=["SIGSTOP", "SIGTSTP"])
def test_no_key_is_lost_after_stops(tmp_path: Path, stop: signal.Signals) -> None:
    with app(tmp_path) as process:
        process.wait_for("handwritten")
        for _ in range(CYCLES):
            os.kill(process.pid, stop)
            wait_stopped(process)
            os.kill(process.pid, signal.SIGCONT)
            process.settle()
        type_in_search(process)
        os.write(process.master, b"\x11")
        wait_ended(process)
        assert local_flags(process) & termios.ICANON and local_flags(process) & termios.ECHO


def test_no_key_is_lost_after_continuing_what_never_stopped(tmp_path: Path) -> None:
    with app(tmp_path) as process:
        process.wait_for("handwritten")
        for _ in range(CYCLES):
            os.kill(process.pid, signal.SIGCONT)
        process.settle()
        type_in_search(process)
        os.write(process.master, b"\x11")
        wait_ended(process)
        assert local_flags(process) & termios.ICANON


def test_signals_in_quick_succession_leave_one_reader(tmp_path: Path) -> None:
    with app(tmp_path) as process:
        process.wait_for("handwritten")
        for _ in range(CYCLES):
            for one in (signal.SIGTSTP, signal.SIGCONT, signal.SIGTSTP, signal.SIGTSTP):
                os.kill(process.pid, one)
            process.take(0.05)
            os.kill(process.pid, signal.SIGCONT)
        process.take(0.3)
        os.kill(process.pid, signal.SIGCONT)  # should the last have come before the last stop
        process.settle()
        type_in_search(process)
        os.write(process.master, b"\x11")
        wait_ended(process)
        assert local_flags(process) & termios.ICANON


def test_what_a_shell_changed_meanwhile_is_set_again(tmp_path: Path) -> None:
    with app(tmp_path) as process:
        process.wait_for("handwritten")
        os.kill(process.pid, signal.SIGSTOP)
        wait_stopped(process)
        settings = termios.tcgetattr(process.master)
        settings[3] |= termios.ICANON | termios.ECHO
        termios.tcsetattr(process.master, termios.TCSANOW, settings)
        process.terminal.write("\x1b[5;1Hbash: killed")
        os.kill(process.pid, signal.SIGCONT)
        process.settle()
        assert "bash: killed" not in process.terminal.text
        type_in_search(process)


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash's job control")
def test_ctrl_z_leads_to_the_shell_and_fg_back(tmp_path: Path) -> None:
    start = f"{sys.executable} -c 'from tui.cli.main import main; main()'\n"
    with command_in_terminal(["bash", "--norc", "--noprofile", "-i"], tmp_path) as process:
        os.write(process.master, b"PS1='prompt> '\n")
        process.wait_for("prompt> ")
        os.write(process.master, start.encode())
        process.wait_for("handwritten")
        for _ in range(3):
            process.press(b"\x1a")
            process.wait_for("Stopped")
            os.write(process.master, b"clear; bg\n")  # in the background it stops again
            process.settle()
            os.write(process.master, b"echo still $((40 + 2))\n")
            process.wait_for("still 42")
            os.write(process.master, b"clear; fg\n")
            process.wait_for("handwritten")
            type_in_search(process)
            process.press(b"\x1b")
            process.wait_for("handwritten")
        os.write(process.master, b"\x11")
        process.wait_for("prompt> ")
        os.write(process.master, b"stty -a; echo\n")
        process.settle()
        assert re.search(r"(?<!-)icanon", process.terminal.text), process.terminal.text


def test_without_a_shell_ctrl_z_says_so(tmp_path: Path) -> None:
    with app(tmp_path) as process:
        process.wait_for("handwritten")
        process.press(b"\x1a")
        process.wait_for("no shell to return to")
        type_in_search(process)
