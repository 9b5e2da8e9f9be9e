"""Any Keras model's architecture read as data, branches and models inside it too."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from tui.geometry.errors import GeometryError
from tui.geometry.graphs.fields import seen_after
from tui.geometry.graphs.graph import AnyShape, Graph, GraphInput, GraphRow, Seen, shape_of
from tui.geometry.graphs.layer_output import Made
from tui.geometry.receptive import Receptive
from tui.keras_io.dialects import in_todays_words
from tui.keras_io.graph_layers import known_layer, made_by
from tui.keras_io.json_text import load_json
from tui.keras_io.layer_call import Call, Calls, Source
from tui.keras_io.layer_calls import calls_of, sound
from tui.keras_io.layer_classes import READABLE
from tui.keras_io.read_chain import keras_text


def graph_from_keras(source: str | bytes) -> Graph:
    """Read any model from what Keras writes about it.

    Args:
        source: the JSON of `model.to_json()`, or the bytes of a `.keras` file.

    Returns:
        Its layers, each after all that it receives. A layer that is not known here, or that
        cannot be as it is described, is a row with a problem, and what follows from it is
        unknown as far as the description does not tell it. For a height or width that the
        file leaves open a number is taken, and a note says so.

    Raises:
        GeometryError: it is no model, or its layers hang together in no possible way.

    >>> text = '''{"class_name": "Sequential", "config": {"layers": [
    ...   {"class_name": "InputLayer", "config": {"batch_shape": [null, 8, 8, 1]}},
    ...   {"class_name": "Conv2D", "config": {"name": "c", "filters": 4, "kernel_size": [3, 3]}}
    ... ]}}'''
    >>> row = graph_from_keras(text).rows[0]
    >>> row.name, str(row.output), row.parameters, row.macs, row.seen.size.w
    ('c', '6×6×4', 40, 1296, 3)
    """
    return graph_from_config(load_json(keras_text(source)))


def graph_from_config(data: object) -> Graph:
    """Read any model from the values in the JSON that Keras writes; as :func:`graph_from_keras`."""
    calls = calls_of(in_todays_words(data))
    told = _told(calls)
    rows: list[GraphRow] = []
    for index, call in enumerate(calls.calls):
        rows.append(_row(index, call, calls, rows, told.get(index)))
    notes = tuple(_free_note(given) for given in calls.inputs if given.free)
    return Graph(tuple(calls.inputs), tuple(rows), tuple(calls.outputs), notes)


def _free_note(given: GraphInput) -> str:
    plural = len(given.free) > 1
    return (
        f"The picture's {' and '.join(given.free)} {'are' if plural else 'is'} free in this file: "
        f"{'×'.join(str(given.shape).split('×')[:2])} was taken, and all sizes are of that."
    )


def _told(calls: Calls) -> dict[int, AnyShape]:
    """The outputs that the description tells of by what receives them."""
    found: dict[int, AnyShape] = {}
    for call in calls.calls:
        for source in call.sources:
            if source.told is not None and source.index not in found:
                try:
                    found[source.index] = sound(shape_of(source.told))
                except GeometryError:
                    continue
    return found


def _row(
    index: int, call: Call, calls: Calls, rows: Sequence[GraphRow], told: AnyShape | None
) -> GraphRow:
    step = call.step
    shapes = [_shape(source, calls, rows) for source in call.sources]
    known = known_layer(step, call.plain)
    made: Made | None = None
    problem = "" if known else _unknown(call)
    given = [shape for shape in shapes if shape is not None]
    if known and len(given) == len(shapes):
        try:
            made = made_by(step, given)
        except GeometryError as error:
            problem = error.message
    elif known:
        problem = f"{step.label} waits: what it receives is not known."
    seen: Seen = None
    if made is not None:
        before = [_seen(source, rows) for source in call.sources]
        seen = seen_after(before, made.reach, made.output)
    return GraphRow(
        index=index,
        name=step.name,
        class_name=step.class_name,
        module=step.module,
        inside=call.inside,
        use=call.use,
        sources=tuple(source.index for source in call.sources),
        output=told if made is None else made.output,
        parameters=None if made is None else made.parameters * (not call.again),
        trainable=None if made is None else made.trainable * (not call.again and not call.frozen),
        macs=None if made is None else made.macs,
        seen=seen,
        reaches=() if made is None else made.reach,
        effect=None if made is None else made.effect,
        problem=problem,
        known=known,
    )


def _shape(source: Source, calls: Calls, rows: Sequence[GraphRow]) -> AnyShape | None:
    if source.index < 0:
        return calls.inputs[-1 - source.index].shape
    row = rows[source.index]
    if row.reaches or source.told is None:
        return row.output
    try:
        return sound(shape_of(source.told))
    except GeometryError:
        return None


def _seen(source: Source, rows: Sequence[GraphRow]) -> Seen:
    return Receptive() if source.index < 0 else rows[source.index].seen


def _unknown(call: Call) -> str:
    step = call.step
    if step.class_name == "Lambda":
        return step.refuse("holds Python code, which is never run here.").message
    root = step.module.split(".")[0]
    if root and root != "keras" and step.class_name not in READABLE:
        return step.refuse(f"is a class of {step.module[:40]!a}, not of Keras.").message
    near = difflib.get_close_matches(step.class_name[:40], READABLE, n=1, cutoff=0.75)
    hint = f" (not {near[0]})" if near else ""
    return step.refuse(f"is no layer that is known here{hint}.").message
