"""Saving a model of a run; a disk that does not take it does not end the run."""

from __future__ import annotations

import time

import keras

from tui.common.atomic_write import write_atomically
from tui.runs.events.event_types import Notice, Saved
from tui.trainer.link import Link


def save_model(link: Link, model: keras.Model, name: str, *, optimizer: bool = True) -> bool:
    """Write a model; a disk that does not take it does not end the run.

    Returns:
        Whether it was written.
    """
    try:
        write_atomically(
            link.run.path / name, lambda path: model.save(path, include_optimizer=optimizer)
        )
    except OSError as error:
        link.tell(Notice(at=time.time(), text=f"Could not save {name}: {error.strerror or error}."))
        return False
    link.tell(Saved(at=time.time(), file=name))
    return True
