"""The description of a foreign model, with nothing left in it but known layers."""

from __future__ import annotations

from typing import Any

from tui.common.text import clean
from tui.inspector.refusal import Refusal
from tui.keras_io.graph_layers import LAYERS as KNOWN
from tui.keras_io.merging_and_shaping import OPERATIONS

LAYERS = frozenset({*KNOWN, "InputLayer"})
MODELS = frozenset({"Sequential", "Functional", "Model"})
_MODEL_MODULES = frozenset(
    {"keras", "keras.models", "keras.src.models.functional", "keras.src.models.sequential"}
)
# Layers that Keras keeps beside keras.applications, and x / 127.5 on a model's values.
_ELSEWHERE = {
    "keras.src.applications.convnext": frozenset({"LayerScale"}),
    "keras.src.applications.inception_resnet_v2": frozenset({"CustomScaleLayer"}),
    "keras.src.ops.numpy": OPERATIONS,
}
_PARTS = frozenset({"keras.initializers", "keras.regularizers", "keras.constraints"})
# How it was built and compiled is not needed, and would be done with sizes of its own.
_DROPPED = frozenset({"build_config", "compile_config", "build_input_shape"})


def plain_config(value: Any) -> Any:
    """Return a description without what is not needed.

    Args:
        value: what JSON held: of a model that `tui.geometry` has read.

    Raises:
        Refusal: when it names a class that is no known layer, initializer or the like.
    """
    if isinstance(value, list):
        return [plain_config(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "class_name" in value:
        _check(value)
    return {key: plain_config(item) for key, item in value.items() if key not in _DROPPED}


def _check(value: dict[str, Any]) -> None:
    name, module = value["class_name"], value.get("module")
    if name == "Lambda":
        raise Refusal(
            "It holds a Lambda layer, which is Python code, and code is never run here.",
            "Replace it by a layer such as Rescaling.",
        )
    known = (
        (name == "__keras_tensor__" and module is None)
        or (module == "keras" and name == "DTypePolicy")
        or (module in _MODEL_MODULES and name in MODELS)
        or (module == "keras.layers" and name in LAYERS)
        or (isinstance(module, str) and name in _ELSEWHERE.get(module, ()))
        or module in _PARTS
    )
    if not known or value.get("registered_name") not in (None, name):
        place = f" of {clean(module, 40)}" if module else ""
        raise Refusal(
            f"It holds {clean(name, 40)}{place}, which is none of Keras's own layers.",
            "Only Keras's own layers are run here, and never code that a file brings along.",
        )
