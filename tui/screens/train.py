"""Area 4: setting a training up."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, Static

from tui.geometry import Network, format_network, network_totals, parse_network, trace_network
from tui.screens.base import AreaScreen
from tui.screens.choosing import choose_sample
from tui.screens.host import Dataset
from tui.text import clean
from tui.training.recipe import MODELS, adapt_network, default_model, make_spec
from tui.training.spec import COURSE_RULE, SpecError, StopRule, TrainingSpec
from tui.widgets.fields import ChoiceInput, FieldRow, NumberInput

CALCULATOR = "calculator"
"""The choice of the network that was edited in the calculator."""
KEEP_READY_SECONDS = 120.0
RATES = ("0.1", "0.03", "0.01", "0.003", "0.001", "0.0003", "0.0001", "0.00003")


class TrainScreen(AreaScreen):
    """What to train, how long, and when to stop; the network beside it."""

    AREA = "train"
    CSS_PATH = "train.tcss"
    HELP = """
# Train

Choose the network and how long to train; **ctrl+s** (or F5) starts. The training runs in a process
of its own and goes on when you quit the app or lose the connection.

- **course** is the course's network: three convolutions with 16, 32 and 64 filters, each with a
  max pooling, then Dense 512. **digits** is a smaller one for small pictures. **calculator** is
  the network that you edit there; **a** gives it the input and the outputs that the images need.
- **stop rule**: the training ends after the first epoch that fulfils it. `accuracy > 0.997` is the
  course's; `val_loss < 0.1` or `never` are others.
- **seed** fixes the weights, the dropout and the order of the images.

