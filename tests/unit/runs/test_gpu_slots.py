"""Which GPU a run is given, by what is on each of them."""

from __future__ import annotations

import dataclasses
import functools
import os
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from tests.support.fake_gpus import FakeGpus
from tests.unit.runs.queued_runs import gpu_locks as gpu_locks
from tests.unit.runs.queued_runs import gpus as gpus
from tests.unit.runs.queued_runs import queued, together
from tests.unit.runs.selection_runs import a_run
from tui.areas.runs.run_list.run_cells import state_words
from tui.runs.events.assigned_gpus import AssignedGpu
from tui.runs.process.gpu_locks import is_reserved, release, reserve
from tui.runs.process.gpus import Gpu
from tui.runs.queue.claims import Claim, claim_next, take_gpus
from tui.runs.queue.order import leave_queue
from tui.runs.queue.queue_settings import (
    QueueSettings,
    write_settings,
)
from tui.runs.queue.slots import gpu_states, usable_gpus
from tui.runs.queue.waiting_runs import runs_at_work
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.create_run import create_run
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_lock import acquire_lock

pytestmark = pytest.mark.usefixtures("gpu_locks")


def claims(gpus: FakeGpus | None, many: int) -> list[Claim]:
    found = (claim_next((), usable_gpus()) for _ in range(many))
    return [claim for claim in found if claim is not None]


def numbers(found: list[Claim]) -> list[int]:
    return [gpu.index for claim in found for gpu in claim.gpus]


def test_fewer_slots_than_gpus_leave_gpus_alone(spec: TrainingSpec, gpus: FakeGpus) -> None:
    gpus.change(2)
    write_settings(QueueSettings(slots=2))
    queued(spec, 3)
    assert numbers(claims(gpus, 3)) == [0, 1]


def test_a_run_on_several_gpus_waits_until_so_many_are_free(
    spec: TrainingSpec, gpus: FakeGpus
) -> None:
    gpus.change(0, use=50)
    wide = msgspec.structs.replace(spec, gpus=2)
    first = create_run(wide, queued=True, after=1.0)
    create_run(spec, queued=True, after=2.0)
    assert claims(gpus, 1) == [], "the one after it does not overtake it"
    gpus.change(0)
    claimed = claims(gpus, 1)
    assert numbers(claimed) == [0, 1] and claimed[0].run == first
    for claim in claimed:
        release(claim.reserved)
    everything = create_run(msgspec.structs.replace(spec, gpus=-1))
    assert [gpu.index for gpu in take_gpus(everything)[0]] == [0, 1, 2]


