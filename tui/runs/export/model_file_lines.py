"""The lines of a Keras program that build the network of a file and compile it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from tui.keras_io.compile_names import LOSS_METRICS
from tui.keras_io.compiled_as import CompiledAs, Value
from tui.runs.settings.model_file import ModelFile


@dataclass(frozen=True)
class FileLines:
    """The network of a file in a program.

    Args:
        file: as in the spec.
        path: of the run's copy.
        measured: whether it has a Normalization, whose mean and variance are no weights to begin
            anew with.
    """

    file: ModelFile
    path: str
    measured: bool = False

    @property
    def code(self) -> str:
        """The program that builds `model`."""
        path = repr(self.path)
        load = f"keras.models.load_model(\n    {path},\n    compile=False,\n)"
        if PurePath(self.path).suffix.lower() != ".keras":
            lines = ["# Keras 3 does not load every file of Keras 2."]
            lines += [f"model = {load}"]
            if self.file.new_weights:
                lines += ["model = keras.models.clone_model(model)  # with new weights"]
            return _program(["import keras", "", *lines])
        if not self.file.new_weights:
            return _program(["import keras", "", f"model = {load}"])
        lines = [
            "import keras",
            "import zipfile",
            "",
            f"with zipfile.ZipFile({path}) as archive:",
            '    layers = archive.read("config.json").decode()',
            "model = keras.models.model_from_json(layers)  # with new weights",
        ]
        if self.measured:
            lines += [
                "# What a Normalization measured is no weight to begin anew with.",
                f"saved = {load}",
                "for layer, other in zip(model.layers, saved.layers, strict=True):",
                "    if isinstance(layer, keras.layers.Normalization):",
                "        layer.set_weights(other.get_weights())",
                "        layer.finalize_state()",
            ]
        return _program(lines)

    def compile_lines(self, rate: float, class_mode: str) -> list[str] | None:
        """Return the call of `model.compile` as in the file; None where the spec's own is used."""
        compiled = self.file.compiled
        return _compile_lines(compiled, rate, class_mode) if compiled is not None else None


def _program(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


def _compile_lines(compiled: CompiledAs, rate: float, class_mode: str) -> list[str]:
    settings = "".join(f", {one}" for one in _arguments(compiled.arguments))
    loss = repr(compiled.loss)
    if compiled.loss_arguments:
        given = ", ".join(_arguments(compiled.loss_arguments))
        loss = f"keras.losses.{LOSS_METRICS[compiled.loss]}({given})"
    accuracy = '"accuracy"'
    if compiled.from_logits and class_mode == "binary":
        accuracy = 'keras.metrics.BinaryAccuracy(name="accuracy", threshold=0.0)'
    return [
        "model.compile(",
        f"    optimizer=keras.optimizers.{compiled.optimizer}(learning_rate={rate!r}{settings}),",
        f"    loss={loss},",
        f"    metrics=[{accuracy}],",
        ")",
    ]


def _arguments(values: Mapping[str, Value]) -> list[str]:
    return [f"{name}={value!r}" for name, value in values.items() if name.isidentifier()]
