"""Area 4: setting up a training."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from tui.areas.train.class_weight_field import ClassWeightField, weights_hint
from tui.areas.train.default_values import (
    changed_loading,
    dataset_text,
    defaults_text,
    with_default_loading,
)
from tui.areas.train.fields_scroll import FieldsScroll
from tui.areas.train.file_choice import (
    ChosenFile,
    ask_for_file,
    ask_for_weights,
    file_text,
    loaded_for,
)
from tui.areas.train.form_check import (
    FormCheck,
    check_form,
    findings_text,
    ready_text,
)
from tui.areas.train.gpus_field import GpusField
from tui.areas.train.network_choice import (
    CALCULATOR,
    FILE,
    PRETRAINED,
    NetworkChoice,
    network_text,
    pretrained_text,
)
from tui.areas.train.pretrained_choice import PretrainedChoice, listed
from tui.areas.train.pretrained_window import PretrainedWindow
from tui.areas.train.rate_curve import rate_curve
from tui.areas.train.settings_files import SettingsFiles
from tui.areas.train.train_form import HINTS, TrainForm
from tui.common.text import clean
from tui.common.typed_paths import in_thread
from tui.runs.process.needs import training_problem
from tui.runs.queue.shared_gpus import sharable_gpus
from tui.runs.settings.class_weights import NONE
from tui.runs.settings.grid import ASKED_ABOVE, Grid, group_name
from tui.runs.settings.make_spec import adapt_network, default_model, unused_name
from tui.runs.settings.schedules import CONSTANT
from tui.runs.settings.spec import TrainingSpec, same_network
from tui.ui.area_screen import AreaScreen
from tui.ui.choose_dataset import choose_sample
from tui.ui.commands import bindings
from tui.ui.dialogs.input_windows import PickWindow
from tui.ui.dialogs.questions import Question, when_confirmed
from tui.ui.forms.fields import FieldRow
from tui.ui.services import Dataset
from tui.ui.textual_patches.repaint import repaint

if TYPE_CHECKING:
    from tui.keras_io.file_network import FileNetwork
    from tui.runs.store.run_summary import RunSummary

KEEP_READY_SECONDS = 120.0
NO_NETWORK = Content.styled("Its layers are shown here once images are chosen.", "$text-muted")


class TrainScreen(AreaScreen):
    """The form of a training, with the network beside it."""

    AREA = "train"
    CSS_PATH = "train_screen.tcss"
    HELP = """
# Train

Choose the network and how long to train; **ctrl+s** (or F5) starts. The training runs in its own
process and continues when you quit the app or lose the connection. **ctrl+n** (or F6) adds it to
the queue instead: it starts by itself once no other run is being trained or, on a machine with
GPUs, once one is free, even without the app. 5 Runs shows the queue.

**Several values** in a field, separated by commas, make one run of each combination: the learning
rates `0.01, 0.001` and the seeds `1, 2, 3` are six runs. **all** optimizers and **each** network
do the same. Such runs are queued as a group; under 5 Runs **c** on one of them compares the group.

- **network**: **course** is the course's network: three convolutions with 16, 32 and 64 filters,
  each with a max pooling, then Dense 512. **small** is for small pictures.
  **batchnorm** has BatchNormalization after each convolution, and Dropout before each Dense; its
  validation lags behind until it has seen some hundred batches.
  **m** trains the network of a **file** (.keras or .h5), from its weights or from new ones; the
  images are then loaded as it needs them (**a** does so again), and the optimizer **file's** is
  that which it was compiled with. **calculator** is the network that you edit there; **a** gives
  it the input and the outputs that the images need. **pretrained** is a network that was trained on
  ImageNet, with a small head that learns your classes: **p** chooses which, its weights, and
  whether it is fine-tuned. **as before** is the network of the run whose settings you took over. A
  network that cannot learn these classes does not start: **a** corrects its end.
- **learning rate**: **↑ ↓** choose a usual value, or type one. **optimizer**: `rmsprop` is the
  course's, `adam` and `sgd` are common alternatives.
- **schedule**: how the learning rate changes while it trains. `cosine` lets it fall slowly at first
  and at the end; `step:every=5,factor=0.5` halves it after every 5 epochs;
  `plateau:patience=3,factor=0.5` halves it when `val_loss` has not improved for 3 epochs. Before
  each of them a `warmup=2` lets it rise from 0 in 2 epochs. The curve is drawn below the fields.
