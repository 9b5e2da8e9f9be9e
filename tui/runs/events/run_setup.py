"""What a run computes with, read from the beginning of its events."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from tui.runs.events.event_log import decode
from tui.runs.events.event_types import DataReady, Event, LibrariesLoaded, ModelReady

BEGINNING = 32 * 1024
"""Bytes of a file in which that is looked for."""
_EPOCH_STARTED = b'{"type":"epoch_started"'
_SETUP_EVENTS = tuple(
    b'{"type":"%s"' % tag for tag in (b"libraries_loaded", b"data_ready", b"model_ready")
)


class RunSetup(msgspec.Struct, frozen=True, array_like=True):
    """What a run computes with, as its first trainer reported it. What is not known is empty or 0.

    Args:
        keras: Keras's version.
        backend: Keras's backend, such as `tensorflow`.
        device: the device that computes, `CPU, 2 cores` or the GPU's name.
        parameters: the number of the network's parameters.
        images: the number of images that are trained on.
    """

    keras: str = ""
    backend: str = ""
    device: str = ""
    parameters: int = 0
    images: int = 0

    def after(self, event: Event | None) -> RunSetup:
        """Return it with what an event reports, where that was not known before."""
        match event:
            case LibrariesLoaded() if not self.keras:
                return RunSetup(
                    event.keras, event.backend, event.device, self.parameters, self.images
                )
            case ModelReady() if not self.parameters:
                return replace(self, parameters=event.parameters)
            case DataReady() if not self.images:
                return replace(self, images=event.training_images)
        return self


UNKNOWN_SETUP = RunSetup()


def setup_in(beginning: bytes) -> tuple[RunSetup, bool]:
    """Return what a run computes with.

    Args:
        beginning: the first `BEGINNING` bytes of its events, or all of fewer.

    Returns:
        That, and whether an epoch has begun.
    """
    setup = UNKNOWN_SETUP
    for line in beginning.split(b"\n")[:-1]:
        if line.startswith(_SETUP_EVENTS):
            setup = setup.after(decode(line))
        elif line.startswith(_EPOCH_STARTED):
            return setup, True
    return setup, len(beginning) == BEGINNING
