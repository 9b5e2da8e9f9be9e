"""Settings as a file, from the form of a training: written, and opened into it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from tui.common.paths import StateError
from tui.common.text import clean
from tui.common.typed_paths import in_thread, typed_path
from tui.datasets import FolderError
from tui.runs.export.export_file import ExportError, write_whole
from tui.runs.export.tensorboard_logs import folder_names
from tui.runs.settings.make_spec import make_spec
from tui.runs.settings.settings_file import (
    SettingsError,
    SettingsFile,
    read_settings,
    settings_text,
)
from tui.runs.settings.settings_images import folder_of, loading_of
from tui.runs.settings.spec import SpecError, TrainingSpec
from tui.ui.area_screen import AreaScreen
from tui.ui.choose_dataset import dataset_of
from tui.ui.dialogs.input_windows import PathWindow
from tui.ui.dialogs.saving import SaveWindow
from tui.ui.services import Dataset

ENDINGS = (".toml",)
_OWN_TO_A_RUN = {"name", "group", "origin"}
"""Settings that another run does not take over."""
_WORDS = {"on_end": "the command for the end"}


class SettingsFiles:
    """Writes what the form asks for to a file, and fills the form from one.

    Args:
        screen: of the form.
        check: reads the form.
        take_over: fills the form with `host.spec_to_repeat`.
    """

    def __init__(
        self,
        screen: AreaScreen,
        check: Callable[[], TrainingSpec | None],
        take_over: Callable[[], None],
    ) -> None:
        self._screen, self._check, self._take_over = screen, check, take_over

    def write(self, spec: TrainingSpec) -> None:
        """Ask for a path and write the settings there."""
        name = f"{folder_names([spec.name])[0].lower()}.toml"

        def write(path: Path, force: bool) -> Sequence[Path]:
            try:
                text = settings_text(spec)
            except SettingsError as error:
                raise ExportError(str(error)) from error
            write_whole(path, text.encode(), force=force)
            return [path]

        self._screen.app.push_screen(SaveWindow("Write these settings as TOML", name, write))

    def open(self) -> None:
        """Ask for a file of settings and fill the form with them."""

        def typed(text: str | None) -> None:
            if text:
                read = self._read(typed_path(text).absolute())
                self._screen.run_worker(read, group="settings", exclusive=True)

        window = PathWindow("Open settings (TOML)", ENDINGS, "~/pets.toml")
        self._screen.app.push_screen(window, typed)

    async def _read(self, path: Path) -> None:
        host, present = self._screen.host, self._check()
        try:
            opened = await in_thread(lambda: read_settings(path))
            if not opened.names_images and host.dataset is None:
                raise SettingsError(
                    f"{clean(path.name, 100)} does not say which images. Choose images first: "
                    "d takes the handwritten digits, o a folder."
                )
            dataset, spec = await in_thread(lambda: whole(opened, host.dataset, present))
        except (SpecError, FolderError, StateError) as error:
            self._screen.notify(str(error), severity="error", markup=False, timeout=15)
            return
        host.dataset, host.spec_to_repeat = dataset, spec
        self._take_over()
        made = self._check()
        lost = differences(made, spec) if made is not None else []
        said = f"The settings of {clean(path.name, 100)} are in the form."
        if lost:
            said += f" Not taken over: {', '.join(lost)}."
        self._screen.notify(said, markup=False, timeout=8)


def whole(
    opened: SettingsFile, dataset: Dataset | None, present: TrainingSpec | None
) -> tuple[Dataset, TrainingSpec]:
    """Return the images and all settings that a file asks for (blocking).

    Args:
        opened: the file; what it leaves open is as before.
        dataset: the images that are chosen; None only if the file names others.
        present: the settings in the form; None if they cannot be used.

    Raises:
        SpecError: when they cannot be so.
        FolderError: when the folder cannot be read.
        StateError: when it is a sample that cannot be made.
    """
    if opened.names_images:
        found = dataset_of(folder_of(opened))
        chosen = replace(found, settings=loading_of(opened, found.summary))
        present = None
    else:
        assert dataset is not None
        chosen = replace(dataset, settings=opened.loader(dataset.settings))
    spec = present or make_spec(chosen.name, chosen.settings)
    return chosen, opened.over(spec)


def differences(made: TrainingSpec, wanted: TrainingSpec) -> list[str]:
    """Return the settings of a file that a form does not have, in words."""
    names = [name for name in TrainingSpec.__struct_fields__ if name not in _OWN_TO_A_RUN]
    return [
        _WORDS.get(name, name.replace("_", " "))
        for name in names
        if getattr(made, name) != getattr(wanted, name)
    ]
