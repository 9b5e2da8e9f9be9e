"""Whether the network in a file can learn these labels; it may have branches.

A plain chain is judged as any network. Of another one the layers are judged with which it begins
and ends, as far as each receives the output of the one before: they decide what becomes of the
pixels, and whether the outputs can be probabilities.
"""

from __future__ import annotations

from dataclasses import replace

from tui.common.text import clean
from tui.datasets import LoaderSettings
from tui.geometry import (
    Flatten,
    Graph,
    Layer,
    Network,
    Vector,
    Volume,
    graph_totals,
    trace_network,
)
from tui.geometry.layer_names import accepted_name
from tui.geometry.output_bounds import OutputBounds, output_bounds
from tui.keras_io.compile_names import CLASS_MODE_LOSSES
from tui.keras_io.compiled_as import CompiledAs
from tui.keras_io.file_network import FileNetwork
from tui.runs.network_check.corrections import input_volume, loading, output_count
from tui.runs.network_check.pixel_range import pixel_finding
from tui.runs.network_check.refusals import (
    constant_output,
    ending_function,
    not_flat,
    not_probabilities,
    wrong_units,
)
from tui.runs.network_check.unusual import unusual
from tui.runs.settings.findings import LOADING, Finding


def judge_file(
    found: FileNetwork, name: str, settings: LoaderSettings, compiled: CompiledAs | None = None
) -> tuple[Finding, ...]:
    """Return what keeps the network of a file from learning, or what is unusual about it.

    Args:
        found: the network, read for the size of these images.
        name: of the file, for messages; clean.
        settings: the loader.
        compiled: the loss that it was compiled with, where that is used.

    Returns:
        One finding that refuses it; or those that question it, the worst first; or none.
    """
    wrong = _wrong_graph(found.graph, name, settings) or _wrong_loss(name, settings, compiled)
    if wrong is not None:
        return (wrong,)
    return tuple(sorted(_judged(found, name, settings, compiled), key=_is_remark))


def _is_remark(finding: Finding) -> bool:
    return finding.severity == "remark"


def _wrong_graph(graph: Graph, name: str, settings: LoaderSettings) -> Finding | None:
    """Return why a graph is no network from one image to one value for each class."""
    for row in graph.rows:
        if not row.complete:
            why = row.problem or f"the output of {clean(row.name, 40)} is not known."
            return Finding(
                "refuse",
                f"{name} cannot be trained here: {clean(why)}",
                "Only Keras's own layers are run here, never code from a file.",
            )
    shape, volume = graph.inputs[0].shape, input_volume(settings)
    if len(graph.inputs) > 1 or not isinstance(shape, Volume):
        what = f"{len(graph.inputs)} inputs" if len(graph.inputs) > 1 else str(shape)
        return Finding("refuse", f"{name} takes {what}, not one image.")
    if shape != volume:
        return Finding(
            "refuse",
            f"{name} takes {shape}, but the images are loaded as {volume}.",
            f"Load them so: {loading(shape)}.",
            about=LOADING,
        )
    if len(graph.outputs) != 1 or graph.outputs[0] < 0:
        return Finding(
            "refuse", f"{name} has {len(graph.outputs)} outputs, not one value for each class."
        )
    if not graph_totals(graph).trainable:
        return Finding(
            "refuse",
            f"All layers of {name} are frozen or have no weights: there is nothing to learn.",
            "Set layer.trainable = True for some of them in Keras, and save it again.",
        )
    return None


def _wrong_loss(name: str, settings: LoaderSettings, compiled: CompiledAs | None) -> Finding | None:
    """Return that a file was compiled with the loss of other labels."""
    loss = CLASS_MODE_LOSSES[settings.class_mode]
    if compiled is None or compiled.loss == loss:
        return None
    modes = {other: mode for mode, other in CLASS_MODE_LOSSES.items()}
    return Finding(
        "refuse",
        f"{name} was compiled with {compiled.loss}, but class mode {settings.class_mode} needs "
        f"{loss}.",
        f"Choose class mode {modes[compiled.loss]}, or do not train it as it was compiled.",
    )


def _judged(
    found: FileNetwork, name: str, settings: LoaderSettings, compiled: CompiledAs | None
) -> list[Finding]:
    """Return the findings about what becomes of the pixels and about the outputs."""
    graph, end = found.graph, _ending(found)
    rows = trace_network(end)
    output = graph.rows[graph.outputs[0]].output
    if not isinstance(output, Vector):
        return [_named(not_flat(rows, settings), name, settings)]
    pixels = pixel_finding(_beginning(found), settings)
    judged = [pixels] if pixels is not None else []
    values = output_bounds(end)
    if not values:  # a layer that is not known so well comes last
        wrong = wrong_units(output, OutputBounds(sums_to_one=True), settings)
        return [_named(wrong, name, settings)] if wrong is not None else judged
    scores = compiled is not None and compiled.from_logits
    wrong = constant_output(rows, values, settings) or wrong_units(output, values[-1], settings)
    if wrong is None and not scores:
        wrong = not_probabilities(rows, values[-1], settings)
    if wrong is not None:
        return [_named(wrong, name, settings)]
    if scores:
        function = ending_function(rows)
        if function in ("sigmoid", "softmax"):
            what = f"{name} ends in {function}, but it was compiled with a loss that takes scores"
            return [
                Finding(
                    "refuse",
                    f"{what} (from_logits=True).",
                    "Do not train it as it was compiled.",
                )
            ]
    elif any(row.effect is not None and row.effect.trainable for row in rows):
        judged += unusual(rows, values[-1], settings)
    return judged


def _named(finding: Finding, name: str, settings: LoaderSettings) -> Finding:
    """Return a refusal with the cure for a file."""
    units = output_count(settings)
    function = "sigmoid" if settings.class_mode == "binary" else "softmax"
    cure = (
        f"Give it a last Dense of {units} unit{'s' * (units > 1)} with a {function} in Keras, and "
        "save it again."
    )
    if "missing" in finding.sentence:
        cure += " Or train it as it was compiled, if its loss takes scores (from_logits=True)."
    return replace(finding, sentence=f"{name}: {finding.sentence}", cure=cure, network=None)


def _ending(found: FileNetwork) -> Network:
    """Return the last layers of a graph, as far as they are a chain that the calculator knows."""
    graph, place = found.graph, found.graph.outputs[0]
    layers: list[Layer] = []
    names: list[str] = []
    while place >= 0 and (layer := found.layers[place]) is not None:
        layers.insert(0, layer)
        names.insert(0, accepted_name(graph.rows[place].name))
        place = graph.rows[place].sources[0]
    given = graph.source_shape(place)
    if isinstance(given, Vector):  # a network takes a volume
        return Network(Volume(1, 1, given.size), (Flatten(), *layers), ("", *names))
    if not isinstance(given, Volume):
        return Network(Volume(1, 1, 1))
    return Network(given, tuple(layers), tuple(names))


def _beginning(found: FileNetwork) -> Network:
    """Return the first layers of a graph, as far as they are a chain that the calculator knows."""
    volume = found.graph.inputs[0].shape
    assert isinstance(volume, Volume)
    layers: list[Layer] = []
    names: list[str] = []
    source = -1
    while True:
        after = [row for row in found.graph.rows if source in row.sources]
        layer = found.layers[after[0].index] if len(after) == 1 else None
        if layer is None:
            return Network(volume, tuple(layers), tuple(names))
        layers.append(layer)
        names.append(accepted_name(after[0].name))
        source = after[0].index
