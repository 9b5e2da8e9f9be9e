"""The settings of a training that differ from the defaults, and its network, in few words."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from tui.common.text import clean, exact
from tui.geometry import Flatten, GeometryError, parse_network
from tui.runs.control.control_file import Control
from tui.runs.queue.mark import QueueMark
from tui.runs.settings.class_weights import BALANCED
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.settings.schedules import CONSTANT
from tui.runs.settings.several_gpus import gpus_text
from tui.runs.settings.spec import COURSE_RULE, TrainingSpec, share_name


def non_default_settings(spec: TrainingSpec) -> tuple[str, ...]:
    """Return the settings that are not the default, each in a few letters.

    Those that change the result most come first: a narrow list shows only the beginning.
    """
    found = []
    if spec.share < 1:
        found.append(f"{share_name(spec.share)} data")
    compiled = spec.model_file.compiled if spec.model_file is not None else None
    if compiled is not None:
        found.append(compiled.optimizer)
    elif spec.optimizer != "rmsprop":
        found.append(spec.optimizer)
    if spec.learning_rate != 0.001:
        found.append(f"lr {exact(spec.learning_rate)}")
    if spec.schedule != CONSTANT:
        found.append(spec.schedule)
    if spec.data.augmentation.arguments():
        found.append("augmented")
    if spec.class_weight is not None:
        found.append("balanced" if spec.class_weight == BALANCED else "class weights")
    if spec.seed != 42:
        found.append(f"seed {spec.seed}")
    if spec.patience:
        found.append(f"patience {spec.patience}")
    if spec.stop_rule != COURSE_RULE:
        found.append(f"until {spec.stop_rule}" if spec.stop_rule is not None else "no stop rule")
    if spec.several_gpus:
        found.append(f"{gpus_text(spec.gpus)} GPUs")
    if spec.loader != "cached":
        found.append(f"loader {spec.loader}")
    return tuple(found)


def listed_settings(spec: TrainingSpec | ExternalSpec | None) -> tuple[str, ...]:
    """Return what a list shows of a training's settings, each in a few letters.

    Of a program of the user's own no default is known: its learning rate and optimizer are shown.

    >>> listed_settings(ExternalSpec(name="a", source="script", optimizer="Adam"))
    ('Adam',)
    """
    if isinstance(spec, ExternalSpec):
        rate = f"lr {exact(spec.learning_rate)}" if spec.learning_rate else ""
        return tuple(filter(None, (rate, clean(spec.optimizer, 30))))
    return non_default_settings(spec) if spec is not None else ()


def fit_settings(found: Sequence[str], width: int) -> str:
    """Return the settings that fit on a line; no number is cut.

    Args:
        found: from `non_default_settings`.
        width: of the line, in cells.

    >>> fit_settings(["sgd", "lr 0.05"], 12), fit_settings(["sgd", "lr 0.05"], 10)
    ('sgd, lr 0.05', 'sgd, …')
    >>> fit_settings(["lr 0.0066667078", "seed 7"], 10)
    'lr …'
    >>> fit_settings(["lr 1e-09", "seed 7"], 10)
    'lr 1e-09 …'
    """
    for many in range(len(found), 0, -1):
        line = ", ".join(found[:many]) + ", …" * (many < len(found))
        if len(line) <= width:
            return line
    first = found[0] if found else ""
    shorter = (f"{first} …", f"{first.partition(' ')[0]} …", "…")
    return next((text for text in shorter if len(text) <= width), "") if found else ""


def requested_settings(
    spec: TrainingSpec | ExternalSpec, control: Control, mark: QueueMark | None = None
) -> tuple[str, ...]:
    """Return the settings that were changed by requests, each in a few letters.

    Args:
        spec: the settings at the start.
        control: the requests since.
        mark: the requests to a waiting run.
    """
    found = []
    rate = mark.learning_rate if mark is not None else None
    rate = rate or control.learning_rate
    if rate is not None and rate != spec.learning_rate:
        found.append(f"lr {exact(rate)}")
    ruleless = control.no_stop_rule or (mark is not None and mark.no_rule)
    if ruleless and spec.stop_rule is not None:
        found.append("no stop rule")
    elif not ruleless and control.stop_rule not in (None, spec.stop_rule):
        found.append(f"until {control.stop_rule}")
    if control.patience not in (None, spec.patience):
        found.append(f"patience {control.patience or 'none'}")
    return tuple(found)


def network_summary(spec: TrainingSpec) -> str:
    """Return a training's network in a few words: its input and the number of layers with weights.

    A network that does not parse is described by its input alone.
    """
    if spec.base is not None:
        return f"{spec.data.input_volume_text}, {spec.base.name}, {_head_summary(spec.network)}"
    if spec.model_file is not None:
        return f"{spec.data.input_volume_text}, {spec.model_file.words}"
    return _network_summary(spec.network)


def _head_summary(text: str) -> str:
    """Return the head of a backbone in a few words: its number of layers with weights."""
    return _network_summary(text).rpartition(", ")[2]


@functools.lru_cache(512)  # a filter asks for those of all runs, at each letter
def _network_summary(text: str) -> str:
    try:
        network = parse_network(text)
    except GeometryError:
        return text.partition(" ")[0]
    flat = next(
        (place for place, layer in enumerate(network.layers) if isinstance(layer, Flatten)),
        len(network.layers),
    )
    kinds = [type(layer).__name__ for layer in network.layers]
    windows = sum("Conv" in kind for kind in kinds[:flat])
    dense = kinds.count("Dense")
    return f"{network.input}, {windows} conv, {dense} dense"
