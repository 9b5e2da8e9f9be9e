"""Which limits of memory are named, and what a program under a tight one says."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tui.inspection.inspector_client import InspectorClient, InspectorEnded
from tui.runs.process.memory import memory_limits, memory_shortage

GIGABYTE = 10**9


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    folder = tmp_path / "proc"
    (folder / "self").mkdir(parents=True)
    (folder / "meminfo").write_text("MemTotal: 24000000 kB\nMemAvailable:  8000000 kB\n")
    return folder


def test_a_roomy_machine_is_not_short(proc: Path, tmp_path: Path) -> None:
    (limit,) = memory_limits(proc, tmp_path / "none")
    assert limit.words == "The machine has 8.19 GB of memory free" and not limit.tight
    assert memory_shortage((limit,)) == ""


def test_a_full_machine_is_short(proc: Path, tmp_path: Path) -> None:
    (proc / "meminfo").write_text("MemAvailable:  400000 kB\n")
    said = memory_shortage(memory_limits(proc, tmp_path / "none"))
    assert said.startswith("The machine has 410 MB of memory free, and a training needs about 1 GB")


def test_the_limit_of_a_container_is_found_also_above_its_group(proc: Path, tmp_path: Path) -> None:
    (proc / "self" / "cgroup").write_text("0::/user/job\n")
    inner = tmp_path / "groups" / "user" / "job"
    inner.mkdir(parents=True)
    (inner / "memory.max").write_text("max\n")
    (inner / "memory.current").write_text("5\n")
    (inner.parent / "memory.max").write_text(f"{GIGABYTE // 2}\n")
    (inner.parent / "memory.current").write_text(f"{GIGABYTE // 4}\n")
    (inner.parent / "memory.stat").write_text(f"anon 1\ninactive_file {GIGABYTE // 8}\n")
    said = memory_shortage(memory_limits(proc, tmp_path / "groups"))
    assert said.startswith("The container or job may take 500 MB of memory and has 375 MB left")


def test_the_older_control_groups_are_read_too(proc: Path, tmp_path: Path) -> None:
    (proc / "self" / "cgroup").write_text("4:cpu,memory:/job\n0::/\n")
    job = tmp_path / "groups" / "memory" / "job"
    job.mkdir(parents=True)
    (job / "memory.limit_in_bytes").write_text(f"{GIGABYTE // 2}\n")
    (job / "memory.usage_in_bytes").write_text("0\n")
    (job.parent / "memory.limit_in_bytes").write_text(f"{2**63 - 4096}\n")  # none
    (job.parent / "memory.usage_in_bytes").write_text("0\n")
    assert "500 MB" in memory_shortage(memory_limits(proc, tmp_path / "groups"))


def _limited(code: str, most: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (most, most)),
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_doctor_names_a_tight_address_space() -> None:
    code = "import sys; sys.argv[1:] = ['doctor', '--json']; from tui.cli.main import main; main()"
    done = _limited(code, GIGABYTE // 2)
    (memory,) = [line for line in json.loads(done.stdout) if line["name"] == "memory"]
    assert "limited to 500 MB (ulimit -v)" in memory["value"]
    assert "ulimit -v unlimited" in memory["advice"]
    assert done.returncode == 1


def test_a_command_that_finds_no_memory_says_so_in_one_sentence() -> None:
    code = (
        "import sys; sys.argv[1:] = ['doctor']\n"
        "import tui.cli.command\n"
        "tui.cli.command.cli.main = lambda **_: [bytearray(10**8) for _ in range(20)]\n"
        "from tui.cli.main import main; main()"
    )
    done = _limited(code, GIGABYTE // 2)
    assert done.stderr.startswith("cnn-tui: there is not enough memory")
    assert "Traceback" not in done.stderr and done.returncode == 1


@pytest.mark.parametrize("end", ["os.abort()", "os.kill(os.getpid(), 9)", "sys.exit(1)"])
async def test_a_looking_child_that_dies_under_a_tight_limit_is_explained(
    end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "tui.inspection.inspector_process.memory_shortage", lambda: "The limit is 1 GB. Raise it."
    )
    async with InspectorClient([sys.executable, "-c", f"import os, sys; {end}"]) as client:
        with pytest.raises(InspectorEnded, match=r"memory.*The limit is 1 GB\. Raise it\."):
            await client.ready()
