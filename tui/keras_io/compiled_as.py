"""How a model in a file was compiled: its optimizer and its loss, read as data."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

import msgspec

from tui.common.stop_rule import SpecError
from tui.common.text import clean
from tui.keras_io.compile_names import OPTIMIZERS

Value = bool | int | float | str

_LARGEST = 3e38  # of 32 bits
_NAMES = {name.lower(): name for name in OPTIMIZERS.values()}
_LEFT_OUT = frozenset(
    {"name", "learning_rate", "loss_scale_factor", "jit_compile", "is_legacy_optimizer"}
)
_NUMBERS = {
    "Adam": ("beta_1", "beta_2", "epsilon", "amsgrad"),
    "AdamW": ("beta_1", "beta_2", "epsilon", "amsgrad"),
    "Nadam": ("beta_1", "beta_2", "epsilon"),
    "Adamax": ("beta_1", "beta_2", "epsilon"),
    "SGD": ("momentum", "nesterov"),
    "RMSprop": ("rho", "momentum", "epsilon", "centered"),
    "Adagrad": ("initial_accumulator_value", "epsilon"),
    "Adadelta": ("rho", "epsilon"),
    "Ftrl": (
        "learning_rate_power",
        "initial_accumulator_value",
        "l1_regularization_strength",
        "l2_regularization_strength",
        "l2_shrinkage_regularization_strength",
        "beta",
    ),
}
_COMMON = (
    "weight_decay",
    "clipnorm",
    "clipvalue",
    "global_clipnorm",
    "use_ema",
    "ema_momentum",
    "ema_overwrite_frequency",
    "gradient_accumulation_steps",
)
"""Arguments of every optimizer of Keras 3."""
_LOSSES = {
    "BinaryCrossentropy": ("binary_crossentropy", ("from_logits", "label_smoothing")),
    "CategoricalCrossentropy": ("categorical_crossentropy", ("from_logits", "label_smoothing")),
    "SparseCategoricalCrossentropy": ("sparse_categorical_crossentropy", ("from_logits",)),
}
"""For each class its name for `model.compile`, and its arguments."""


class CompiledAs(msgspec.Struct, frozen=True, kw_only=True):
    """An optimizer and a loss, without the learning rate."""

    optimizer: str
    """Its class in `keras.optimizers`."""
    arguments: dict[str, Value] = {}
    """Its arguments beside the learning rate."""
    loss: str
    """Its name for `model.compile`, such as `binary_crossentropy`."""
    loss_arguments: dict[str, Value] = {}
    """Arguments of the loss that are not usual: `from_logits`, `label_smoothing`."""

    def __post_init__(self) -> None:
        allowed = _NUMBERS.get(self.optimizer)
        if allowed is None:
            raise SpecError(
                f"A training with the optimizer {clean(self.optimizer, 40)} of a file is not "
                f"possible; there are {', '.join(_NUMBERS)}."
            )
        known = {loss: names for loss, names in _LOSSES.values()}
        if self.loss not in known:
            raise SpecError(
                f"A training with the loss {clean(self.loss, 40)} of a file is not possible; there "
                f"are {', '.join(known)}."
            )
        strange = [one for one in self.arguments if one not in (*allowed, *_COMMON)]
        strange += [one for one in self.loss_arguments if one not in known[self.loss]]
        if strange:
            raise SpecError(
                f"The optimizer or the loss of a file has the argument {clean(strange[0], 40)}, "
                "which is not known here."
            )

    @property
    def from_logits(self) -> bool:
        """Whether the loss takes scores, so that the network ends without an activation."""
        return self.loss_arguments.get("from_logits") is True

    @property
    def family(self) -> str:
        """The optimizer of the form that its learning rates are compared with."""
        if self.optimizer in ("Adam", "AdamW", "Nadam", "Adamax"):
            return "adam"
        return "rmsprop" if self.optimizer == "RMSprop" else "sgd"


class UnusableCompile(Exception):
    """What a file was compiled with cannot be used.

    Args:
        reason: why, as the end of a sentence that begins with the file's name.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def compiled_as(data: Any) -> tuple[CompiledAs, float]:
    """Return what the description of a model says about its compiling, and its learning rate.

    Args:
        data: the JSON values of a `.keras` file's `config.json`.

    Raises:
        UnusableCompile: when it says nothing, or something that cannot be used here.
    """
    config = data.get("compile_config") if isinstance(data, Mapping) else None
    if not isinstance(config, Mapping):
        raise UnusableCompile("was saved without being compiled, or in another form than .keras")
    name, settings = _serialized(config.get("optimizer"), "optimizer")
    known = _NAMES.get(name.lower())
    if known is None:
        raise UnusableCompile(f"was compiled with the optimizer {clean(name, 40)}")
    rate = settings.get("learning_rate", 0.01 if known == "SGD" else 0.001)
    if isinstance(rate, Mapping):
        schedule = clean(rate.get("class_name", "a schedule"), 40)
        raise UnusableCompile(f"was compiled with a learning rate that changes by {schedule}")
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not rate > 0:
        raise UnusableCompile(f"was compiled with the learning rate {clean(rate, 40)}")
    unused = () if settings.get("use_ema") else ("use_ema", "ema_momentum")
    taken = {
        key: value
        for key, value in settings.items()
        if key not in (*_LEFT_OUT, *unused) and isinstance(value, bool | int | float | str)
    }
    loss, arguments = _loss(config.get("loss"))
    try:
        return CompiledAs(
            optimizer=known, arguments=taken, loss=loss, loss_arguments=arguments
        ), as_typed(float(rate))
    except SpecError as error:
        raise UnusableCompile(f"cannot be compiled as it was: {error}") from error


_MODULES = {"optimizer": "keras.optimizers", "loss": "keras.losses"}


def as_typed(rate: float) -> float:
    """Return the shortest number that is the same in 32 bits, in which Keras keeps a rate.

    >>> as_typed(0.0010000000474974513), as_typed(0.004)
    (0.001, 0.004)
    """
    single = struct.pack("f", rate) if rate < _LARGEST else b""
    written = (float(f"{rate:.{digits}g}") for digits in range(1, 10))
    return next((one for one in written if single and struct.pack("f", one) == single), rate)


def _serialized(value: object, what: str) -> tuple[str, Mapping[str, Any]]:
    """Return the name and the settings of an optimizer, given by name or described."""
    if isinstance(value, str):
        return value, {}
    if isinstance(value, Mapping) and isinstance(value.get("class_name"), str):
        module = value.get("module")
        if module not in (None, _MODULES[what]):
            raise UnusableCompile(
                f"was compiled with {clean(value['class_name'], 40)} of {clean(module, 40)}"
            )
        config = value.get("config")
        return value["class_name"], config if isinstance(config, Mapping) else {}
    raise UnusableCompile(f"was compiled without {'an' if what == 'optimizer' else 'a'} {what}")


def _loss(value: object) -> tuple[str, dict[str, Value]]:
    """Return the name of a loss and its arguments that are not usual."""
    if isinstance(value, Mapping) and value.get("class_name") == "function":
        value = value.get("config")
    name, settings = _serialized(value, "loss")
    if name in _LOSSES:
        loss, known = _LOSSES[name]
        return loss, {key: settings[key] for key in known if settings.get(key)}
    if name in {loss for loss, _ in _LOSSES.values()}:
        return name, {}
    raise UnusableCompile(f"was compiled with the loss {clean(name, 40)}")
