"""What happens to a training when the user logs out: systemd may end it.

Two rules of systemd matter. What was started in a login session (`session-*.scope`) is killed at
logout if logind has `KillUserProcesses=yes`. What runs under the user's manager
(`user@UID.service`) is killed when the last session ends, unless lingering is enabled for the user.
Everything else, and every process on a machine without systemd, is left alone.
"""

from __future__ import annotations

import getpass
import os
import re
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from typing import Literal

Fate = Literal["lives", "killed", "unknown"]

_SESSION = re.compile(r"/session-[^/]+\.scope")
_MANAGER = re.compile(r"/user@\d+\.service")
_SETTING = re.compile(r"^\s*KillUserProcesses\s*=\s*(\S+)\s*$", re.MULTILINE)
_FILES = (
    "/usr/lib/systemd/logind.conf",
    "/etc/systemd/logind.conf",
    "/usr/lib/systemd/logind.conf.d/*.conf",
    "/run/systemd/logind.conf.d/*.conf",
    "/etc/systemd/logind.conf.d/*.conf",
)
"""Later ones win."""
_OUT_OF_THE_SESSION = (
    "`loginctl enable-linger`, then start with `systemd-run --user --scope cnn-tui`"
)


@dataclass(frozen=True)
class AfterLogout:
    """What happens to a process at logout.

    Args:
        fate: whether it stays alive.
        sentence: the same in words, with the reason.
        cure: how to keep it alive; empty where there is nothing to do.
    """

    fate: Fate
    sentence: str
    cure: str = ""


def after_logout() -> AfterLogout:
    """Return what happens at logout to this process and those that it starts."""
    if not os.path.isdir("/run/systemd/system"):
        return AfterLogout("lives", "No systemd here: nothing ends a training at logout.")
    try:
        groups = Path("/proc/self/cgroup").read_text()
    except OSError:
        groups = ""
    return judge(groups, _loginctl, _configuration())


def judge(
    groups: str, ask: Callable[[list[str]], str | None], configuration: Iterable[str]
) -> AfterLogout:
    """Return what systemd does to a process at logout.

    Args:
        groups: its `/proc/PID/cgroup`.
        ask: returns what `loginctl` prints for some arguments; None if it does not answer.
        configuration: logind's configuration files as text, later ones win.
    """
    if _MANAGER.search(groups):
        lingers = ask(["show-user", getpass.getuser(), "--property=Linger", "--value"])
        if lingers == "yes":
            return AfterLogout(
                "lives", "Lingering is enabled (loginctl): a training continues after logout."
            )
        if lingers is None:
            return AfterLogout("unknown", "loginctl does not say whether lingering is enabled.")
        return AfterLogout(
            "killed",
            "systemd ends what you started when your last session ends, this training too.",
            "`loginctl enable-linger` keeps it alive.",
        )
    if not _SESSION.search(groups):
        return AfterLogout("lives", "Not in a login session: nothing ends a training at logout.")
    kills = ask(["show-session", "--property=KillUserProcesses", "--value"])
    if kills not in ("yes", "no"):
        values = [value for text in configuration for value in _SETTING.findall(text)]
        kills = values[-1].lower() if values else None
    if kills in ("no", "false", "0", "off"):
        return AfterLogout("lives", "logind leaves processes alone at logout (KillUserProcesses).")
    if kills is None:
        return AfterLogout(
            "unknown",
            "logind does not say whether it ends your processes at logout.",
            f"To be sure: {_OUT_OF_THE_SESSION}.",
        )
    return AfterLogout(
        "killed",
        "systemd ends your processes at logout (KillUserProcesses=yes), this training too.",
        f"To keep it alive: {_OUT_OF_THE_SESSION}.",
    )


def _loginctl(arguments: list[str]) -> str | None:
    try:
        done = subprocess.run(
            ["loginctl", *arguments],
            capture_output=True,
            text=True,
            timeout=2,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _configuration() -> list[str]:
    texts = []
    for pattern in _FILES:
        for name in sorted(glob(pattern)):
            try:
                texts.append(Path(name).read_text(errors="replace"))
            except OSError:
                continue
    return texts