Every image is decoded once before the first epoch; those that cannot be read are named and left
out.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,f5", "start", "Start", id="train.start", tooltip="Start the training"),
        Binding(
            "a",
            "adapt",
            "Adapt",
            show=False,
            id="train.adapt",
            tooltip="Fit the calculator's network to the images",
        ),
        Binding("d", "digits", "Digits", id="train.digits", tooltip="Use the handwritten digits"),
        Binding(
            "o",
            "app.area('data')",
            "Other folder",
            id="train.folder",
            tooltip="Choose another folder of images",
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._shown: Dataset | None = None
        self._dismissal: Timer | None = None

    def compose_body(self) -> ComposeResult:
        with Horizontal(id="train"):
            with VerticalScroll(id="train-left", classes="panel", can_focus=False) as box:
                box.border_title = "Training"
                yield Static(id="train-data")
                yield FieldRow("network", ChoiceInput(list(MODELS), "course", id="model"))
                yield FieldRow("epochs", NumberInput(15, least=1, id="epochs"), "at most")
                yield FieldRow("learning rate", ChoiceInput(RATES, "0.001", id="rate"), "RMSprop")
                yield FieldRow("seed", NumberInput(42, id="seed"))
                yield FieldRow("stop rule", Input(str(COURSE_RULE), compact=True, id="rule"))
                yield Static(id="train-message")
            with Vertical(id="train-right", classes="panel") as box:
                box.border_title = "Network"
                yield Static(id="network")

    def on_mount(self) -> None:
        self.where = "Train"
        self.query_one("#model").focus()
        self._take_dataset()

    def _models(self) -> list[str]:
        """The networks to choose from; the calculator's own once it was open."""
        return [*MODELS, *([CALCULATOR] if self.host.network is not None else [])]

    def _model(self) -> str:
        """The chosen network: a name, or the calculator's in its one-line form."""
        chosen = self.query_one("#model", ChoiceInput).value
        if chosen == CALCULATOR and self.host.network is not None:
            return format_network(self.host.network)
        return chosen

    def action_adapt(self) -> None:
        """Give the calculator's network the input and the outputs that the images need."""
        if self.host.network is None or self._shown is None:
            self.notify("There is no network from the calculator to adapt yet.")
            return
        self.host.network = adapt_network(self.host.network, self._shown.settings)
        model = self.query_one("#model", ChoiceInput)
        model.set_options(self._models(), CALCULATOR)
        self.check()

    def on_screen_resume(self) -> None:
        # Importing TensorFlow takes seconds: a trainer does it while the form is looked at.
        if self._dismissal is not None:
            self._dismissal.stop()
        self.host.launcher.prepare()
        if self.is_mounted:
            self._take_dataset()

    def on_screen_suspend(self) -> None:
        self._dismissal = self.app.set_timer(KEEP_READY_SECONDS, self.host.launcher.dismiss)

    def _take_dataset(self) -> None:
        """Show the folder that is chosen now."""
        dataset = self.host.dataset
        model = self.query_one("#model", ChoiceInput)
        model.set_options(self._models(), model.value)
        if dataset is not self._shown and dataset is not None:
            same_folder = self._shown is not None and (
                self._shown.summary.path == dataset.summary.path
            )
            if not same_folder:
                self.query_one("#model", ChoiceInput).value = default_model(dataset.settings)
            self.where = f"Train · {dataset.name}"
        self._shown = dataset
        self.check()

    @on(Input.Changed)
    @on(ChoiceInput.Changed)
    def _changed(self, event: Input.Changed | ChoiceInput.Changed) -> None:
        event.stop()
        self.check()

    def check(self) -> TrainingSpec | None:
        """Read the form; show the network, or what is wrong with which value."""
        data = self.query_one("#train-data", Static)
        dataset = self._shown
        rows = {str(row.field.id): row for row in self.query(FieldRow)}
        for row in rows.values():
            row.say(None)
        if dataset is None:
            data.update(
                Content("No images chosen yet: d takes the handwritten digits, o a folder.")
            )
            self._message("")
            self.query_one("#network", Static).update("")
            return None
        settings = dataset.settings
        data.update(
            Content.assemble(
                (dataset.name, "bold"),
                f"  {dataset.summary.training_images:,} images, {len(settings.classes)} classes\n",
                f"loaded as {settings.input_volume_text}, batch {settings.batch_size}, "
                f"{settings.class_mode}\n",
            )
        )
        try:
            rule = StopRule.parse(self.query_one("#rule", Input).value)
        except SpecError as error:
            self._wrong(rows["rule"], str(error))
            return None
        numbers: dict[str, int] = {}
        for name in ("epochs", "seed"):
            number = self.query_one(f"#{name}", NumberInput).number
            if number is None:
                self._wrong(rows[name], f"{name} is empty: type a whole number or press ↑.")
                return None
            numbers[name] = number
        try:
            spec = make_spec(
                dataset.name,
                settings,
                model=self._model(),
                epochs=numbers["epochs"],
                learning_rate=float(self.query_one("#rate", ChoiceInput).value),
                stop_rule=rule,
                seed=numbers["seed"],
            )
        except SpecError as error:
            own = self.query_one("#model", ChoiceInput).value == CALCULATOR
            self._message(str(error) + " Or: a adapts it to these images." * own)
            return None
        self._message("")
        self.query_one("#network", Static).update(network_text(parse_network(spec.network)))
        return spec

    def _wrong(self, row: FieldRow, error: str) -> None:
        """Mark a field; its sentence stands below the form, where there is room for it."""
        row.mark()
        self._message(error)

    def _message(self, error: str) -> None:
        text = Content.styled(f"\n✗ {clean(error)}", "$text-error")
        start = Content.assemble("\n", ("ctrl+s", "bold $text-accent"), " starts the training")
        shown = text if error else start if self._shown is not None else Content("")
        self.query_one("#train-message", Static).update(shown)

    def action_start(self) -> None:
        """Start the training and open its screen."""
        if self._shown is None:
            self.notify("Choose images first: d takes the handwritten digits, o a folder.")
            return
        spec = self.check()
        if spec is None:
            self.notify("A value cannot be used; see what is marked ✗.", severity="error")
            return
        self.host.start_training(spec)

    def action_digits(self) -> None:
        self.run_worker(self._digits(), exclusive=True)

    async def _digits(self) -> None:
        await choose_sample(self.host, "digits")
        self._take_dataset()


def network_text(network: Network) -> Content:
    """Return a network as a table: each layer, what it puts out, its parameters."""
    rows = trace_network(network)
    lines = [
        Content.styled(f"{'layer':<16}{'output':>12}{'parameters':>12}", "$text-muted"),
        Content.assemble(f"{'input':<16}", (f"{network.input!s:>12}", "$input-color")),
    ]
    for row in rows:
        if row.effect is None:
            lines.append(Content.styled(f"{row.name:<16} ✗", "$text-error"))
            continue
        lines.append(
            Content.assemble(
                f"{row.name:<16}",
                (f"{row.effect.output!s:>12}", "$output-color"),
                f"{row.effect.parameters:>12,}",
            )
        )
    totals = network_totals(rows)
    lines.append(Content.styled(f"{'total':<16}{'':>12}{totals.parameters:>12,}", "bold"))
    return Content("\n").join(lines)
