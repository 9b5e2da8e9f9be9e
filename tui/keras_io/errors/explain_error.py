"""An error message of Keras or TensorFlow, explained: what it means, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tui.geometry import Change, Network, trace_network
from tui.keras_io.errors.error_message import Message, read_message
from tui.keras_io.errors.keras_shapes import written
from tui.keras_io.errors.message_patterns import Answer, Found, Pattern
from tui.keras_io.errors.messages.build_messages import BUILDING_PATTERNS
from tui.keras_io.errors.messages.call_messages import CALLED_PATTERNS
from tui.keras_io.errors.messages.data_messages import DATA_PATTERNS
from tui.keras_io.errors.messages.fit_messages import GIVEN_PATTERNS
from tui.keras_io.errors.messages.input_messages import FEEDING_PATTERNS
from tui.keras_io.errors.messages.label_messages import TARGET_PATTERNS
from tui.keras_io.errors.messages.library_messages import ELSEWHERE_PATTERNS
from tui.keras_io.errors.messages.name_messages import WORD_PATTERNS
from tui.keras_io.errors.messages.setting_messages import SETTING_PATTERNS
from tui.keras_io.errors.messages.weight_messages import WEIGHT_PATTERNS
from tui.keras_io.errors.messages.window_messages import WINDOW_PATTERNS

TABLE: tuple[Pattern, ...] = (
    *TARGET_PATTERNS,
    *FEEDING_PATTERNS,
    *WINDOW_PATTERNS,
    *WEIGHT_PATTERNS,
    *BUILDING_PATTERNS,
    *GIVEN_PATTERNS,
    *DATA_PATTERNS,
    *CALLED_PATTERNS,
    *WORD_PATTERNS,
    *SETTING_PATTERNS,
    *ELSEWHERE_PATTERNS,
)
"""Every wording; where several are found at one place, the first counts."""

KINDS: dict[str, str] = {
    "flatten": "Flatten forgotten",
    "already-flat": "Flatten twice",
    "after-flatten": "a convolution or pooling behind Flatten, or flat pictures",
    "integer-labels": "class numbers where one-hot labels are wanted",
    "one-hot-labels": "one-hot labels where class numbers are wanted",
    "label-range": "a label outside the range of the classes",
    "units": "units that differ from the number of classes",
    "binary": "two classes, one unit, and labels for two",
    "label-axes": "labels with an axis too many or too few",
    "label-maps": "labels that are maps, and an output that is none (or of another size)",
    "no-labels": "no labels",
    "class-mode": "class_mode or label_mode",
    "batch-axis": "one picture without its batch axis",
    "depth-axis": "grey pictures without a depth axis",
    "color": "grey against colour",
    "channels-first": "channels first against channels last",
    "picture-size": "pictures of another size than input_shape",
    "turned": "height and width swapped",
    "flat-pictures": "pictures laid out flat",
    "ragged": "pictures of different sizes, or none",
    "rank": "another number of axes",
    "axis": "another length of an axis",
    "window": "a window larger than its input",
    "groups": "groups that do not divide the depth or the filters",
    "stride-and-dilation": "stride together with dilation",
    "minimum-size": "pictures too small for a ready-made network",
    "pretrained": "include_top and classes of a ready-made network",
    "open-size": "a size that is left open",
    "merge": "Add or Concatenate of different sizes",
    "reshape": "a reshape that changes the number of values",
    "input-shape": "an input's shape that is one number",
    "not-called": "a layer that is not called or not made, or a tensor in its place",
    "disconnected": "a Functional model whose layers do not hang together",
    "not-built": "a model that does not know its input",
    "not-compiled": "a model without loss and optimizer",
    "weights": "weights of another network",
    "file": "a file that is missing, or of another sort",
    "counts": "different numbers of pictures and labels",
    "no-data": "no data, or too little for the steps",
    "generator": "a generator or validation data that give something other than (x, y)",
    "dtype": "text, objects or whole numbers where decimals are wanted",
    "losses": "losses, outputs or inputs that are not as many",
    "memory": "too little memory",
    "layout": "what TensorFlow computes on a GPU only",
    "name": "a name that Keras does not know",
    "argument": "an argument that a layer does not have",
    "setting": "a setting that a layer cannot have",
    "names": "two layers of one name",
    "unclear": "a known message whose numbers agree",
}
"""Every kind of mistake: what `Answer.kind` can be, and what it means."""

GUESSED = "This is a guess: other causes can give the same words."
CAN_EXPLAIN = (
    "Known are: Flatten before Dense; labels (numbers or one-hot, their range, shape and number); "
    "what is fed (batch, depth, colour, size, channels first, flat); windows, groups, strides; "
    "open sizes; Add, Concatenate, Reshape; models that do not hang together or are not built; "
    "layers without their brackets; weights of another network; missing data, labels and files; "
    "lists, dicts and generators; types; memory; misspelt and renamed words; settings."
)
"""What is said of a message that is not known: which mistakes are."""
_MOST_SHAPES = 6
_MOST_CHANGES = 3


@dataclass(frozen=True, slots=True)
class ErrorExplanation:
    """What a message means.

    Args:
        kind: which mistake, a key of `KINDS`, or "unknown".
        what: what happened and why, with the numbers; whole sentences.
        cure: what to do; where the message is not known, what is.
        row: the layer's index in the network; None when it is not one layer, or no network
            was given, or the message came from another network.
        guess: whether other causes could have given the same words.
        read: what was read in it besides: shapes, the layer's name, the version.
        changes: the nearest settings that work, where there are any.
        pattern: which row of the table was found; empty where none was.
    """

    kind: str
    what: str
    cure: str
    row: int | None = None
    guess: bool = False
    read: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    pattern: str = ""

    @property
    def known(self) -> bool:
        """Whether the message is one of those known."""
        return self.kind != "unknown"

    @property
    def sentence(self) -> str:
        """Everything but what was read besides, on one line."""
        return f"{self.what} {self.cure}{f' {GUESSED}' if self.guess else ''}"

    def lines(self) -> list[str]:
        """Return the whole answer, a paragraph a line."""
        said = [self.what, *([f"Read in it: {' '.join(self.read)}"] if self.read else [])]
        if self.known:
            said = [self.what, f"What to do: {self.cure}", *said[1:]]
            near = [change.sentence for change in self.changes[:_MOST_CHANGES]]
            said[2:2] = [f"The nearest that fits: {'; '.join(near)}."] if near else []
            said += [GUESSED] if self.guess else []
        else:
            said.append(self.cure)
        return said


def explain_keras_error(text: str, network: Network | None = None) -> ErrorExplanation:
    """Explain an error that Keras or TensorFlow raised.

    Args:
        text: what was printed: the message, the whole traceback, or a part of it.
        network: the network that was being built or fed; None when it is not known.

    Returns:
        The explanation; its kind is "unknown" when the message is none of those known.

    >>> from tui.geometry import parse_network
    >>> network = parse_network("6x6x1 conv:k=8,f=3 maxpool:f=2 conv:k=16,f=3")
    >>> found = explain_keras_error(
    ...     "ValueError: Computed output size would be zero or negative. Received `inputs "
    ...     "shape=(None, 2, 2, 8)`, `kernel shape=(3, 3, 8, 16)`, `dilation_rate=[1 1]`, "
    ...     "`strides=(1, 1)`, `padding=valid`.", network)
    >>> found.row, found.kind
    (2, 'window')
    >>> print(found.what)
    Layer 3 (conv2d_1): the filter is 3 wide, but the input is only 2 wide. On the way there: \
