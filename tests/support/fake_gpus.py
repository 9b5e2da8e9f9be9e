"""GPUs that are not there: a program `nvidia-smi` that prints what a file says.

Processes that are started later find it too, by the variable PATH.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import pytest

_PROGRAM = """#!{python}
import json, sys
gpus = json.load(open({file!r}))
words = " ".join(sys.argv)
for number, gpu in enumerate(gpus):
    if "query-gpu" in words:
        print(f"{{number}}, {{gpu['uuid']}}, NVIDIA Fake, 80000, {{gpu['used']}}, {{gpu['use']}}")
    for pid in gpu["pids"] if "query-compute-apps" in words else []:
        print(f"{{gpu['uuid']}}, {{pid}}, 500")
"""


class FakeGpus:
    """The GPUs of this machine, for as long as a test lasts.

    Args:
        folder: for the program and what it prints.
        monkeypatch: puts it at the front of PATH.
        many: the number of GPUs, idle ones.
    """

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, many: int) -> None:
        folder.mkdir(exist_ok=True)
        self._file = folder / "gpus.json"
        self._gpus: list[dict[str, object]] = [
            {"uuid": f"GPU-{number}-{os.getpid()}", "used": 4, "use": 0, "pids": []}
            for number in range(many)
        ]
        self._write()
        program = folder / "nvidia-smi"
        program.write_text(_PROGRAM.format(python=sys.executable, file=str(self._file)))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
        monkeypatch.setitem(sys.modules, "pynvml", None)

    def uuid(self, number: int) -> str:
        """Return the id of a GPU."""
        return str(self._gpus[number]["uuid"])

    def change(
        self, number: int, *, used: int = 4, use: int = 0, pids: tuple[int, ...] = ()
    ) -> None:
        """Say what the driver says of a GPU from now on.

        Args:
            number: from 0.
            used: MiB of its memory.
            use: percent.
            pids: processes that use it.
        """
        self._gpus[number] |= {"used": used, "use": use, "pids": list(pids)}
        self._write()

    def _write(self) -> None:
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps(self._gpus))
        new.replace(self._file)
