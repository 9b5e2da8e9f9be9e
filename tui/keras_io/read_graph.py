"""The architecture of any Keras model, with branches and with models inside it, as a graph."""

from __future__ import annotations

from collections.abc import Sequence

from tui.geometry.errors import GeometryError
from tui.geometry.graph import Graph, GraphInput, GraphRow
from tui.geometry.reach import AnyField, LayerOutput, field_after
from tui.geometry.receptive_field import ReceptiveField
from tui.geometry.shapes import AnyShape, Volume, shape_of
from tui.keras_io.graph_layers import is_known, layer_output
from tui.keras_io.layer_classes import READABLE, similar_class
from tui.keras_io.model_calls import Call, ModelCalls, Source, model_calls, sound_shape
from tui.keras_io.model_json import load_json
from tui.keras_io.older_keras import translate_config
from tui.keras_io.read_chain import keras_text


def graph_from_keras(source: str | bytes) -> Graph:
    """Read any model from what Keras writes about it.

    Args:
        source: the JSON of `model.to_json()`, or the bytes of a `.keras` file.

    Returns:
        Its layers, each after all that it receives. A layer that is not known here, or whose
        settings cannot be, is a row with a problem; what follows from it is known only as far
        as the description says. For a height or width that the file leaves open a number is
        taken, and a note says so.

    Raises:
        GeometryError: it is not a model, or its layers are not connected in a way that Keras
            could compute.

    >>> text = '''{"class_name": "Sequential", "config": {"layers": [
    ...   {"class_name": "InputLayer", "config": {"batch_shape": [null, 8, 8, 1]}},
    ...   {"class_name": "Conv2D", "config": {"name": "c", "filters": 4, "kernel_size": [3, 3]}}
    ... ]}}'''
    >>> row = graph_from_keras(text).rows[0]
    >>> row.name, str(row.output), row.parameters, row.macs, row.receptive_field.size.w
    ('c', '6×6×4', 40, 1296, 3)
    """
    return graph_from_config(load_json(keras_text(source)))


def graph_from_config(data: object) -> Graph:
    """Read any model from the values in the JSON that Keras writes; as :func:`graph_from_keras`."""
    model = model_calls(translate_config(data))
    if not model.calls:
        raise GeometryError("the model has no layers: give a model with at least one.")
    written = _written_outputs(model)
    rows: list[GraphRow] = []
    for index, call in enumerate(model.calls):
        rows.append(_row(index, call, model, rows, written.get(index)))
    notes = tuple(_free_note(given) for given in model.inputs if given.free)
    return Graph(tuple(model.inputs), tuple(rows), tuple(model.outputs), notes)


def _free_note(given: GraphInput) -> str:
    assert isinstance(given.shape, Volume)
    plural = len(given.free) > 1
    return (
        f"The picture's {' and '.join(given.free)} {'are' if plural else 'is'} free in this file: "
        f"{given.shape.plane} was taken, and all sizes follow from that."
    )


def _written_outputs(model: ModelCalls) -> dict[int, AnyShape]:
    """Return the output shapes that are written where another layer receives them."""
    found: dict[int, AnyShape] = {}
    for call in model.calls:
        for source in call.sources:
            if source.index not in found and (shape := _written_shape(source)) is not None:
                found[source.index] = shape
    return found


def _written_shape(source: Source) -> AnyShape | None:
    if source.shape is None:
        return None
    try:
        return sound_shape(shape_of(source.shape))
    except GeometryError:
        return None


def _row(
    index: int,
    call: Call,
    model: ModelCalls,
    rows: Sequence[GraphRow],
    written: AnyShape | None,
) -> GraphRow:
    layer = call.layer
    shapes = [_shape(source, model, rows) for source in call.sources]
    known_shapes = [shape for shape in shapes if shape is not None]
    known = is_known(layer, call.plain)
    output: LayerOutput | None = None
    problem = "" if known else _unknown(call)
    if known and len(known_shapes) == len(shapes):
        try:
            output = layer_output(layer, known_shapes)
        except GeometryError as error:
            problem = error.message
    elif known:
        problem = f"{layer.label} waits: what it receives is not known."
    field: AnyField = None
    if output is not None:
        before = [_field(source, rows) for source in call.sources]
        field = field_after(before, output.reaches, output.shape)
    return GraphRow(
        index=index,
        name=layer.name,
        class_name=layer.class_name,
        module=layer.module,
        models=call.models,
        use=call.use,
        sources=tuple(source.index for source in call.sources),
        output=written if output is None else output.shape,
        parameters=None if output is None else output.parameters * (not call.repeated),
        trainable=None
        if output is None
        else output.trainable * (not call.repeated and not call.frozen),
        macs=None if output is None else output.macs,
        receptive_field=field,
        reaches=() if output is None else output.reaches,
        effect=None if output is None else output.effect,
        problem=problem,
        known=known,
    )


def _shape(source: Source, model: ModelCalls, rows: Sequence[GraphRow]) -> AnyShape | None:
    """Return the shape of an input of a layer; None where it is not known."""
    if source.index < 0:
        return model.inputs[-1 - source.index].shape
    row = rows[source.index]
    return row.output if row.reaches or source.shape is None else _written_shape(source)


def _field(source: Source, rows: Sequence[GraphRow]) -> AnyField:
    return ReceptiveField() if source.index < 0 else rows[source.index].receptive_field


def _unknown(call: Call) -> str:
    layer = call.layer
    if layer.class_name == "Lambda":
        return layer.refuse("holds Python code, which is never run here.").message
    root = layer.module.split(".")[0]
    if root and root != "keras" and layer.class_name not in READABLE:
        return layer.refuse(f"is a class of {layer.module[:40]!a}, not of Keras.").message
    return layer.refuse(f"is not a layer known here{similar_class(layer.class_name)}.").message
