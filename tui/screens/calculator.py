"""Area 2: the calculator."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from tui.geometry import format_layer
from tui.screens.base import AreaScreen
from tui.widgets.calculator import Calculator


class CalculatorScreen(AreaScreen):
    """One convolution layer, calculated at every key."""

    AREA = "calculator"
    HELP = """
# Calculator

Change a number with **↑** and **↓**, or type it; **←** and **→** go from field to field.
The output, its cost and the formula with your numbers follow at every key.

- **W1 × H1 × D1** is the volume that goes in: width, height, depth (3 for colour).
- **K** filters of size **F**×**F** move over it in steps of **S** (the stride), over an input with
  **P** columns and rows of zeros round it (the padding).
- **MACs** are multiply-and-add steps for one image.

The numbers 1 to 6 go to other areas once no field has the focus: press **escape** first.

In a shell: `cnn-tui calc 150x150x3 conv:k=16,f=3,s=1,p=0`
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "reset", "Reset", id="calculator.reset", tooltip="Put the first numbers back"),
        Binding(
            "y",
            "copy",
            "Copy",
            id="calculator.copy",
            tooltip="Copy the layer in its one-line form, for cnn-tui calc",
        ),
    ]

    def compose_body(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):
            yield Calculator()

    def on_mount(self) -> None:
        self.where = "Calculator · one convolution layer"
        self.query_one("#W1").focus()

    def action_reset(self) -> None:
        self.query_one(Calculator).reset()

    def action_copy(self) -> None:
        effect = self.query_one(Calculator).effect
        if effect is not None:
            volume = str(effect.input).replace("×", "x")
            text = f"{volume} {format_layer(effect.layer)}"
            self.app.copy_to_clipboard(text)
            self.notify(f"Copied: {text}", markup=False)