6×6 → 4×4 → 2×2. The volume has become too small for this window.
    >>> print(found.cure)
    Take F ≤ 2, P ≥ 1, or W1 ≥ 3. The usual cures: fewer poolings or convolutions before it, \
padding="same", or larger pictures.
    """
    message = read_message(text)
    for pattern, answer in _answers(message, network):
        return ErrorExplanation(
            answer.kind,
            answer.what,
            answer.cure,
            answer.row,
            answer.guess,
            tuple(_read(message, pattern)),
            answer.changes,
            pattern.id,
        )
    read = tuple(_read(message, None))
    what = "This message is not one of those that are known here"
    what += ", so no cause is named." if message.plain else ": there is no text."
    return ErrorExplanation("unknown", what, CAN_EXPLAIN, read=(*read, *_fits(network)))


def _answers(message: Message, network: Network | None) -> Iterator[tuple[Pattern, Answer]]:
    """Give what the table says, the best first.

    Wordings that can come from elsewhere go behind all others; else the last in the text goes
    first, where a traceback has its message.
    """
    found = []
    for number, pattern in enumerate(TABLE):
        matches = list(pattern.compiled.finditer(message.squeezed))
        if matches:
            found.append((pattern.weak, -matches[-1].start(), number, pattern, matches[-1]))
    for *_, pattern, match in sorted(found, key=lambda one: one[:3]):
        answer = pattern.explain(Found(match, message, network))
        if answer is not None:
            yield pattern, answer


def _read(message: Message, pattern: Pattern | None) -> Iterator[str]:
    """Say what stands in a message, as facts."""
    if pattern is None:
        if message.exception:
            yield f"Exception: {message.exception}."
        if message.layer:
            yield f"Layer: {message.layer}."
        shapes = list(message.shapes())
        if shapes:
            said = ", ".join(written(sides) for sides in shapes[:_MOST_SHAPES])
            more = f" and {len(shapes) - _MOST_SHAPES} more" if len(shapes) > _MOST_SHAPES else ""
            yield f"Shapes: {said}{more}."
    era = message.era or (pattern.era if pattern is not None else "")
    if era and "every version" not in era:
        yield f"Version: {era}."
    if message.mode:
        yield f"Raised {message.mode}."


def _fits(network: Network | None) -> Iterator[str]:
    """Say where the network itself does not fit."""
    rows = trace_network(network) if network is not None else ()
    for row in rows:
        if row.error is not None:
            yield f"The network given here does not fit at layer {row.index + 1} ({row.name}): " \
                  f"{row.error.message}"  # fmt: skip