- **stop rule**: the training stops after the first epoch that meets it. `accuracy > 0.997` is the
  course's; `val_loss < 0.1` or `never` are others.
- **patience** is a second rule: the training stops when `val_loss` has not improved for so many
  epochs; 0 turns it off.
- **share** trains on only that part of each class's images, to see the effect of fewer images.
- **class weights**: with `balanced` a class with fewer training images counts more in the loss, so
  that rare classes are learned too; `cats=2, dogs=1` weights them by name. `val_loss` and the
  accuracies count every image the same. Where the check under 3 Data finds uneven classes, **r**
  there sets `balanced`.
- **test images**: a folder with a folder for each class, whose images are used for nothing else.
  They are predicted once, at the end, with the best weights; the run keeps the result and the
  precision, recall and F1 of each class.
- **seed** determines the weights, the dropout and the order of the images.
- **≠** marks what is not the default, here and in the loader's settings of 3 Data; **ctrl+r** sets
  all of it back. Images that are left out stay so.
- **loader**: `cached` decodes each image once and keeps it; `keras` reads the files in every epoch.
  Both give the same batches, and `cached` is faster. The **batch size** is set under 3 Data.
- **GPUs** is there where a training can use several. They share each batch evenly, so it has to be
  divisible by their number. The results are those of one GPU to rounding, except with Dropout. A
  small network trains more slowly than on one: the run says how fast it is against one.
- **name** and **note** distinguish your runs; both can be changed later under 5 Runs.

**w** writes all settings to a **TOML file**, and **f** opens one, which fills the form and chooses
the images that it names. In the shell, `cnn-tui train --settings FILE` takes the same file.

