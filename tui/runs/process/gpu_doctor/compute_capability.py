"""GPUs that are older or newer than those for which a library was built."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tui.runs.process.gpu_doctor.facts import LibraryView
from tui.runs.process.gpu_doctor.problem import Problem


def without_code(view: LibraryView, name: str) -> Iterator[Problem]:
    """Yield that a GPU is left out, being older than all for which the library was built.

    Args:
        view: of the library.
        name: of the library, in the sentence.
    """
    numbers = [_number(one) for one in view.capabilities]
    least = min((number for number in numbers if number), default=None)
    for device in view.devices:
        own = _number(device.capability)
        if own is None or least is None or own >= least:
            continue
        others = [one.ordinal for one in view.devices if (_number(one.capability) or 0) >= least]
        yield Problem(
            f"{name} leaves {device.name} out: its compute capability is {device.capability}, and "
            f"this {name} is built for {least / 10:.1f} and later.",
            f"Choose the others with: export CUDA_VISIBLE_DEVICES={','.join(map(str, others))}"
            if others
            else "A newer GPU is needed, or compute on the CPU.",
        )


def compiled_later(view: LibraryView) -> str:
    """Return a sentence on a GPU that is newer than the library's code; empty if there is none."""
    most = max((number for one in view.capabilities if (number := _number(one))), default=None)
    for device in view.devices:
        own = _number(device.capability)
        if most is not None and own is not None and own // 10 > most // 10:
            return (
                f"It has no code for {device.name} (compute capability {device.capability}) and "
                "compiles it at the first training, which may take half an hour."
            )
    return ""


def _number(capability: str) -> int | None:
    """Return a compute capability as a number.

    >>> _number("9.0"), _number("sm_89"), _number("compute_120"), _number("")
    (90, 89, 120, None)
    """
    digits = re.sub(r"\D", "", capability)
    return int(digits) if digits else None
