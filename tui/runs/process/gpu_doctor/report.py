"""The GPUs of a machine, and what the libraries see of them: rows of name, value and advice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tui.common.installed import is_installed, library_name
from tui.common.text import in_words, size_text
from tui.runs.process.gpu_doctor.causes import library_problem
from tui.runs.process.gpu_doctor.compute_capability import compiled_later
from tui.runs.process.gpu_doctor.driver_causes import driver_problem
from tui.runs.process.gpu_doctor.driver_version import cuda_of_driver, driver_version
from tui.runs.process.gpu_doctor.facts import LibraryView, Machine
from tui.runs.process.gpus import Gpu, GpuProcess, visible_gpus
from tui.runs.process.needs import chosen_backend

Row = tuple[str, str, str]
"""Name, value, and advice, which is empty where there is nothing to do."""
_SOME_MEMORY = 10**9
"""Bytes of a GPU's memory in use, from which on somebody's program has to be there."""


def gpu_rows(
    machine: Machine, views: Sequence[LibraryView], backend: str | None = None
) -> Iterator[Row]:
    """Yield a row for the driver, for each GPU and for each library.

    Args:
        machine: what the system says.
        views: what the libraries see; empty where they were not asked.
        backend: that Keras uses, for which a GPU counts; None: the one that is chosen here.
    """
    if not machine.any_sign and not any(view.devices for view in views):
        problem = driver_problem(machine)
        value = "none: there is no NVIDIA GPU or driver here"
        if problem is not None:
            yield ("GPU", f"{value}. {problem.sentence}", problem.cure)
        else:
            yield ("GPU", value, "")
        return
    yield _driver_row(machine, views)
    seen = {view.library: _seen(machine, view) for view in views}
    for gpu in machine.gpus:
        yield (f"GPU {gpu.index}", _gpu_text(machine, gpu, seen), "")
    needed = _needed(views, backend)
    for view in views:
        yield _library_row(machine, view, advised=view.library == needed)


def _needed(views: Sequence[LibraryView], backend: str | None) -> str:
    """Return the library that Keras computes with; where it is not here, the first that is."""
    asked = [view.library for view in views]
    chosen = chosen_backend() if backend is None else backend
    if chosen in asked or not asked or (chosen == "torch" and is_installed(chosen)):
        return chosen
    return asked[0]


def _driver_row(machine: Machine, views: Sequence[LibraryView]) -> Row:
    version = driver_version(machine)
    cuda = cuda_of_driver(machine, next((view for view in views if view.driver.cuda), None))
    value = version or ("its version is not known" if machine.gpus else "not working")
    if cuda:
        value += f", runs CUDA up to {cuda}"
    if machine.gpus or any(view.devices for view in views):
        return ("GPU driver", value, "")
    problem = driver_problem(machine)
    if problem is None:
        return ("GPU driver", f"{value}. It shows no GPU", "")
    # The libraries' rows would say the same again.
    return ("GPU driver", f"{value}. {problem.sentence}", problem.cure)


def _seen(machine: Machine, view: LibraryView) -> set[str]:
    """Return the keys of the GPUs that a library sees."""
    allowed = visible_gpus(machine.environment, machine.gpus)
    by_id = {gpu.uuid.partition("-")[2]: gpu for gpu in machine.gpus if gpu.uuid}
    found = set()
    for device in view.devices:
        place = device.ordinal
        uuid = view.driver.uuids[place] if 0 <= place < len(view.driver.uuids) else ""
        gpu = by_id.get(uuid) or (allowed[place] if 0 <= place < len(allowed) else None)
        if gpu is not None:
            found.add(gpu.key)
    return found


def _gpu_text(machine: Machine, gpu: Gpu, seen: Mapping[str, set[str]]) -> str:
    parts = [gpu.name or "an NVIDIA GPU"]
    if gpu.memory_total is not None and gpu.memory_used is not None:
        free = size_text(max(gpu.memory_total - gpu.memory_used, 0))
        parts[0] += f", {free} of {size_text(gpu.memory_total)} free"
    elif gpu.memory_total is not None:
        parts[0] += f", {size_text(gpu.memory_total)}"
    if gpu.use is not None:
        parts[0] += f", {gpu.use:.0f} % in use"
    by = ["the driver", *(library_name(name) for name, keys in seen.items() if gpu.key in keys)]
    parts.append(f"seen by {in_words(by)}")
    others = [library_name(name) for name, keys in seen.items() if gpu.key not in keys]
    if others:
        parts[-1] += f", not by {in_words(others, 'or')}"
        if gpu not in visible_gpus(machine.environment, machine.gpus):
            said = machine.environment.get("CUDA_VISIBLE_DEVICES")
            parts[-1] += f" (CUDA_VISIBLE_DEVICES={said})"
    if gpu.processes:
        parts.append("used by " + ", ".join(_process_text(one) for one in gpu.processes))
    elif (gpu.memory_used or 0) > _SOME_MEMORY:
        parts.append("the driver does not show here whose processes use it")
    return "; ".join(parts)


def _process_text(process: GpuProcess) -> str:
    """Return a process in a few words.

    >>> _process_text(GpuProcess(4711, 57_000_000_000, "anna")), _process_text(GpuProcess(12))
    ('anna (process 4711, 57 GB)', 'somebody (process 12)')
    """
    memory = "" if process.memory is None else f", {size_text(process.memory)}"
    return f"{process.user or 'somebody'} (process {process.pid}{memory})"


def _library_row(machine: Machine, view: LibraryView, *, advised: bool) -> Row:
    """Return what a library sees.

    Args:
        machine: what the system says.
        view: of the library.
        advised: whether Keras computes with it, so that a GPU that it does not see is missed.
    """
    built = f"built for CUDA {view.cuda}" if view.cuda_build else "built for the CPU alone"
    allowed = len(visible_gpus(machine.environment, machine.gpus)) or len(machine.gpus)
    of = f" of {allowed}" if machine.gpus else ""
    many = max(allowed, len(view.devices)) if machine.gpus else len(view.devices)
    value = f"{library_name(view.library)}, {built}, sees {len(view.devices)}{of} "
    value += "GPU" if many == 1 else "GPUs"
    if view.error:
        value = f"{library_name(view.library)}: not known"
    problem = library_problem(machine, view)
    if problem is None or not (machine.gpus or view.error):
        later = compiled_later(view)
        return ("GPUs seen", f"{value}. {later}" if later else value, "")
    value = f"{value}. {problem.sentence}"
    if advised:
        return ("GPUs seen", value, problem.cure)
    return ("GPUs seen", f"{value} {problem.cure}", "")
