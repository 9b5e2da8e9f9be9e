"""Networks that are not in the list of the form: of a file, pretrained, or corrected."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.areas.train.file_choice import ChosenFile, ask_for_file, loaded_for
from tui.areas.train.network_choice import CALCULATOR, FILE, PRETRAINED
from tui.areas.train.pretrained_choice import PretrainedChoice, listed
from tui.areas.train.pretrained_window import PretrainedWindow
from tui.runs.settings.make_spec import adapt_network
from tui.ui.dialogs.input_windows import PickWindow

if TYPE_CHECKING:
    from tui.areas.train.train_screen import TrainScreen
    from tui.keras_io.file_network import FileNetwork


class NetworkSources:
    """Chooses the network of a file or a pretrained one, and corrects the chosen one.

    Args:
        screen: of the form.
    """

    def __init__(self, screen: TrainScreen) -> None:
        self._screen = screen

    def offers(self, command: str) -> bool:
        """Return whether a command makes sense now; each does."""
        return True

    def model_file(self) -> None:
        """Ask for a model file and train its network."""
        if self._screen.dataset is None:
            self._screen.notify("Choose images first: d takes the handwritten digits, o a folder.")
            return
        ask_for_file(self._screen, self.train_file)

    def adapt(self) -> None:
        """Correct the chosen network, or else fit the calculator's network to the images."""
        file = self._screen.networks.file_of(self._screen.form.model)
        if file is not None:
            self.load_for(file)
            return
        if self._screen.checked.cure is not None:
            chosen = self._screen.networks.correct(
                self._screen.form.model, self._screen.checked.cure
            )
        elif self._screen.host.network is None or self._screen.dataset is None:
            self._screen.notify("There is no network in the calculator to adapt yet.")
            return
        else:
            self._screen.host.network = adapt_network(
                self._screen.host.network, self._screen.dataset.settings
            )
            chosen = CALCULATOR
        self._screen.form.set_models(self._screen.networks.names(), chosen)
        self._screen.check()

    def pretrained(self) -> None:
        """Let the user choose a pretrained network, and how it is trained."""
        self._screen.run_worker(self._choose_pretrained(), group="pretrained", exclusive=True)

    async def _choose_pretrained(self) -> None:
        """Let the user choose a pretrained network, and how it is trained."""
        dataset = self._screen.dataset
        if dataset is None:
            self._screen.notify("Choose images first: d takes the handwritten digits, o a folder.")
            return
        options = await asyncio.to_thread(listed)
        name = await self._screen.app.push_screen_wait(
            PickWindow("Which pretrained network?", options)
        )
        if name is None:
            return
        before = self._screen.networks.pretrained
        choice = before if before.name == name else PretrainedChoice(name)
        window = PretrainedWindow(choice, dataset.settings)
        chosen = await self._screen.app.push_screen_wait(window)
        if chosen is not None:
            self._screen.networks.pretrained = chosen
            self._screen.form.set_models(self._screen.networks.names(), PRETRAINED)
            self._screen.check()

    def found_file(self) -> tuple[ChosenFile, FileNetwork] | None:
        """Return the chosen file and its network; None where none is chosen or can be read."""
        file = self._screen.networks.file_of(self._screen.form.model)
        found = file.found(self._screen.dataset) if file is not None else None
        return (file, found) if file is not None and found is not None else None

    def train_file(self, file: ChosenFile) -> None:
        """Choose the network of a file, and load the images as it needs them."""
        self._screen.networks.file = file
        self._screen.form.set_models(self._screen.networks.names(), FILE)
        self.load_for(file)

    def load_for(self, file: ChosenFile) -> None:
        """Load the images as the network of a file needs them, and say what that changes."""
        dataset = self._screen.dataset
        found = file.found(dataset)
        self._screen.form.offer_compiled(found is not None and found.compiled is not None)
        if dataset is not None and found is not None:
            loaded, said = loaded_for(file, dataset, as_compiled=self._screen.form.as_compiled)
            self._screen.dataset = self._screen.host.dataset = loaded
            if said:
                self._screen.notify(said, markup=False, timeout=8)
        self._screen.check()
