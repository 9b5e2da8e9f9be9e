"""The network of a run, from its spec or from `network.json` in its folder.

The file is of a training that cnn-tui did not start, or of one on a pretrained backbone, and holds
what Keras's `model.to_json()` gives. It is read as data: no class of it is made.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass

from tui.common.safe_files import UnsafeFileError, read_small
from tui.common.text import clean, size_text
from tui.geometry import GeometryError, Graph, Network, graph_of_network, parse_network
from tui.keras_io import read_graph, read_network
from tui.keras_io.model_json import MOST_CHARACTERS
from tui.keras_io.unsupported_files import error_text
from tui.runs.settings.external_spec import NETWORK_NAME, ExternalSpec
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.initial_model import initial_network
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder

MOST_BYTES = 4 * MOST_CHARACTERS
NO_NETWORK = (
    "This run has no network: its program gave no Keras model, or one that does not say how its "
    "layers are connected (a subclass of keras.Model)."
)


@dataclass(frozen=True)
class RunNetwork:
    """The network of a run.

    Args:
        graph: its layers; None where they cannot be read.
        chain: the same for the calculator; None where it is no plain chain.
        problem: why it cannot be read, in sentences; clean.
        not_chain: why the calculator cannot edit it; clean.
    """

    graph: Graph | None = None
    chain: Network | None = None
    problem: str = ""
    not_chain: str = ""


def network_of_run(run: RunFolder) -> RunNetwork:
    """Read the network of any run (blocking)."""
    try:
        spec = run.any_spec()
    except RunError as error:
        return RunNetwork(problem=clean(error, 600))
    if isinstance(spec, ExternalSpec):
        return external_network(run)
    if spec.layers_unlisted and (run.path / NETWORK_NAME).exists():
        return external_network(run)  # written by the trainer
    if spec.model_file is not None:
        return _of_file(run, spec)
    try:
        chain = parse_network(spec.network)
    except GeometryError as error:
        return RunNetwork(problem=clean(error.sentence, 600))
    if spec.base is not None:
        return RunNetwork(graph_of_network(chain), not_chain=_only_head(spec.base.name))
    return RunNetwork(graph_of_network(chain), chain)


def _of_file(run: RunFolder, spec: TrainingSpec) -> RunNetwork:
    try:
        found = initial_network(run, spec)
    except GeometryError as error:
        return RunNetwork(problem=clean(error_text(error), 600))
    why = "" if found.chain is not None else "It is no plain chain of layers."
    return RunNetwork(found.graph, found.chain, not_chain=why)


def _only_head(name: str) -> str:
    return (
        f"Only the head is known so far: the layers of {clean(name, 40)} are listed once the "
        "trainer has built them."
    )


def external_network(run: RunFolder) -> RunNetwork:
    """Read the network of a run (blocking); what is wrong with the file is said in the value."""
    path = run.path / NETWORK_NAME
    try:
        text = read_small(path, MOST_BYTES)
    except FileNotFoundError:
        return RunNetwork(problem=NO_NETWORK)
    except UnsafeFileError as error:
        return RunNetwork(problem=f"{NETWORK_NAME} is not read: {error.strerror}.")
    except OSError as error:
        if error.errno == errno.EFBIG:
            return RunNetwork(
                problem=f"{NETWORK_NAME} is larger than {size_text(MOST_BYTES)}: no network is "
                "described in so many bytes."
            )
        return RunNetwork(
            problem=f"Cannot read {clean(path, 200)}: {error.strerror or error}. Check its "
            "permissions."
        )
    return described_network(text)


def described_network(text: bytes) -> RunNetwork:
    """Return the network that the bytes of a `network.json` describe."""
    try:
        graph = read_graph(text, NETWORK_NAME)
    except GeometryError as error:
        return RunNetwork(problem=clean(error_text(error), 600))
    try:
        return RunNetwork(graph, read_network(text, NETWORK_NAME).network)
    except GeometryError as error:
        return RunNetwork(graph, not_chain=clean(error.sentence, 400))
