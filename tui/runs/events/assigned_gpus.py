"""The GPUs that a run was given, as they are recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from tui.common.text import clean

VISIBLE = "CUDA_VISIBLE_DEVICES"
"""The variable that names the GPUs a process may use, by numbers or ids."""


class AssignedGpu(msgspec.Struct, frozen=True):
    """A GPU that a run was given."""

    index: int
    """Its number on its machine; -1: not known."""
    uuid: str = ""
    """Its id, `GPU-…` or `MIG-…`; empty: not known."""

    @property
    def key(self) -> str:
        """What `CUDA_VISIBLE_DEVICES` calls it."""
        return self.uuid or str(self.index)


def assigned_text(gpus: Sequence[AssignedGpu]) -> str:
    """Return the GPUs of a run in a few words; empty if it was given none.

    >>> assigned_text([AssignedGpu(2)]), assigned_text([AssignedGpu(0), AssignedGpu(3)])
    ('GPU 2', 'GPUs 0, 3')
    """
    names = [str(gpu.index) if gpu.index >= 0 else clean(gpu.uuid, 60) for gpu in gpus]
    return f"GPU{'s' * (len(names) > 1)} {', '.join(names)}" if names else ""


Gpus = tuple[AssignedGpu, ...]


def restricted_to(environment: Mapping[str, str]) -> Gpus | None:
    """Return the GPUs that a process's variables restrict it to; None where they do not.

    >>> restricted_to({"CUDA_VISIBLE_DEVICES": "1,GPU-5d"})
    (AssignedGpu(index=1, uuid=''), AssignedGpu(index=-1, uuid='GPU-5d'))
    >>> restricted_to({"CUDA_VISIBLE_DEVICES": "-1"}), restricted_to({})
    ((), None)
    """
    text = environment.get(VISIBLE)
    if text is None:
        return None
    entries = (entry.strip() for entry in text.split(","))
    return tuple(
        AssignedGpu(int(entry)) if entry.isdecimal() else AssignedGpu(-1, entry)
        for entry in entries
        if entry and not entry.startswith("-")
    )
