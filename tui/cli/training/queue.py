"""`cnn-tui queue`: what waits, where it may start, and the settings of the queue."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click
import msgspec

from tui.cli.training.option_types import Parsed
from tui.common.paths import StateError
from tui.common.text import clean, exact
from tui.runs.export.run_formatting import ordinal
from tui.runs.process.gpus import Gpu
from tui.runs.queue.queue_settings import (
    QueueSettings,
    QueueSettingsError,
    read_settings,
    settings_problem,
    write_settings,
)
from tui.runs.queue.slots import GpuState, gpu_states, most_at_once, usable_gpus
from tui.runs.queue.waiting_runs import queue_is_running, runs_at_work, waiting_runs
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_label import title_of


def _slots(text: str) -> int:
    if text.strip().lower() == "auto":
        return 0
    if not text.strip().isdecimal():
        raise ValueError(f"{clean(text, 30)!r} is no number of runs. Write 1, 2 …, or auto.")
    return int(text)


@click.command()
@click.option(
    "--slots",
    type=Parsed("number|auto", _slots),
    help="The most runs at once; auto: one on each GPU, and without GPUs one.",
)
@click.option(
    "--gpu-memory",
    "gpu_memory_gb",
    type=float,
    metavar="GB",
    help="A GPU with less memory than this in use is free.",
)
@click.option(
    "--gpu-memory-percent",
    type=float,
    metavar="PERCENT",
    help="A GPU with less than this part of its memory in use is free too.",
)
@click.option(
    "--gpu-use",
    "gpu_use_percent",
    type=float,
    metavar="PERCENT",
    help="A GPU that computes for this part of the time or more is not free.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def queue(as_json: bool, **changes: float | None) -> None:
    """Show what waits in the queue and where it may start; change the settings of the queue.

    A waiting run starts by itself, without the app too: on a machine with GPUs as soon as one is
    free, else as soon as no other run is being trained, or fewer than --slots. A GPU is free when
    no run of yours is on it, no other user's run has reserved it, and its memory and its use are
    low, so the jobs of others are left alone. CUDA_VISIBLE_DEVICES of the program that started the
    queue says which GPUs may be used at all.

    Settings are kept. The environment variables CNN_TUI_SLOTS, CNN_TUI_GPU_MEMORY_GB,
    CNN_TUI_GPU_MEMORY_PERCENT and CNN_TUI_GPU_USE_PERCENT come before them.

    \b
      cnn-tui queue --slots 2
      cnn-tui queue --gpu-memory 2 --gpu-use 20
    """
    given = {name: value for name, value in changes.items() if value is not None}
    try:
        if given:
            write_settings(msgspec.structs.replace(read_settings({}), **given))
        settings = read_settings()
        gpus, working, waiting = usable_gpus(), runs_at_work(), waiting_runs()
    except QueueSettingsError as error:
        raise click.UsageError(str(error)) from error
    except StateError as error:
        raise click.ClickException(str(error)) from error
    states = gpu_states(gpus, working, settings)
    if as_json:
        click.echo(json.dumps(_record(settings, states, working, waiting), indent=2))
    else:
        click.echo("\n".join(_lines(settings, states, working, waiting)))
    if problem := settings_problem():
        click.echo(f"warning: {clean(problem, 400)}", err=True)
    if "slots" in given and settings.slots > 1 and not gpus:
        click.echo(
            f"note: {settings.slots} trainings at once share the cores, and each takes memory of "
            "its own. That there is enough is not checked.",
            err=True,
        )


def slots_text(gpus: Sequence[Gpu], settings: QueueSettings) -> str:
    """Return how many runs are trained at once, in words.

    >>> slots_text([], QueueSettings()), slots_text([Gpu(0), Gpu(1)], QueueSettings(slots=1))
    ('one run at a time', 'one run at a time, on a free GPU of 2')
    >>> slots_text([Gpu(0), Gpu(1)], QueueSettings()), slots_text([], QueueSettings(slots=3))
    ('one run on each of 2 GPUs', 'up to 3 runs at once')
    """
    most = most_at_once(gpus, settings)
    if gpus and most == len(gpus):
        return f"one run on each of {most} GPUs" if most > 1 else "one run, on the GPU"
    words = "one run at a time" if most == 1 else f"up to {most} runs at once"
    where = "a free GPU" if most == 1 else "free GPUs"
    return f"{words}, on {where} of {len(gpus)}" if gpus else words


def _lines(
    settings: QueueSettings,
    states: Sequence[GpuState],
    working: Sequence[RunFolder],
    waiting: Sequence[RunFolder],
) -> list[str]:
    gpus = [state.gpu for state in states]
    lines = [f"The queue trains {slots_text(gpus, settings)}."]
    if gpus:
        lines.append(
            f"A GPU is free with less than {exact(settings.gpu_memory_gb)} GB or "
            f"{exact(settings.gpu_memory_percent)} % of its memory in use, and less than "
            f"{exact(settings.gpu_use_percent)} % of use."
        )
    lines += [
        f"  GPU {state.gpu.index}  {clean(state.gpu.name)}  {clean(state.taken) or 'free'}"
        for state in states
    ]
    lines += [f"At work: {clean(title_of(run))}  {clean(run.name)}" for run in working]
    lines += [
        f"Waiting, {ordinal(number)} to start: {clean(title_of(run))}  {clean(run.name)}"
        for number, run in enumerate(waiting, 1)
    ]
    if not waiting:
        lines.append("Nothing waits. `cnn-tui train … --queue` adds a run.")
    elif not queue_is_running():
        lines.append(
            "The queue's own process is not running: opening cnn-tui, or adding a run, starts it."
        )
    return lines


def _record(
    settings: QueueSettings,
    states: Sequence[GpuState],
    working: Sequence[RunFolder],
    waiting: Sequence[RunFolder],
) -> dict[str, object]:
    return {
        "settings": msgspec.structs.asdict(settings),
        "at_once": most_at_once([state.gpu for state in states], settings),
        "gpus": [
            {
                "index": state.gpu.index,
                "uuid": state.gpu.uuid,
                "name": state.gpu.name,
                "memory_total": state.gpu.memory_total,
                "memory_used": state.gpu.memory_used,
                "use_percent": state.gpu.use,
                "free": not state.taken,
                "taken": state.taken,
            }
            for state in states
        ],
        "at_work": [str(run.path) for run in working],
        "waiting": [str(run.path) for run in waiting],
    }
