"""The window with the settings of a pretrained network: weights, head, size, fine-tuning."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, Static

from tui.areas.train.pretrained_choice import PretrainedChoice, has_weights
from tui.common.text import clean, size_text
from tui.datasets import LoaderSettings
from tui.datasets.getting import Transfer
from tui.datasets.getting.transfer_progress import progress_text
from tui.runs.settings.backbone_weights import ENDINGS, MissingWeights
from tui.runs.settings.fetch_weights import weights_transfer
from tui.runs.settings.pretrained import FineTuning
from tui.runs.settings.pretrained_model import USUAL_HEAD
from tui.runs.settings.spec import SpecError
from tui.ui.dialogs.window import Window
from tui.ui.footer import Footer
from tui.ui.forms.fields import FieldRow, NumberInput, RateInput
from tui.ui.forms.line_input import LineInput
from tui.ui.forms.path_input import PathHint, PathInput
from tui.ui.textual_patches.repaint import repaint

_LOOK_SECONDS = 0.2
_DEFAULT = FineTuning(from_layer="-")


class PretrainedWindow(Window[PretrainedChoice | None]):
    """Edits a pretrained network; returns it, or None."""

    DEFAULT_CSS = """
    PretrainedWindow { align: center middle; background: $background 60%; }
    PretrainedWindow #pretrained {
        width: 78;
        height: auto;
        max-height: 100%;
        padding: 0 1;
        background: $surface;
        border: round $primary;
        border-title-color: $primary;
        border-title-style: bold;
    }
    PretrainedWindow FieldRow > Input { width: 1fr; }
    PretrainedWindow FieldRow > NumberInput { width: 12; }
    PretrainedWindow .field--note { width: auto; }
    PretrainedWindow FieldRow.-number > .field--note { width: 1fr; }
    PretrainedWindow #pretrained-verdict { height: auto; min-height: 4; margin: 1 0 0 0; }
    """

    HELP = """
# A pretrained network

Its layers were trained on ImageNet's photographs. Here they are frozen, and a small **head** learns
your classes from what they give. **Empty** fields take what stands there in grey.

- **weights**: a file that Keras downloaded, or one of `save_weights`; **tab** completes the path.
  Empty: from Keras's cache. Where they are missing, **ctrl+g** downloads them.
- **head**: its layers in the one-line form; the last one, for the classes, is added.
- **image side**: the images are loaded as squares of so many pixels, in colour, whatever 3 Data
  says. The size it was trained on is the best to begin with. Its preprocessing is part of the
  network, so *rescale* is not used.
- **fine-tune from**: the name of a layer of the backbone. It and those after it are trained too,
  at a smaller rate, once the head has been trained alone for some epochs. BatchNormalization stays
  as it is. Empty: the backbone stays frozen.

