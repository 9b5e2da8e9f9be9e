"""The run of a training in somebody's own program: it is opened, ended, or given up.

Nothing here may disturb that training: what goes wrong is one warning, and the training goes on.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
import warnings
from typing import Any, Literal

import msgspec

from tui.callback.program import Program, Rank, in_notebook, this_program
from tui.callback.run_recorder import RunRecorder
from tui.common.paths import StateError
from tui.common.stop_rule import StopRule
from tui.common.text import clean
from tui.runs.events.event_types import Event, Failed, Finished, Request
from tui.runs.process.on_end import start_on_end
from tui.runs.process.system_stats import SystemSampler
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.settings.spec import check_patience
from tui.runs.store.create_run import create_run
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder

_NAME_LIMIT = 200
_commands: list[subprocess.Popen[bytes]] = []
"""Processes that run a command at a run's end; the program does not wait for them."""


def warn(text: str) -> None:
    """Print a warning, even where warnings are errors."""
    try:
        warnings.warn(f"cnn-tui: {text}", RuntimeWarning, stacklevel=2)
    except RuntimeWarning:
        with contextlib.suppress(Exception):
            print(f"cnn-tui: {text}", file=sys.stderr)


def error_sentence(error: BaseException) -> str:
    """Return what went wrong, in a sentence: our own errors' message, or any other's with its name.

    >>> error_sentence(TypeError("not a number")), error_sentence(RunError("It is gone."))
    ('TypeError: not a number.', 'It is gone.')
    """
    if isinstance(error, (RunError, StateError)):
        return f"{clean(error, 300).rstrip('.')}."
    return _named(error)


def _named(error: BaseException) -> str:
    text = clean(str(error).strip().partition("\n")[0], 300).rstrip(".")
    return f"{type(error).__name__}: {text}." if text else f"{type(error).__name__}."


class ScriptRun:
    """A run that this process writes.

    Args:
        spec: what is known of the training.

    Raises:
        StateError: when the folder of runs cannot be used.
        RunError: when another process has the run.
        OSError: when the run's folder cannot be written to.
    """

    def __init__(self, spec: ExternalSpec) -> None:
        self.spec = spec
        folder = create_run(spec)
        try:
            self.recorder = RunRecorder(folder, log=warn)
        except Exception:
            shutil.rmtree(folder.path, ignore_errors=True)  # or it would look like one that died
            raise
        self._pid = os.getpid()
        self.open = True
        self.epochs_done = 0
        """Complete epochs."""
        self.epoch = 0
        """The epoch at work."""
        self.recorder.begin()
        self._sampler = SystemSampler(self.emit, self.recorder.run.path).start()

    def emit(self, event: Event) -> None:
        """Write an event."""
        if self.open:
            self.recorder.emit(event)

    def finish(self, reason: Literal["completed", "rule", "stopped"], sentence: str) -> None:
        """Report that the training is over, and let the run go."""
        self._end(
            Finished(at=time.time(), reason=reason, sentence=sentence, epochs=self.epochs_done)
        )

    def fail(self, what: str, cure: str) -> None:
        """Report that the training, or recording it, failed, and let the run go."""
        self._end(Failed(at=time.time(), what=what, where="training", cure=cure))

    def give_up(self, error: BaseException | None = None) -> None:
        """Let the run go after a training that ended without saying so.

        Args:
            error: the exception that ended it; None where it is not known.
        """
        if not self.open:
            return
        place = f"in epoch {self.epoch}" if self.epoch else "before the first epoch"
        error = error or _last_exception()
        if isinstance(error, KeyboardInterrupt):
            self.finish("stopped", f"Interrupted from the keyboard {place}.")
        elif error is not None:
            self.fail(
                f"{self.spec.origin} ended {place} with {_named(error)}",
                "The whole message is in the program's own output.",
            )
        else:
            self.fail(
                f"{self.spec.origin} ended the training {place} without finishing it.",
                "Its own output may say why.",
            )

    def _end(self, event: Event) -> None:
        if not self.open:
            return
        self.open = False
        if os.getpid() != self._pid:
            return  # a forked child: the run is its parent's
        self._sampler.stop()
        run = RunFolder(self.recorder.run.path)  # it may have been renamed
        with contextlib.suppress(Exception):
            self.recorder.emit(event)
        with contextlib.suppress(Exception):
            self.recorder.close()
        if self.spec.on_end:
            with contextlib.suppress(OSError):
                _commands[:] = [one for one in _commands if one.poll() is None]
                _commands.append(start_on_end(run))


def _last_exception() -> BaseException | None:
    """Return the exception that ends this process, if the interpreter has reported one."""
    found = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    return found if isinstance(found, BaseException) else None


def checked_rule(text: str | None, patience: int | None) -> tuple[StopRule | None, int]:
    """Return the stop rule and patience that a program asks for.

    Raises:
        SpecError: when one of them cannot be.

    >>> checked_rule("val_iou > 0.5", None), checked_rule(None, 3)
    ((StopRule(metric='val_iou', comparison='>', value=0.5), 0), (None, 3))
    """
    patience = int(patience or 0)
    check_patience(patience)
    return StopRule.parse(text or "", metrics=None), patience


def epochs_refusal(spec: ExternalSpec, epoch: int, wanted: int) -> str:
    """Return why a program cannot train so many epochs in all; empty where it can.

    Args:
        spec: of its run; its epochs are 0 where they are not known.
        epoch: the one at work.
        wanted: in all.
    """
    if spec.epochs and wanted > spec.epochs:
        return f"{spec.origin} trains {spec.epochs} epochs: there cannot be more."
    if wanted < epoch:
        return (
            f"Epoch {epoch} has begun, so {wanted} in all cannot be. A stop after the epoch ends "
            "it with this one."
        )
    return ""


def script_spec(
    name: object, place: Rank, requests: tuple[Request, ...], refusals: dict[str, str], **known: Any
) -> ExternalSpec:
    """Return the spec of a training in this program.

    Args:
        name: the user's name for it; empty: the program's.
        place: this process's, among those that train together.
        requests: the requests that it carries out.
        refusals: why it does not carry out the others.
        known: other fields of the spec.
    """
    program = _cleaned(this_program())
    if place.processes > 1:
        requests = ()
        refusals = {
            "": f"{place.processes} processes train together, and a request would reach only the "
            "first of them: they would wait for each other."
        }
    spec = ExternalSpec(
        name="run",
        source="script",
        path=program.path,
        arguments=program.arguments,
        directory=program.directory,
        commit=program.commit,
        requests=requests,
        refusals=refusals,
        processes=place.processes,
        **known,
    )
    title = clean(name if name is not None else "", _NAME_LIMIT).strip()
    default = os.path.splitext(spec.origin)[0] if spec.path else "python"
    if in_notebook():
        default = "notebook"
    return msgspec.structs.replace(spec, name=title or default)


def _cleaned(program: Program) -> Program:
    """Return a program whose texts can be written as JSON."""
    return Program(
        clean(program.path, 4000),
        tuple(clean(argument, 1000) for argument in program.arguments[:200]),
        clean(program.directory, 4000),
        clean(program.commit, 60),
    )