def test_only_visible_gpus_are_used(
    spec: TrainingSpec, gpus: FakeGpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    queued(spec, 2)
    assert numbers(claims(gpus, 2)) == [1]


@pytest.mark.parametrize(
    ("used", "use", "free"),
    [(900, 0, True), (1200, 0, True), (7_900, 9, True), (8_100, 0, False), (4, 10, False)],
)
def test_the_thresholds_say_what_is_free(used: int, use: int, free: bool, gpus: FakeGpus) -> None:
    gpus.change(0, used=used, use=use)
    states = gpu_states(usable_gpus(), [], QueueSettings())
    assert (not states[0].taken) == free
    gpus.change(0, used=5_000, use=40)
    strict = QueueSettings(gpu_memory_gb=2, gpu_memory_percent=5, gpu_use_percent=50)
    assert gpu_states(usable_gpus(), [], strict)[0].taken == "5.2 of 84 GB used"


def test_what_takes_a_gpu_is_said(gpus: FakeGpus) -> None:
    assert gpu_states(usable_gpus(), [], QueueSettings())[2].taken == (
        "73.4 of 84 GB used, 98 % in use, by process 1 of root"
    )


def test_a_reserved_gpu_is_not_taken(spec: TrainingSpec, gpus: FakeGpus) -> None:
    held = reserve([gpus.uuid(0)])
    queued(spec, 3)
    assert numbers(claims(gpus, 3)) == [1]
    release(held)
    assert numbers(claims(gpus, 3)) == [0]
    assert is_reserved(gpus.uuid(1))


def test_the_lock_of_a_gpu_can_be_read_by_other_users(gpus: FakeGpus, tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        release(reserve([gpus.uuid(0)]))
    finally:
        os.umask(before)
    [file] = (tmp_path / "locks").iterdir()
    assert file.stat().st_mode & 0o777 == 0o644


def test_a_planted_lock_is_not_followed(gpus: FakeGpus, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    link = tmp_path / "locks" / f"cnn-tui-gpu-{gpus.uuid(0)}.lock"
    link.symlink_to(precious)
    assert not is_reserved(gpus.uuid(0)) and reserve([gpus.uuid(0)]) == ()
    assert not precious.exists()
    link.unlink()
    os.mkfifo(link)
    assert not is_reserved(gpus.uuid(0))


def test_a_run_started_directly_takes_a_free_gpu_and_occupies_it(
    spec: TrainingSpec, gpus: FakeGpus
) -> None:
    direct = create_run(spec)
    direct.mark_starting()
    queued(spec, 2)
    assert numbers(claims(gpus, 1)) == [0], "one is left for it"
    given, sentence = take_gpus(direct)
    assert [gpu.index for gpu in given] == [1] and sentence == ""
    assert claims(gpus, 1) == []


def test_a_run_started_directly_onto_busy_gpus_shares_the_least_used_and_says_so(
    spec: TrainingSpec, gpus: FakeGpus
) -> None:
    queued(spec, 2)
    assert numbers(claims(gpus, 2)) == [0, 1]
    direct = create_run(spec)
    direct.mark_starting()
    given, sentence = take_gpus(direct)
    assert [gpu.index for gpu in given] == [2]
    assert sentence.startswith("No GPU is free: this training shares GPU 2 (73.4 of 84 GB used")


def test_a_program_of_somebodys_own_occupies_the_gpu_that_it_is_seen_on(
    spec: TrainingSpec, gpus: FakeGpus
) -> None:
    script = create_run(spec)
    script.events.touch()
    lock = script.acquire_lock()
    with closing(SimpleNamespace(close=lambda: os.close(lock))):
        queued(spec, 3)
        gpus.change(1, used=4, pids=(os.getpid(),))
        states = gpu_states(usable_gpus(), runs_at_work(), QueueSettings())
        assert [bool(state.taken) for state in states] == [False, True, True]
        gpus.change(1)
        states = gpu_states(usable_gpus(), runs_at_work(), QueueSettings())
        assert [bool(state.taken) for state in states] == [True, False, True], "the first, else"


def test_a_lock_without_gpus_of_an_earlier_version_is_read(
    spec: TrainingSpec, tmp_path: Path
) -> None:
    run = create_run(spec)
    run.lock.write_text(str(os.getpid()))
    assert run.gpus() is None
    file = acquire_lock(tmp_path / "lock", (AssignedGpu(1),))
    assert file is not None
    os.close(file)


def test_a_run_whose_lock_is_unreadable_leaves_room_for_itself(
    spec: TrainingSpec, gpus: FakeGpus, tmp_path: Path
) -> None:
    lost = create_run(spec)
    lost.events.write_text('{"type":"run_started","at":1.0,"pid":1,"version":"0"}\n')
    lost.lock.symlink_to(tmp_path)
    queued(spec, 2)
    assert numbers(claims(gpus, 2)) == [0], "it may be on the other"


def test_leaving_the_queue_and_claiming_at_once_is_one_or_the_other(
    spec: TrainingSpec, gpus: FakeGpus
) -> None:
    for _ in range(10):
        runs = queued(spec, 2)
        claimed: list[Claim | None] = []
        refused: list[RunError] = []

        def take_out(run: RunFolder = runs[0], refused: list[RunError] = refused) -> None:
            try:
                leave_queue(run)
            except RunError as error:
                refused.append(error)

        def claim(seen: tuple[Gpu, ...], claimed: list[Claim | None] = claimed) -> None:
            claimed.append(claim_next((), seen))

        claiming = functools.partial(claim, usable_gpus())
        together(take_out, claiming, claiming)
        taken = [one.run for one in claimed if one is not None]
        assert len(set(taken)) == len(taken)
        assert (runs[0] in taken) == bool(refused)
        given = [gpu.index for one in claimed if one for gpu in one.gpus]
        assert len(set(given)) == len(given)
        for one in claimed:
            release(one.reserved if one is not None else ())
        for run in runs:
            run.path.rename(run.path.with_name(f".gone-{run.name}"))


@pytest.mark.parametrize(
    ("numbers_given", "width", "words"),
    [
        ([2], 13, "● GPU 2"),
        ([2], 20, "● running on GPU 2"),
        ([0, 1, 2, 3], 13, "● 4 GPUs"),
        ([0, 1], 13, "● GPUs 0, 1"),
    ],
)
def test_the_list_shows_the_gpu_whole(numbers_given: list[int], width: int, words: str) -> None:
    given = tuple(AssignedGpu(number) for number in numbers_given)
    summary = dataclasses.replace(a_run("pets", state="running"), gpus=given)
    assert state_words(summary, 0, width) == words
