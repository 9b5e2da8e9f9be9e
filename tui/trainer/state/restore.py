"""Taking a run up again where its last whole checkpoint was written."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import keras
import msgspec

from tui.keras_worker.model_state import put_model
from tui.keras_worker.statefile import DamagedError, State
from tui.runs.events.event_types import Resumed
from tui.trainer.data.data_state import DATA_ARRAYS
from tui.trainer.link import Link
from tui.trainer.state.checkpoints import drop_later, newest_first
from tui.trainer.state.record import Record


@dataclass(frozen=True)
class Restored:
    """What a checkpoint gave beside the model's variables; of a new run, nothing.

    Args:
        record: the epochs so far.
        obey: the state of the requests.
        data: of the loaders and the random numbers, to begin the next epoch with.
    """

    record: Record = field(default_factory=Record)
    obey: dict[str, Any] = field(default_factory=dict)
    data: State | None = None


def take_up(link: Link, model: keras.Model) -> Restored:
    """Bring a model back to its run's newest whole checkpoint, and tell of it.

    A run that never had a trainer begins; one that has no whole checkpoint begins once more.
    """
    found, epoch, reasons = Restored(), 0, []
    for number, state in newest_first(link.run):
        try:
            found, epoch = _put(model, state), number
            break
        except DamagedError as error:
            reasons.append(f"The checkpoint of epoch {number} was passed over: {error}.")
    drop_later(link.run, epoch)
    if link.again:
        link.tell(Resumed(at=time.time(), epoch=epoch, reason=" ".join(reasons)))
    return found


def _put(model: keras.Model, state: State | str) -> Restored:
    if isinstance(state, str):
        raise DamagedError(state)
    values = state.values
    try:
        found = Restored(
            record=msgspec.convert(values["record"], Record),
            obey=values["obey"],
            data=State(values["data"], {name: state.arrays[name] for name in DATA_ARRAYS}),
        )
    except (KeyError, msgspec.ValidationError) as error:
        raise DamagedError(f"it lacks something ({error})") from error
    put_model(model, state.arrays)
    return found
