"""The spec of each training that `cnn-tui train` is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from tui.cli.training.file_options import FileChoices
from tui.cli.training.loader_options import LoaderChoices
from tui.cli.training.pretrained_options import PretrainedOptions
from tui.common.text import clean
from tui.datasets import FolderSummary, LoaderSettings
from tui.datasets.loader.image_counts import validation_problem
from tui.runs.settings.make_spec import check_validated, make_spec
from tui.runs.settings.phases import check_phases
from tui.runs.settings.settings_file import SettingsFile
from tui.runs.settings.several_gpus import parse_gpus
from tui.runs.settings.spec import Loader, SpecError, StopRule, TrainingSpec
from tui.runs.settings.test_folder import check_test_folder, named_test_folder
from tui.runs.store.run_label import NAME_LIMIT

_OF_THE_LOADER = {"batch_size", "target_size", "color_mode", "augmentation", "seed"}
"""Settings that are the loader's; the seed is the network's too."""
_NOT_PASSED = {*_OF_THE_LOADER, "learning_rate"} - {"seed"}
"""Settings of a grid that are given to `make_spec` in other ways."""


@dataclass(frozen=True, kw_only=True)
class AskedTraining:
    """What all trainings of one command have in common.

    Args:
        name: of the images.
        summary: of their folder.
        settings: how they are loaded by default.
        same: what options change of that, for every training.
        loading: options of the loader.
        pretrained, from_file: options of a pretrained network, and of one from a file.
        opened: the settings file; None without one.
        given: the settings that options give, which win over the file's.
        chosen_loading: those of the loader that options or the file give.
        stop_when, loader, gpus, test_folder, title, on_end: as typed.
    """

    name: str
    summary: FolderSummary
    settings: LoaderSettings
    same: Mapping[str, object]
    loading: LoaderChoices
    pretrained: PretrainedOptions
    from_file: FileChoices
    opened: SettingsFile | None
    given: frozenset[tuple[str, ...]]
    chosen_loading: frozenset[tuple[str, ...]]
    stop_when: str
    loader: Loader
    gpus: str
    test_folder: str
    title: str
    on_end: str

    def spec(self, chosen: Mapping[str, Any]) -> TrainingSpec:
        """Return the spec of one training.

        Args:
            chosen: its value of each setting that may have several.

        Raises:
            SpecError: for the first value that is not valid.
            msgspec.ValidationError: for one that the loader does not take.
        """
        model = str(chosen.get("model", ""))
        data = self._loader_settings(chosen, model)
        spec = make_spec(
            self.name,
            data,
            **{key: value for key, value in chosen.items() if key not in _NOT_PASSED},
            stop_rule=StopRule.parse(self.stop_when),
            loader=self.loader,
            gpus=parse_gpus(self.gpus),
            test_directory=named_test_folder(self.test_folder, data),
            **self.pretrained.arguments(model),
            **self.from_file.arguments(model, chosen["learning_rate"]),
            title=clean(self.title, NAME_LIMIT).strip(),
        )
        spec = msgspec.structs.replace(spec, on_end=self.on_end.strip())
        return spec if self.opened is None else self._over(self.opened, spec)

    def _loader_settings(self, chosen: Mapping[str, Any], model: str) -> LoaderSettings:
        varying = {key: chosen[key] for key in _OF_THE_LOADER if key in chosen}
        suited = self.pretrained.loading(model)
        suited |= self.from_file.loading(model, self.settings, self.chosen_loading)
        plain = {**msgspec.structs.asdict(self.settings), **suited, **self.same, **varying}
        plain["augmentation"] = self.loading.augmented(plain["augmentation"])
        changed = msgspec.convert(plain, LoaderSettings)
        if problem := validation_problem(self.summary, changed):
            raise SpecError(problem)
        return changed

    def _over(self, opened: SettingsFile, spec: TrainingSpec) -> TrainingSpec:
        """Return the spec with the settings of a file, where no option gives them."""
        spec = opened.over(spec, self.given)
        check_validated(spec.stop_rule, spec.patience, spec.data, spec.schedule)
        if spec.test_directory:
            check_test_folder(spec.test_directory, spec.data)
        check_phases(spec)
        return spec