**enter** accepts, **escape** changes nothing.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,ctrl+s",
            "take",
            "Accept",
            id="pretrained.take",
            tooltip="Train this network",
            priority=True,  # in a field of numbers too, where enter goes to the next one elsewhere
        ),
        Binding(
            "ctrl+g", "get", "Get weights", id="pretrained.get", tooltip="Download the weights"
        ),
        Binding("escape", "leave", "Cancel", id="pretrained.leave", tooltip="Change nothing"),
    ]

    def __init__(self, choice: PretrainedChoice, settings: LoaderSettings) -> None:
        """Make the window.

        Args:
            choice: what it shows at first.
            settings: of the folder of images.
        """
        super().__init__()
        self._choice, self._settings = choice, settings
        self._transfer: Transfer | None = None
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        choice, kind = self._choice, self._choice.kind
        tuning = choice.fine_tuning or _DEFAULT
        side = choice.size[0] if choice.size is not None else kind.side
        with Vertical(id="pretrained") as box:
            box.border_title = Content(f"{kind.name}, pretrained")
            box.border_subtitle = Content("enter accepts · tab next field · esc cancels")
            yield FieldRow(
                "weights",
                PathInput(
                    choice.weights,
                    placeholder="from Keras's cache",
                    endings=ENDINGS,
                    compact=True,
                    id="weights",
                ),
            )
            yield PathHint()
            yield FieldRow(
                "head", LineInput(choice.head, placeholder=USUAL_HEAD, compact=True, id="head")
            )
            yield FieldRow(
                "image side",
                NumberInput(side, minimum=1, id="side"),
                f"pixels; trained on {kind.side}, at least {kind.least}",
                role="number",
            )
            yield FieldRow(
                "fine-tune from",
                LineInput(
                    choice.fine_tuning.from_layer if choice.fine_tuning is not None else "",
                    placeholder=f"never; or for example {kind.last_stage}",
                    compact=True,
                    id="layer",
                ),
            )
            yield FieldRow(
                "  at the rate", RateInput(tuning.learning_rate, id="tuning-rate"), role="number"
            )
            yield FieldRow(
                "  after",
                NumberInput(tuning.head_epochs, id="head-epochs"),
                "epochs of the head alone",
                role="number",
            )
            yield Static(id="pretrained-verdict")
        yield Footer()

    def on_mount(self) -> None:
        self.query_one("#weights").focus()
        self._timer = self.set_interval(_LOOK_SECONDS, self._show_progress, pause=True)
        self._judge()

    def _read(self) -> PretrainedChoice:
        """Return what the fields say.

        Raises:
            SpecError: when a value cannot be.
        """
        text = {str(one.id): one.value.strip() for one in self.query(Input)}
        side, epochs = (self.query_one(f"#{one}", NumberInput) for one in ("side", "head-epochs"))
        rate = self.query_one("#tuning-rate", RateInput)
        for label, field in (("image side", side), ("at the rate", rate), ("after", epochs)):
            if field.problem:
                raise SpecError(f"{label}: {field.problem}.")
        tuning = None
        if text["layer"]:
            tuning = FineTuning(
                from_layer=clean(text["layer"], 200),
                learning_rate=rate.rate or 0.0,
                head_epochs=epochs.number or 0,
            )
        own, chosen = self._choice.kind.side, side.number or 0
        size = None if chosen == own else (chosen, chosen)
        before = self._choice.size
        if before is not None and chosen == before[0]:
            size = before  # of a run whose images are no squares
        return PretrainedChoice(
            self._choice.name, text["weights"], clean(text["head"], 4_000), size, tuning
        )

    def _judge(self) -> PretrainedChoice | None:
        """Show what is trained or what is wrong; return the choice, None if it is wrong."""
        if self._transfer is not None:
            return None
        verdict = self.query_one("#pretrained-verdict", Static)
        try:
            choice = self._read()
            words = choice.described(self._settings)
        except MissingWeights as error:
            size = size_text(error.base.bytes)
            text = (
                f"✗ Its weights are not in Keras's cache: ctrl+g downloads {size}. Without a "
                f"network, put {error.base.file} there, or name a file."
            )
            repaint(verdict, Content.styled(text, "$text-error"))
            return None
        except SpecError as error:
            repaint(verdict, Content.styled(f"✗ {clean(error)}", "$text-error"))
            return None
        repaint(verdict, Content.styled(words, "$text-muted"))
        return choice

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._judge()

    def action_take(self) -> None:
        """Return the choice unless something is wrong with it."""
        choice = self._judge()
        if choice is None:
            self.app.bell()  # a message would cover what is wrong
        else:
            self.dismiss(choice)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the download where the weights are not here."""
        if action == "get":
            return self._transfer is None and not has_weights(self._choice.kind)
        return super().check_action(action, parameters)

    def action_get(self) -> None:
        """Download the weights into Keras's cache."""
        self._transfer = weights_transfer(self._choice.kind)
        self._transfer.start()
        if self._timer is not None:
            self._timer.resume()
        self._show_progress()
        self.refresh_bindings()

    def _show_progress(self) -> None:
        """Show how far the download is; called a few times a second."""
        transfer = self._transfer
        if transfer is None:
            return
        verdict = self.query_one("#pretrained-verdict", Static)
        if not transfer.ended:
            repaint(verdict, Content(progress_text(*transfer.snapshot(), width=72)))
            return
        self._transfer = None
        if self._timer is not None:
            self._timer.pause()
        self.refresh_bindings()
        if transfer.result is not None:
            self.query_one("#weights", Input).value = ""
            self._judge()
        else:
            file = self._choice.kind.file
            text = f"✗ {transfer.error} Or put {file} there yourself, or name a file."
            repaint(verdict, Content.styled(clean(text, 600), "$text-error"))

    def action_leave(self) -> None:
        """Stop a download; else leave the window."""
        if self._transfer is not None and not self._transfer.stopping:
            self._transfer.stop()
            return
        self.dismiss(None)
