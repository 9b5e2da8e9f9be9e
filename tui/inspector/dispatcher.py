"""Dispatch each request to the function that answers it."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras

from tui.inspection import answers as a
from tui.inspection import requests as r
from tui.inspector import predictions
from tui.inspector.maps import feature_maps, kernels
from tui.inspector.maps.heat_map import explain_image
from tui.inspector.memory_limit import lift_memory_limit
from tui.inspector.opened_network import OpenedNetwork
from tui.inspector.opening.open_file import open_file
from tui.inspector.opening.open_run import open_run
from tui.inspector.pipe import Pipe
from tui.inspector.refusal import Cancelled, Refusal, refusal_of
from tui.inspector.tracing.traced_value import trace_value
from tui.keras_worker.devices import grow_gpu_memory


class Dispatcher:
    """Answers requests one after the other, and keeps the network that was opened last.

    Args:
        pipe: where requests come from and answers go.
    """

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._opened: OpenedNetwork | None = None
        self._handlers: dict[type, Callable[[Any], a.Answer]] = {
            r.OpenRun: self._open_run,
            r.OpenFile: self._open_file,
            r.Prepare: lambda request: feature_maps.prepare(self._network, request),
            r.LookAt: lambda request: feature_maps.feature_maps(self._network, request),
            r.Values: lambda request: feature_maps.channel_values(self._network, request),
            r.Kernels: lambda request: kernels.kernels(self._network, request),
            r.Trace: lambda request: trace_value(self._network, request),
            r.Classify: lambda request: predictions.classify(self._network, request),
            r.Evaluate: lambda request: predictions.evaluate(
                self._network, request, self._progress(request)
            ),
            r.Explain: lambda request: explain_image(
                self._network, request, self._progress(request)
            ),
        }

    def work(self) -> None:
        """Report that Keras is ready, and answer until the process ends."""
        grow_gpu_memory()
        self._pipe.send(a.Ready(id=0, keras=keras.__version__, backend=keras.backend.backend()))
        while True:
            request = self._pipe.next()
            self._pipe.send(self._answer(request))
            self._pipe.done(request.id)

    def _answer(self, request: r.Request) -> a.Answer:
        try:
            if self._pipe.is_cancelled(request.id):
                raise Cancelled
            return self._handlers[type(request)](request)
        except Exception as error:  # one bad request never ends the process
            if not isinstance(error, Refusal):
                traceback.print_exc()
                sys.stderr.flush()
            refusal = refusal_of(error)
            return a.Refused(id=request.id, what=refusal.what, cure=refusal.cure)

    @property
    def _network(self) -> OpenedNetwork:
        if self._opened is None:
            raise Refusal("No network is open.", "Open a run first.")
        return self._opened

    def _open_run(self, request: r.OpenRun) -> a.Opened:
        lift_memory_limit()
        with self._limit_lifted_after_errors():
            self._opened = open_run(request, self._opened)
        return self._opened.described(request.id)

    def _open_file(self, request: r.OpenFile) -> a.Opened:
        with self._limit_lifted_after_errors():
            self._opened = open_file(request)
        return self._opened.described(request.id)

    @contextmanager
    def _limit_lifted_after_errors(self) -> Iterator[None]:
        """Lift the memory limit of a foreign model that is not opened after all."""
        try:
            yield
        except Exception:
            if self._opened is None or self._opened.graph is None:
                lift_memory_limit()  # the run that stays open needs no limit
            raise

    def _progress(self, request: r.Request) -> Callable[[int, int], None]:
        """Return a function that reports progress; it raises `Cancelled` after a cancellation."""

        def report(done: int, total: int) -> None:
            if self._pipe.is_cancelled(request.id):
                raise Cancelled
            self._pipe.send(a.Progress(id=request.id, done=done, total=total))

        return report
