"""An error message of Keras or TensorFlow, explained: what it means, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tui.geometry import Network, trace_network
from tui.keras_io.errors.error_message import ErrorMessage, read_message
from tui.keras_io.errors.keras_shapes import format_shape
from tui.keras_io.errors.message_patterns import Explanation, Pattern, PatternMatch
from tui.keras_io.errors.patterns.build_patterns import BUILD_PATTERNS
from tui.keras_io.errors.patterns.call_patterns import CALL_PATTERNS
from tui.keras_io.errors.patterns.data_patterns import DATA_PATTERNS
from tui.keras_io.errors.patterns.fit_patterns import FIT_PATTERNS
from tui.keras_io.errors.patterns.input_patterns import INPUT_PATTERNS
from tui.keras_io.errors.patterns.label_patterns import LABEL_PATTERNS
from tui.keras_io.errors.patterns.library_patterns import LIBRARY_PATTERNS
from tui.keras_io.errors.patterns.name_patterns import NAME_PATTERNS
from tui.keras_io.errors.patterns.setting_patterns import SETTING_PATTERNS
from tui.keras_io.errors.patterns.weight_patterns import WEIGHT_PATTERNS
from tui.keras_io.errors.patterns.window_patterns import WINDOW_PATTERNS

PATTERNS: tuple[Pattern, ...] = (
    *LABEL_PATTERNS,
    *INPUT_PATTERNS,
    *WINDOW_PATTERNS,
    *WEIGHT_PATTERNS,
    *BUILD_PATTERNS,
    *FIT_PATTERNS,
    *DATA_PATTERNS,
    *CALL_PATTERNS,
    *NAME_PATTERNS,
    *SETTING_PATTERNS,
    *LIBRARY_PATTERNS,
)
"""The table: every known wording. Where several match at the same place, the first counts."""

ERROR_KINDS: dict[str, str] = {
    "flatten": "Flatten is missing",
    "already-flat": "a second Flatten",
    "after-flatten": "a convolution or pooling after Flatten, or flattened images",
    "integer-labels": "class numbers where one-hot labels are expected",
    "one-hot-labels": "one-hot labels where class numbers are expected",
    "label-range": "a label outside the range of the classes",
    "units": "the number of units is not the number of classes",
    "binary": "one unit, and one-hot labels for two classes",
    "label-axes": "labels with too many or too few axes",
    "label-maps": "labels that are maps, and an output that is not (or of another size)",
    "no-labels": "no labels",
    "class-mode": "a wrong class_mode or label_mode",
    "batch-axis": "one image without a batch axis",
    "depth-axis": "grayscale images without a channel axis",
    "color": "grayscale where colour is expected, or the reverse",
    "channels-first": "channels first where channels last are expected, or the reverse",
    "picture-size": "images of a different size than input_shape",
    "turned": "height and width are swapped",
    "flat-pictures": "flattened images",
    "ragged": "images of different sizes, or no images",
    "rank": "a wrong number of axes",
    "axis": "an axis of the wrong length",
    "window": "a window larger than its input",
    "groups": "groups that do not divide the depth or the filters",
    "stride-and-dilation": "stride together with dilation",
    "minimum-size": "images too small for a pretrained network",
    "pretrained": "include_top, weights or classes of a pretrained network",
    "open-size": "a size that is undefined (None)",
    "merge": "Add or Concatenate of different sizes",
    "reshape": "a reshape that changes the number of values",
    "input-shape": "an input shape that is a single number",
    "not-called": "a layer that is not called or not created, or a tensor in its place",
    "disconnected": "a Functional model whose output does not depend on its inputs",
    "not-built": "a model that does not know its input shape",
    "not-compiled": "a model without loss and optimizer",
    "weights": "weights of another network",
    "file": "a file that is missing or of another format",
    "counts": "different numbers of images and labels",
    "no-data": "no data, or too little for the number of steps",
    "generator": "a generator or validation data that do not give (x, y)",
    "dtype": "text, objects or integers where floats are expected",
    "losses": "the wrong number of losses, outputs or inputs",
    "memory": "not enough memory",
    "layout": "an operation that TensorFlow supports on a GPU only",
    "name": "a name that Keras does not know",
    "argument": "an argument that a layer does not have",
    "setting": "a value that a setting cannot have",
    "names": "two layers of the same name",
    "unclear": "a known message whose numbers agree",
}
"""The kinds of mistakes, the values of `Explanation.kind`, and what they mean."""

KNOWN_MISTAKES = (
    "Known are: a missing Flatten; labels (class numbers or one-hot, their range, shape and "
    "number); inputs (batch, depth, colour, size, channels first, flattened); windows, groups, "
    "strides; undefined sizes; Add, Concatenate, Reshape; models that are not connected or not "
    "built; layers without their parentheses; weights of another network; missing data, labels "
    "and files; lists, dicts and generators; types; memory; misspelt and renamed words; settings."
)
"""The cure of an unknown message: which mistakes are known."""
_MAX_SHAPES = 6


def explain_keras_error(text: str, network: Network | None = None) -> Explanation:
    """Explain an error that Keras or TensorFlow raised.

    Args:
        text: what was printed: the message, the whole traceback, or a part of it.
        network: the network that was built or fed; None when it is not known.

    Returns:
        The explanation; its kind is "unknown" when the message is not recognized.

    >>> from tui.geometry import parse_network
    >>> network = parse_network("6x6x1 conv:k=8,f=3 maxpool:f=2 conv:k=16,f=3")
    >>> explanation = explain_keras_error(
    ...     "ValueError: Computed output size would be zero or negative. Received `inputs "
    ...     "shape=(None, 2, 2, 8)`, `kernel shape=(3, 3, 8, 16)`, `dilation_rate=[1 1]`, "
    ...     "`strides=(1, 1)`, `padding=valid`.", network)
    >>> explanation.row, explanation.kind
    (2, 'window')
    >>> print(explanation.what)
    Layer 3 (conv2d_1): the filter is 3 wide, but the input is only 2 wide. The sizes up to this \
