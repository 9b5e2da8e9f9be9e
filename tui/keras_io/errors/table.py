"""The table: every wording that is known, and every kind of mistake."""

from __future__ import annotations

from tui.keras_io.errors.building import BUILDING_PATTERNS
from tui.keras_io.errors.called import CALLED_PATTERNS
from tui.keras_io.errors.data import DATA_PATTERNS
from tui.keras_io.errors.elsewhere import ELSEWHERE_PATTERNS
from tui.keras_io.errors.feeding import FEEDING_PATTERNS
from tui.keras_io.errors.given import GIVEN_PATTERNS
from tui.keras_io.errors.patterns import Pattern
from tui.keras_io.errors.settings import SETTING_PATTERNS
from tui.keras_io.errors.targets import TARGET_PATTERNS
from tui.keras_io.errors.two_shapes import TWO_SHAPES_PATTERNS
from tui.keras_io.errors.weights import WEIGHT_PATTERNS
from tui.keras_io.errors.windows import WINDOW_PATTERNS
from tui.keras_io.errors.words import WORD_PATTERNS

TABLE: tuple[Pattern, ...] = (
    *TARGET_PATTERNS,
    *TWO_SHAPES_PATTERNS,
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
