"""The keys that go to what predictions show: bars and heat, the matrix, or the mistakes."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.reactive import var

from tui.areas.look_inside.confusion import ConfusionMatrix
from tui.areas.look_inside.explained import ExplainedPicture
from tui.areas.look_inside.mistakes_grid import Mistakes
from tui.ui.area_screen import AreaScreen


class PredictionKeys(AreaScreen):
    """One of three views, and the keys that act in it; a subclass shows them."""

    HELP = "Predictions; the screen that shows them says more."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "view('picture')", "This", id="predictions.picture", tooltip="This picture"),
        Binding("a", "view('all')", "All", id="predictions.all", tooltip="All validation images"),
        Binding("m", "view('mistakes')", "Mistakes", id="predictions.mistakes", tooltip="Mistakes"),
        Binding("h", "heat", "Heat", id="predictions.heat", tooltip="Grad-CAM, occlusion, none"),
        Binding(
            "n",
            "label(1)",
            "Class",
            show=False,
            id="predictions.next",
            tooltip="Next class, next confused pair",
        ),
        Binding(
            "p",
            "label(-1)",
            "Previous class",
            show=False,
            id="predictions.prior",
            tooltip="Previous class, or previous confused pair",
        ),
        Binding(
            "o",
            "order",
            "Sort",
            show=False,
            id="predictions.order",
            tooltip="Classes of the matrix by name, worst first",
        ),
        Binding(
            "pagedown", "page(1)", "Page", show=False, id="predictions.page", tooltip="Further down"
        ),
        Binding(
            "pageup", "page(-1)", "Page up", show=False, id="predictions.back", tooltip="Further up"
        ),
        *(
            Binding(
                key,
                f"move({x},{y})",
                key.title(),
                show=False,
                id=f"predictions.{key}",
                tooltip=f"{key.title()}, in what is shown",
            )
            for key, x, y in (
                ("right", 1, 0),
                ("left", -1, 0),
                ("down", 0, 1),
                ("up", 0, -1),
            )
        ),
    ]

    view: var[str] = var("picture", init=False)

    def action_view(self, view: str) -> None:
        """Show another view."""
        raise NotImplementedError

    def action_heat(self) -> None:
        self.query_one(ExplainedPicture).next_method()

    def action_label(self, step: int) -> None:
        if self.view == "picture":
            self.query_one(ExplainedPicture).other_label(step)
        elif self.view == "all":
            self.query_one(ConfusionMatrix).next_pair(step)

    def action_order(self) -> None:
        """Sort the matrix's classes by name, or the worst first."""
        if self.view == "all":
            self.query_one(ConfusionMatrix).other_order()

    def action_page(self, step: int) -> None:
        """Go further down in the matrix, or up."""
        if self.view == "all":
            self.query_one(ConfusionMatrix).turn(step)

    def action_move(self, across: int, down: int) -> None:
        """Move the heat's cursor, the matrix's, or over the mistakes."""
        if self.view == "picture":
            self.query_one(ExplainedPicture).move(across, down)
        elif self.view == "mistakes":
            self.query_one(Mistakes).move(across, down)
        else:
            self.query_one(ConfusionMatrix).move(across, down)
