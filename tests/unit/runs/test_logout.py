"""What systemd does to a training at logout, told from what it says of itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tui.runs.process.logout import after_logout, judge

SESSION = "0::/user.slice/user-1000.slice/session-3.scope\n"
OLD_SESSION = "4:memory:/\n1:name=systemd:/user.slice/user-1000.slice/session-c2.scope\n"
MANAGER = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/run-r1.scope\n"
SERVICE = "0::/system.slice/slurmd.service/job_7\n"

KILLS = "[Login]\n#KillUserProcesses=no\nKillUserProcesses=yes\n"
SPARES = "[Login]\n  KillUserProcesses = no\n"
SILENT = "[Login]\n#KillUserProcesses=yes\n"


def loginctl(**answers: str) -> Callable[[list[str]], str | None]:
    """Answer for `Linger` and `KillUserProcesses`; nothing where it does not know."""

    def ask(arguments: list[str]) -> str | None:
        (name,) = [a.removeprefix("--property=") for a in arguments if a.startswith("--property")]
        return answers.get(name)

    return ask


@pytest.mark.parametrize(
    ("groups", "answers", "configuration", "fate", "cure"),
    [
        (SESSION, {"KillUserProcesses": "yes"}, [], "killed", "systemd-run --user --scope"),
        (OLD_SESSION, {"KillUserProcesses": "yes"}, [], "killed", "enable-linger"),
        (SESSION, {"KillUserProcesses": "no"}, [KILLS], "lives", ""),
        # A lingering user's session is ended all the same.
        (SESSION, {"KillUserProcesses": "yes", "Linger": "yes"}, [], "killed", "--scope"),
        (SESSION, {}, [SPARES, KILLS], "killed", "--scope"),
        (SESSION, {}, [KILLS, SPARES, SILENT], "lives", ""),
        (SESSION, {}, [SILENT], "unknown", "To be sure"),
        (MANAGER, {"Linger": "yes", "KillUserProcesses": "yes"}, [], "lives", ""),
        (MANAGER, {"Linger": "no", "KillUserProcesses": "no"}, [], "killed", "enable-linger"),
        (MANAGER, {}, [], "unknown", ""),
        (SERVICE, {"KillUserProcesses": "yes", "Linger": "no"}, [KILLS], "lives", ""),
        ("", {}, [], "lives", ""),
    ],
)
def test_what_becomes_of_a_training(
    groups: str, answers: dict[str, str], configuration: list[str], fate: str, cure: str
) -> None:
    told = judge(groups, loginctl(**answers), configuration)
    assert told.fate == fate and told.sentence.endswith(".")
    assert cure in told.cure
    assert bool(told.cure) >= (fate == "killed")


def test_this_machine_is_judged_without_a_fuss() -> None:
    assert after_logout().fate in ("lives", "killed", "unknown")