layer: 6×6 → 4×4 → 2×2. The volume has become too small for this window.
    >>> print(explanation.cure)
    Take F ≤ 2, P ≥ 1, or W1 ≥ 3. The usual cures: fewer poolings or convolutions before it, \
padding="same", or larger images.
    """
    message = read_message(text)
    for pattern, explanation in _explanations(message, network):
        facts = tuple(_facts(message, pattern))
        return replace(explanation, facts=facts, pattern=pattern.id)
    what = "This message is not recognized"
    what += ", so no cause is given." if message.plain else ": there is no text."
    facts = (*_facts(message, None), *_layers_that_do_not_fit(network))
    return Explanation("unknown", what, KNOWN_MISTAKES, facts=facts)


def _explanations(
    message: ErrorMessage, network: Network | None
) -> Iterator[tuple[Pattern, Explanation]]:
    """Yield what the patterns say, the best first.

    Ambiguous patterns come after all others. Of the rest, the last in the text comes first: that
    is where a traceback has its message.
    """
    found = []
    for number, pattern in enumerate(PATTERNS):
        matches = list(pattern.compiled.finditer(message.squeezed))
        if matches:
            found.append((pattern.ambiguous, -matches[-1].start(), number, pattern, matches[-1]))
    for *_, pattern, regex in sorted(found, key=lambda candidate: candidate[:3]):
        explanation = pattern.explain(PatternMatch(regex, message, network))
        if explanation is not None:
            yield pattern, explanation


def _facts(message: ErrorMessage, pattern: Pattern | None) -> Iterator[str]:
    """Yield what a message says besides, one sentence each."""
    if pattern is None:
        if message.exception:
            yield f"Exception: {message.exception}."
        if message.layer:
            yield f"Layer: {message.layer}."
        shapes = list(message.shapes())
        if shapes:
            listed = ", ".join(map(format_shape, shapes[:_MAX_SHAPES]))
            more = f" and {len(shapes) - _MAX_SHAPES} more" if len(shapes) > _MAX_SHAPES else ""
            yield f"Shapes: {listed}{more}."
    version = message.version or (pattern.versions if pattern is not None else "")
    if version and "every version" not in version:
        yield f"Version: {version}."
    if message.stage:
        yield f"Raised {message.stage}."


def _layers_that_do_not_fit(network: Network | None) -> Iterator[str]:
    """Yield a sentence for each layer of the network that does not fit its input."""
    for row in trace_network(network) if network is not None else ():
        if row.error is not None:
            label = f"layer {row.index + 1} ({row.name})"
            yield f"The network given here does not fit at {label}: {row.error.message}"