Every image is decoded once before the first epoch; those that cannot be read are listed and left
out. Under 5 Runs, **a** fills this form with the settings of an earlier run.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(
            "train",
            ("ctrl+s,f5", "start", "start", "Start", "Start the training"),
            (
                "ctrl+n,f6",
                "queue",
                "queue",
                "Queue",
                "Start it once no other run is being trained",
            ),
            ("a", "adapt", "adapt", "Adapt", "Correct the network's end, or fit it to the images"),
            (
                "p",
                "pretrained",
                "pretrained",
                "Pretrained",
                "Choose a pretrained network, its weights and its head",
            ),
            ("m", "model_file", "model-file", "Model file", "Train the network of a .keras file"),
            ("d", "digits", "digits", "Digits", "Use the handwritten digits"),
            ("o", "app.area('data')", "folder", "Other folder", "Choose another folder of images"),
            ("ctrl+r", "defaults", "defaults", "Defaults", "Set all values to their defaults"),
            ("w", "write", "write", "Write", "Write these settings to a TOML file"),
            ("f", "open_file", "file", "Open file", "Take settings over from a TOML file"),
            footer=("start", "queue", "digits", "folder", "defaults", "write", "file"),
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._shown: Dataset | None = None
        self._dismissal: Timer | None = None
        self._checked = FormCheck()
        """The last check of the form."""
        self._changed_fields: list[str] = []
        """The labels of the fields that are not at their default."""
        self._was_left = False
        self._as_compiled = False
        """Whether the optimizer of a file was chosen before the last change."""

    @cached_property
    def _networks(self) -> NetworkChoice:
        return NetworkChoice(self.host)

    @cached_property
    def _files(self) -> SettingsFiles:
        return SettingsFiles(self, self.check, self._take_over)

    @property
    def form(self) -> TrainForm:
        """The fields."""
        return self.query_one(TrainForm)

    def compose_body(self) -> ComposeResult:
        with Horizontal(id="train"):
            with Vertical(id="train-left", classes="panel") as panel:
                panel.border_title = "Training"
                # The message stays in sight while the fields scroll.
                with FieldsScroll(id="train-fields", can_focus=False):
                    yield Static(id="train-data")
                    yield TrainForm()
                yield Static(id="train-message")
            with VerticalScroll(id="train-right", classes="panel", can_focus=False) as box:
                box.border_title = "Network"
                yield Static(id="not-default")
                yield Static(id="why")
                yield Static(id="network")

    def on_mount(self) -> None:
        self.where = "Train"
        self.query_one("#epochs").focus()
        self._take_over()
        self.run_worker(self._offer_gpus())

    def on_screen_resume(self) -> None:
        # Importing TensorFlow takes seconds: a trainer does it while the form is open.
        if self._dismissal is not None:
            self._dismissal.stop()
        self.host.launcher.prepare()
        if self.is_mounted:
            self._take_over()
            if self._was_left:
                self.query_one("#epochs").focus()
        self._was_left = False

    def on_screen_suspend(self) -> None:
        self._was_left = self.app.current_mode != self.AREA  # not only covered by a dialog
        self._dismissal = self.app.set_timer(KEEP_READY_SECONDS, self.host.launcher.dismiss)

    async def _offer_gpus(self) -> None:
        """Show the field for several GPUs where there are some; the driver may take seconds."""
        self.query_one(GpusField).offer(await in_thread(sharable_gpus))
        self.check()

    def _take_over(self) -> None:
        """Show the chosen folder, and the settings handed over by another screen."""
        dataset = self.host.dataset
        before, self._shown = self._shown, dataset
        again, self.host.spec_to_repeat = self.host.spec_to_repeat, None
        if again is not None and dataset is not None:
            self._networks.again = again
            self.form.fill(again)
            self.form.set_models(self._networks.names(), self._networks.name_of(again))
            self.query_one("#epochs").focus()
        else:
            model = self.form.model
            other_folder = dataset is not None and (
                before is None or before.summary.path != dataset.summary.path
            )
            if dataset is not None and other_folder:
                model, self._networks.again = default_model(dataset.settings), None
            self.form.set_models(self._networks.names(), model)
            self._take_class_weight(before, dataset)
            if other_folder and before is not None and dataset is not None:
                self._warn_of_kept_values(before, dataset)
        if dataset is not None:
            self.where = f"Train · {dataset.name}"
        self.check()
        if (path := self.host.file_to_train) is None:
            return
        if dataset is None:
            self.notify(
                f"Choose images for {clean(path.name, 40)}: d takes the handwritten digits, o a "
                "folder.",
                markup=False,
            )
            return
        self.host.file_to_train = None
        asking = ask_for_weights(self, path, self._train_file)
        self.run_worker(asking, group="file", exclusive=True)

    def _take_class_weight(self, before: Dataset | None, dataset: Dataset | None) -> None:
        """Show the class weights that the check of the images has set, or taken back."""
        set_before = before.class_weight if before is not None else ""
        if dataset is not None and dataset.class_weight != set_before:
            self.query_one(ClassWeightField).show(dataset.class_weight or NONE)

    def _warn_of_kept_values(self, before: Dataset, dataset: Dataset) -> None:
        """Say which values were chosen for other images and still hold."""
        changed = self.form.mark_changed(default_model(dataset.settings))
        if changed:
            self.notify(
                f"Still as set for {before.name}: {', '.join(changed)}. ctrl+r sets the defaults.",
                markup=False,
            )

    def action_defaults(self) -> None:
        """Set every value to its default; images that are left out stay so."""
        dataset = self._shown
        if dataset is None:
            return
        self.form.reset()
        self._networks.again = None
        self.form.set_models(self._networks.names(), default_model(dataset.settings))
        self._shown = self.host.dataset = with_default_loading(dataset)
        self.check()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "defaults":
            return bool(self._changed_fields or changed_loading(self._shown))
        return super().check_action(action, parameters)

    def _found_file(self) -> tuple[ChosenFile, FileNetwork] | None:
        """Return the chosen file and its network; None where none is chosen or can be read."""
        file = self._networks.file_of(self.form.model)
        found = file.found(self._shown) if file is not None else None
        return (file, found) if file is not None and found is not None else None

    def action_model_file(self) -> None:
        """Ask for a model file and train its network."""
        if self._shown is None:
            self.notify("Choose images first: d takes the handwritten digits, o a folder.")
            return
        ask_for_file(self, self._train_file)

    def _train_file(self, file: ChosenFile) -> None:
        """Choose the network of a file, and load the images as it needs them."""
        self._networks.file = file
        self.form.set_models(self._networks.names(), FILE)
        self._load_for_file(file)

    def _load_for_file(self, file: ChosenFile) -> None:
        dataset = self._shown
        found = file.found(dataset)
        self.form.offer_compiled(found is not None and found.compiled is not None)
        if dataset is not None and found is not None:
            loaded, said = loaded_for(file, dataset, as_compiled=self.form.as_compiled)
            self._shown = self.host.dataset = loaded
            if said:
                self.notify(said, markup=False, timeout=8)
        self.check()

    def action_adapt(self) -> None:
        """Correct the chosen network, or else fit the calculator's network to the images."""
        file = self._networks.file_of(self.form.model)
        if file is not None:
            self._load_for_file(file)
            return
        if self._checked.cure is not None:
            chosen = self._networks.correct(self.form.model, self._checked.cure)
        elif self.host.network is None or self._shown is None:
            self.notify("There is no network in the calculator to adapt yet.")
            return
        else:
            self.host.network = adapt_network(self.host.network, self._shown.settings)
            chosen = CALCULATOR
        self.form.set_models(self._networks.names(), chosen)
        self.check()

    @work(exclusive=True, group="pretrained")
    async def action_pretrained(self) -> None:
        """Let the user choose a pretrained network, and how it is trained."""
        dataset = self._shown
        if dataset is None:
            self.notify("Choose images first: d takes the handwritten digits, o a folder.")
            return
        options = await asyncio.to_thread(listed)
        name = await self.app.push_screen_wait(PickWindow("Which pretrained network?", options))
        if name is None:
            return
        before = self._networks.pretrained
        choice = before if before.name == name else PretrainedChoice(name)
        window = PretrainedWindow(choice, dataset.settings)
        chosen = await self.app.push_screen_wait(window)
        if chosen is not None:
            self._networks.pretrained = chosen
            self.form.set_models(self._networks.names(), PRETRAINED)
            self.check()

    @on(TrainForm.Changed)
    def _changed(self, event: TrainForm.Changed) -> None:
        event.stop()
        found = self._found_file()
        self.form.offer_compiled(found is not None and found[1].compiled is not None)
        before, self._as_compiled = self._as_compiled, self.form.as_compiled
        if self._as_compiled and not before and found is not None:
            self.form.show_rate(found[1].rate)
            self._load_for_file(found[0])  # its loss decides the class mode
        self.check()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self.check()  # the hint below the form is about the focused field

    def check(self) -> TrainingSpec | None:
        """Read the form; show the network, or the error and its field."""
        dataset = self._shown
        repaint(self.query_one("#train-data", Static), dataset_text(dataset))
        if dataset is None:
            self._checked = FormCheck()
        else:
            networks = self._networks.lines(self.form.model)
            file = self._networks.file_of(self.form.model)
            self._checked = check_form(
                lambda: self.form.read(
                    dataset.name, dataset.settings, networks, self._networks.pretrained, file
                ),
                dataset,
            )
        checked = self._checked
        self._mark_changed()
        for row in self.query(FieldRow):
            if row.field.id != checked.field:
                row.show_error(None)
            elif checked.field == "model":
                row.show_error("↓")  # there is no room for a word behind the longest name
            else:
                row.mark_wrong()
        self._message(checked.sentence or training_problem())
        findings = self.query_one("#why", Static)
        findings.display = bool(checked.findings)
        repaint(findings, findings_text(checked.findings))
        if dataset is None:
            repaint(self.query_one("#network", Static), NO_NETWORK)
        elif checked.spec is not None and checked.spec.base is not None:
            repaint(self.query_one("#network", Static), pretrained_text(checked.spec))
        elif (found := self._found_file()) is not None:
            repaint(self.query_one("#network", Static), file_text(*found))
        elif checked.network is not None:
            repaint(self.query_one("#network", Static), network_text(checked.network))
        spec = checked.spec
        if self._grid is not None and spec is not None:
            self.form.suggest_name(group_name(spec.name, self._grid))
        elif spec is not None and not self.form.title:
            spec = msgspec.structs.replace(spec, name=self._free_name(spec))
            self.form.suggest_name(spec.name)
        return spec

    def _mark_changed(self) -> None:
        """Mark what is not the default, in the form and beside it."""
        dataset = self._shown
        if dataset is None:
            return
        changed = self.form.mark_changed(default_model(dataset.settings))
        text = self.query_one("#not-default", Static)
        words = defaults_text(changed, dataset)
        text.display = bool(words)
        repaint(text, words)
        self._changed_fields = changed
        self.refresh_bindings()

    def _free_name(self, spec: TrainingSpec) -> str:
        """Return a name for a run without one, distinct from those of other runs."""
        again = self._networks.again
        same = again is not None and same_network(again, spec)
        name = again.name if again is not None and same else spec.name
        return unused_name(name, [summary.title for summary in self.host.runs])

    def _runs_changed(self, runs: tuple[RunSummary, ...]) -> None:
        super()._runs_changed(runs)
        if self.is_current:
            self.check()  # its name may be taken now

    def _message(self, error: str) -> None:
        """Show the error, or what the focused field means."""
        hint = HINTS.get(str(self.focused.id), "") if self.focused is not None else ""
        if self.focused is not None and self.focused.id == "class-weight":
            hint = weights_hint(self._checked.spec, self._shown)
        if error:
            text = Content.styled(f"\n✗ {clean(error)}", "$text-error")
        elif self._shown is None:
            text = Content("")
        else:
            busy = sum(one.live or one.state == "queued" for one in self.host.runs)
            text = ready_text(hint, self._checked.findings, busy, self._grid)
            spec = self._checked.spec
            if hint == HINTS["schedule"] and spec is not None and spec.schedule != CONSTANT:
                again = ready_text("", self._checked.findings, busy, self._grid)
                text = Content("\n").join([rate_curve(spec), again])
        repaint(self.query_one("#train-message", Static), text)

    def _ready(self) -> TrainingSpec | None:
        """Return the settings in the form; None, after a message, if they cannot be trained."""
        if problem := training_problem():
            self.notify(problem, severity="error", markup=False, timeout=20)
            return None
        if self._shown is None:
            self.notify("Choose images first: d takes the handwritten digits, o a folder.")
            return None
        spec = self.check()
        if spec is None:
            self.notify("A value cannot be used; see what is marked ✗.", severity="error")
        return spec

    def action_start(self) -> None:
        """Start the training and open its screen; several are put into the queue."""
        if self._grid is not None:
            self.action_queue()
            return
        self._confirmed(lambda spec: self.host.start_training(spec, note=self.form.note))

    def action_queue(self) -> None:
        """Add the training, or several, to the queue; the form stays, for the next one."""
        self._confirmed(self._queue if self._grid is None else self._queue_several)

    def _queue(self, spec: TrainingSpec) -> None:
        run = self.host.queue_training(spec, note=self.form.note)
        if run is not None:
            name = clean(spec.name, 40)
            self.notify(f"{name} waits in the queue; 5 shows it.", markup=False)

    def _queue_several(self, _: TrainingSpec) -> None:
        planned, note = self._checked.planned, self.form.note
        assert planned is not None
        grid = planned.grid

        def queue(sure: bool | None) -> None:
            if sure:
                self.host.queue_trainings(planned.specs, note=note)

        if grid.count <= ASKED_ABOVE:
            queue(True)
        else:
            self.app.push_screen(
                Question(f"{grid.text} make {grid.count:,} runs. Queue them?"), queue
            )

    @property
    def _grid(self) -> Grid | None:
        """The grid of runs in the form; None if it is one run, or has an error."""
        planned = self._checked.planned
        return planned.grid if planned is not None and planned.grid.count > 1 else None

    def _confirmed(self, start: Callable[[TrainingSpec], object]) -> None:
        """Start the training in the form, after confirmation of what is questioned."""
        spec = self._ready()
        if spec is not None:
            when_confirmed(self.app, self._checked.findings, lambda: start(spec))

    def action_write(self) -> None:
        """Write the settings in the form to a file; of several runs there is none."""
        if self._grid is not None:
            self.notify("A settings file is of one training: give each setting one value.")
        elif self._shown is None:
            self.notify("Choose images first: d takes the handwritten digits, o a folder.")
        elif (spec := self.check()) is None:
            self.notify("A value cannot be used; see what is marked ✗.", severity="error")
        else:
            self._files.write(spec)

    def action_open_file(self) -> None:
        """Fill the form from a file of settings."""
        self._files.open()

    def action_digits(self) -> None:
        self.run_worker(self._digits(), exclusive=True)

    async def _digits(self) -> None:
        before = self.host.dataset
        dataset = await choose_sample(self.host, "digits")
        if before is not None and dataset is not None and before.summary == dataset.summary:
            self.notify("The handwritten digits were chosen already.")
        self._take_over()
