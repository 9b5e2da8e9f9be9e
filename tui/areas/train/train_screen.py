"""Area 4: setting up a training."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from tui.areas.train.class_weight_field import ClassWeightField
from tui.areas.train.default_values import (
    changed_loading,
    dataset_text,
    defaults_text,
    with_default_loading,
)
from tui.areas.train.field_texts import TRAIN_HELP
from tui.areas.train.fields_scroll import FieldsScroll
from tui.areas.train.file_choice import (
    ask_for_weights,
    file_text,
)
from tui.areas.train.form_check import (
    FormCheck,
    check_form,
    findings_text,
    message_text,
)
from tui.areas.train.gpus_field import GpusField
from tui.areas.train.network_choice import (
    NetworkChoice,
    network_text,
    pretrained_text,
)
from tui.areas.train.network_sources import NetworkSources
from tui.areas.train.settings_files import SettingsFiles
from tui.areas.train.train_form import TrainForm
from tui.areas.train.training_start import TrainingStart
from tui.common.text import clean
from tui.common.typed_paths import in_thread
from tui.runs.process.needs import training_problem
from tui.runs.queue.shared_gpus import sharable_gpus
from tui.runs.settings.class_weights import NONE
from tui.runs.settings.grid import Grid, group_name
from tui.runs.settings.make_spec import default_model, unused_name
from tui.runs.settings.spec import TrainingSpec, same_network
from tui.ui.area_screen import AreaScreen
from tui.ui.choose_dataset import choose_sample
from tui.ui.commands import bindings
from tui.ui.forms.fields import FieldRow
from tui.ui.services import Dataset
from tui.ui.textual_patches.repaint import repaint

if TYPE_CHECKING:
    from tui.runs.store.run_summary import RunSummary

KEEP_READY_SECONDS = 120.0
NO_NETWORK = Content.styled("Its layers are shown here once images are chosen.", "$text-muted")


class TrainScreen(AreaScreen):
    """The form of a training, with the network beside it."""

    AREA = "train"
    CSS_PATH = "train_screen.tcss"
    HELP = TRAIN_HELP

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
            handler="starting",
            footer=("start", "queue"),
        ),
        *bindings(
            "train",
            ("a", "adapt", "adapt", "Adapt", "Correct the network's end, or fit it to the images"),
            (
                "p",
                "pretrained",
                "pretrained",
                "Pretrained",
                "Choose a pretrained network, its weights and its head",
            ),
            ("m", "model_file", "model-file", "Model file", "Train the network of a .keras file"),
            handler="sources",
        ),
        *bindings(
            "train",
            ("d", "digits", "digits", "Digits", "Use the handwritten digits"),
            ("o", "app.area('data')", "folder", "Other folder", "Choose another folder of images"),
            ("ctrl+r", "defaults", "defaults", "Defaults", "Set all values to their defaults"),
            ("w", "write", "write", "Write", "Write these settings to a TOML file"),
            ("f", "open_file", "file", "Open file", "Take settings over from a TOML file"),
            footer=("digits", "folder", "defaults", "write", "file"),
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.dataset: Dataset | None = None
        """The images that the form is about."""
        self._dismissal: Timer | None = None
        self.checked = FormCheck()
        """The last check of the form."""
        self._changed_fields: list[str] = []
        """The labels of the fields that are not at their default."""
        self._was_left = False
        self._as_compiled = False
        """Whether the optimizer of a file was chosen before the last change."""

    @cached_property
    def networks(self) -> NetworkChoice:
        """The choices of the field for the network."""
        return NetworkChoice(self.host)

    @cached_property
    def starting(self) -> TrainingStart:
        """Starts what is in the form."""
        return TrainingStart(self)

    @cached_property
    def sources(self) -> NetworkSources:
        """Networks that are not in the list."""
        return NetworkSources(self)

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
        before, self.dataset = self.dataset, dataset
        again, self.host.spec_to_repeat = self.host.spec_to_repeat, None
        if again is not None and dataset is not None:
            self.networks.again = again
            self.form.fill(again)
            self.form.set_models(self.networks.names(), self.networks.name_of(again))
            self.query_one("#epochs").focus()
        else:
            model = self.form.model
            other_folder = dataset is not None and (
                before is None or before.summary.path != dataset.summary.path
            )
            if dataset is not None and other_folder:
                model, self.networks.again = default_model(dataset.settings), None
            self.form.set_models(self.networks.names(), model)
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
        asking = ask_for_weights(self, path, self.sources.train_file)
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
        dataset = self.dataset
        if dataset is None:
            return
        self.form.reset()
        self.networks.again = None
        self.form.set_models(self.networks.names(), default_model(dataset.settings))
        self.dataset = self.host.dataset = with_default_loading(dataset)
        self.check()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "defaults":
            return bool(self._changed_fields or changed_loading(self.dataset))
        return super().check_action(action, parameters)

    @on(TrainForm.Changed)
    def _changed(self, event: TrainForm.Changed) -> None:
        event.stop()
        found = self.sources.found_file()
        self.form.offer_compiled(found is not None and found[1].compiled is not None)
        before, self._as_compiled = self._as_compiled, self.form.as_compiled
        if self._as_compiled and not before and found is not None:
            self.form.show_rate(found[1].rate)
            self.sources.load_for(found[0])  # its loss decides the class mode
        self.check()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self.check()  # the hint below the form is about the focused field

    def check(self) -> TrainingSpec | None:
        """Read the form; show the network, or the error and its field."""
        dataset = self.dataset
        repaint(self.query_one("#train-data", Static), dataset_text(dataset))
        if dataset is None:
            self.checked = FormCheck()
        else:
            networks = self.networks.lines(self.form.model)
            file = self.networks.file_of(self.form.model)
            self.checked = check_form(
                lambda: self.form.read(
                    dataset.name, dataset.settings, networks, self.networks.pretrained, file
                ),
                dataset,
            )
        checked = self.checked
        self._mark_changed()
        for row in self.query(FieldRow):
            if row.field.id != checked.field:
                row.show_error(None)
            elif checked.field == "model":
                row.show_error("↓")  # there is no room for a word behind the longest name
            else:
                row.mark_wrong()
        message = message_text(
            checked.sentence or training_problem(),
            str(self.focused.id) if self.focused is not None else "",
            checked,
            dataset,
            sum(one.live or one.state == "queued" for one in self.host.runs),
        )
        repaint(self.query_one("#train-message", Static), message)
        findings = self.query_one("#why", Static)
        findings.display = bool(checked.findings)
        repaint(findings, findings_text(checked.findings))
        if dataset is None:
            repaint(self.query_one("#network", Static), NO_NETWORK)
        elif checked.spec is not None and checked.spec.base is not None:
            repaint(self.query_one("#network", Static), pretrained_text(checked.spec))
        elif (found := self.sources.found_file()) is not None:
            repaint(self.query_one("#network", Static), file_text(*found))
        elif checked.network is not None:
            repaint(self.query_one("#network", Static), network_text(checked.network))
        spec = checked.spec
        if self.grid is not None and spec is not None:
            self.form.suggest_name(group_name(spec.name, self.grid))
        elif spec is not None and not self.form.title:
            spec = msgspec.structs.replace(spec, name=self._free_name(spec))
            self.form.suggest_name(spec.name)
        return spec

    def _mark_changed(self) -> None:
        """Mark what is not the default, in the form and beside it."""
        dataset = self.dataset
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
        again = self.networks.again
        same = again is not None and same_network(again, spec)
        name = again.name if again is not None and same else spec.name
        return unused_name(name, [summary.title for summary in self.host.runs])

    def _runs_changed(self, runs: tuple[RunSummary, ...]) -> None:
        super()._runs_changed(runs)
        if self.is_current:
            self.check()  # its name may be taken now

    @property
    def grid(self) -> Grid | None:
        """The grid of runs in the form; None if it is one run, or has an error."""
        planned = self.checked.planned
        return planned.grid if planned is not None and planned.grid.count > 1 else None

    def action_write(self) -> None:
        """Write the settings in the form to a file; of several runs there is none."""
        if self.grid is not None:
            self.notify("A settings file is of one training: give each setting one value.")
        elif self.dataset is None:
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
