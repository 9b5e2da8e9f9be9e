"""Where a run may be started now: on which GPU, or as one of how many.

A GPU is free when no run of the user's is on it (by the record of the living runs, not by the
driver alone), no copy of this program has reserved it, and its memory and its use are below the
thresholds of the settings. So others' jobs are respected.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from tui.common.text import clean
from tui.runs.events.assigned_gpus import AssignedGpu, Gpus
from tui.runs.process.gpu_locks import is_reserved
from tui.runs.process.gpus import Gpu, named_gpus, visible_gpus
from tui.runs.process.read_gpus import read_gpus
from tui.runs.queue.queue_settings import QueueSettings
from tui.runs.settings.several_gpus import ALL_GPUS, MOST_GPUS
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_lock import Holder, LockError, lock_holder


def usable_gpus() -> tuple[Gpu, ...]:
    """Return the GPUs that trainings of this process may use; reads the driver."""
    return visible_gpus(os.environ, read_gpus())


@dataclass(frozen=True)
class GpuState:
    """What a GPU is used for.

    Args:
        gpu: the GPU.
        runs: the runs that are trained on it, or about to be.
        taken: why no run is started on it, in a few words; empty where it is free.
    """

    gpu: Gpu
    runs: tuple[RunFolder, ...] = ()
    taken: str = ""


@dataclass(frozen=True)
class Occupied:
    """The runs at work, and where they are.

    Args:
        by_gpu: the runs on each GPU, by its key.
        elsewhere: runs that are on one of the GPUs, or about to be; it is not known on which.
    """

    by_gpu: dict[str, tuple[RunFolder, ...]]
    elsewhere: tuple[RunFolder, ...]


def occupied_gpus(gpus: Sequence[Gpu], at_work: Iterable[RunFolder]) -> Occupied:
    """Return on which GPUs runs are at work.

    Args:
        gpus: those of this machine.
        at_work: the runs.
    """
    by_gpu: dict[str, tuple[RunFolder, ...]] = {}
    elsewhere = []
    for run in at_work:
        found = _gpus_of(run, gpus)
        if found is None:
            elsewhere.append(run)
        for gpu in found or ():
            by_gpu[gpu.key] = (*by_gpu.get(gpu.key, ()), run)
    return Occupied(by_gpu, tuple(elsewhere))


def _gpus_of(run: RunFolder, gpus: Sequence[Gpu]) -> tuple[Gpu, ...] | None:
    """Return the GPUs that a run is on; None where that is not known yet."""
    given = run.assigned_gpus()
    if given is not None:
        return _recorded(given, gpus)
    try:
        holder = lock_holder(run.lock)
    except LockError:
        return None
    if holder is None:  # its trainer was started just now, and takes one when it begins
        return None
    if not holder.is_here:
        return _recorded(tuple(gpu for gpu in holder.gpus or () if gpu.uuid), gpus)
    return _used_by(holder, gpus) if holder.gpus is None else _recorded(holder.gpus, gpus)


def _recorded(given: Gpus, gpus: Sequence[Gpu]) -> tuple[Gpu, ...]:
    return tuple(gpu for one in given for gpu in named_gpus([one.key], gpus))


def _used_by(holder: Holder, gpus: Sequence[Gpu]) -> tuple[Gpu, ...]:
    """Return the GPUs of a process that may use all: those it is seen on, else the first."""
    seen = tuple(gpu for gpu in gpus if any(process.pid == holder.pid for process in gpu.processes))
    return seen or tuple(gpus[:1])


def gpu_states(
    gpus: Sequence[Gpu], at_work: Iterable[RunFolder], settings: QueueSettings
) -> list[GpuState]:
    """Return what each GPU is used for."""
    runs = occupied_gpus(gpus, at_work).by_gpu
    return [
        GpuState(gpu, runs.get(gpu.key, ()), _why_taken(gpu, runs.get(gpu.key, ()), settings))
        for gpu in gpus
    ]


def _why_taken(gpu: Gpu, runs: Sequence[RunFolder], settings: QueueSettings) -> str:
    if runs:
        return f"trains {', '.join(run.name for run in runs)}"
    busy = why_busy(gpu, settings)
    if busy:
        return busy
    return "reserved by a training that is being started" if is_reserved(gpu.key) else ""


def why_busy(gpu: Gpu, settings: QueueSettings) -> str:
    """Return why a GPU is not free by what its driver says; empty where it is.

    What the driver does not say counts as low.

    >>> why_busy(Gpu(0, memory_total=80_000_000_000, memory_used=7_000_000_000), QueueSettings())
    ''
    >>> why_busy(Gpu(0, memory_total=80_000_000_000, memory_used=9_000_000_000), QueueSettings())
    '9.0 of 80 GB used'
    >>> why_busy(Gpu(0, use=60.0), QueueSettings())
    '60 % in use'
    """
    reasons = []
    used, total = gpu.memory_used or 0, gpu.memory_total or 0
    limit = max(settings.gpu_memory_gb * 1e9, settings.gpu_memory_percent / 100 * total)
    if used and used >= limit:
        reasons.append(f"{used / 1e9:.1f} of {total / 1e9:.0f} GB used")
    if gpu.use and gpu.use >= settings.gpu_use_percent:
        reasons.append(f"{gpu.use:.0f} % in use")
    if reasons and gpu.processes:
        by = [
            f"process {process.pid}" + (f" of {process.user}" if process.user else "")
            for process in gpu.processes[:2]
        ]
        more = f" and {len(gpu.processes) - 2} more" if len(gpu.processes) > 2 else ""
        reasons.append(clean(f"by {', '.join(by)}{more}"))
    return ", ".join(reasons)


def most_at_once(gpus: Sequence[Gpu], settings: QueueSettings) -> int:
    """Return how many runs may be trained at once.

    >>> most_at_once([], QueueSettings()), most_at_once([Gpu(0), Gpu(1)], QueueSettings())
    (1, 2)
    >>> five = QueueSettings(slots=5)
    >>> most_at_once([Gpu(0), Gpu(1)], five), most_at_once([], five)
    (2, 5)
    """
    if not gpus:
        return settings.slots or 1
    return min(settings.slots, len(gpus)) if settings.slots else len(gpus)


def slot_for(
    gpus: Sequence[Gpu], at_work: Collection[RunFolder], settings: QueueSettings, wanted: int = 1
) -> Gpus | None:
    """Return the GPUs on which a waiting run may be started; None while it has to wait.

    Args:
        gpus: those that trainings may use, as they are now; without any the run is given none.
        at_work: the other runs that are trained, or about to be.
        settings: of the queue.
        wanted: how many GPUs the run is to use; of more than there are, all.
    """
    if not gpus or settings.slots:  # with GPUs, only those on this machine are in the way
        if len(at_work) >= most_at_once(gpus, settings):
            return None
        if not gpus:
            return ()
    free = [state.gpu for state in gpu_states(gpus, at_work, settings) if not state.taken]
    # Those that are about to take one will find what is left.
    room = len(free) - len(occupied_gpus(gpus, at_work).elsewhere)
    wanted = min(max(wanted, 1), len(gpus))
    return _assigned(free[:wanted]) if room >= wanted else None


def gpus_for_now(
    gpus: Sequence[Gpu], at_work: Collection[RunFolder], settings: QueueSettings, wanted: int = 1
) -> tuple[Gpus, str]:
    """Return the GPUs for a run that starts now, also where none is free.

    Args:
        gpus: those that trainings may use; without any the run is given none.
        at_work: the other runs.
        settings: of the queue.
        wanted: how many GPUs the run is to use; of more than there are, all.

    Returns:
        The GPUs, and a sentence where it shares one with others.
    """
    states = gpu_states(gpus, at_work, settings)
    states.sort(key=lambda state: (bool(state.taken), len(state.runs), state.gpu.memory_used or 0))
    chosen = sorted(states[: max(wanted, 1)], key=lambda state: state.gpu.index)
    shared = next((state for state in chosen if state.taken), None)
    sentence = ""
    if shared is not None:
        sentence = (
            f"No GPU is free: this training shares GPU {shared.gpu.index} ({shared.taken}), so "
            "both are slower, and memory may run out. In the queue it would wait for a free one."
        )
    return _assigned([state.gpu for state in chosen]), sentence


def _assigned(gpus: Iterable[Gpu]) -> Gpus:
    return tuple(AssignedGpu(gpu.index, gpu.uuid) for gpu in gpus)


def gpus_wanted(run: RunFolder) -> int:
    """Return how many GPUs a run is to use; a large number for all."""
    try:
        wanted = run.spec().gpus
    except RunError:  # not a training of ours, or one with a damaged spec
        return 1
    return MOST_GPUS if wanted == ALL_GPUS else max(wanted, 1)
