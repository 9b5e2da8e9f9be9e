"""A training of the network in a file: how its images are loaded, and whether it can be trained."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tui.common.paths import StateError, runs_dir
from tui.common.text import clean
from tui.common.typed_paths import typed_path
from tui.datasets import LoaderSettings
from tui.datasets.loader.loader_settings import CHANNELS
from tui.geometry import GeometryError, Vector
from tui.keras_io.compile_names import CLASS_MODE_LOSSES
from tui.keras_io.file_network import FileNetwork, file_network
from tui.keras_io.own_rescaling import own_rescaling
from tui.keras_io.unsupported_files import error_text
from tui.runs.network_check.file_check import judge_file
from tui.runs.settings.findings import Finding, NetworkRefused
from tui.runs.settings.model_file import ModelFile
from tui.runs.settings.spec import SpecError


@dataclass(frozen=True)
class FileOptions:
    """How the network of a file is trained.

    Args:
        new_weights: whether it begins with new weights instead of the file's.
        as_compiled: whether it is trained with the optimizer and the loss that it was compiled
            with.
        name: the file's name, where it is now a copy of another name; else empty.
    """

    new_weights: bool = False
    as_compiled: bool = False
    name: str = ""


def read_model_file(model: str, settings: LoaderSettings | None = None) -> FileNetwork:
    """Return the network in a file (blocking).

    Args:
        model: the path, as it was typed.
        settings: the loader, whose size is that of the images where the file leaves it open.

    Raises:
        SpecError: when there is no such file, or it cannot be read.
    """
    try:
        return file_network(
            typed_path(model).absolute(), settings.target_size if settings is not None else None
        )
    except GeometryError as error:
        raise SpecError(error_text(error)) from error


def loading_for_file(
    model: str, settings: LoaderSettings, *, as_compiled: bool = False
) -> LoaderSettings:
    """Return how to load a folder of images for the network in a file (blocking).

    The size and the colours are those that it takes. The pixels stay from 0 to 255 where it
    rescales them itself. The class mode suits its outputs, or the loss that it was compiled with.

    Args:
        model: the path, as it was typed.
        settings: how the folder is loaded.
        as_compiled: whether it is trained with the loss that it was compiled with.

    Raises:
        SpecError: when there is no such file, or it cannot be read.
    """
    found = read_model_file(model, settings)
    changes: dict[str, object] = {}
    volume = found.volume
    if volume is not None:
        modes = {channels: mode for mode, channels in CHANNELS.items()}
        changes["target_size"] = volume.height, volume.width
        changes["color_mode"] = modes.get(volume.depth, settings.color_mode)
    if own_rescaling(found.graph):
        changes["rescale_divisor"] = 1.0
    mode = _class_mode(found, settings, as_compiled=as_compiled)
    return msgspec.structs.replace(settings, class_mode=mode, **changes)


def _class_mode(found: FileNetwork, settings: LoaderSettings, *, as_compiled: bool) -> str:
    """Return the class mode that suits the outputs or the loss of a file."""
    if as_compiled and found.compiled is not None:
        modes = {loss: mode for mode, loss in CLASS_MODE_LOSSES.items()}
        mode = modes[found.compiled.loss]
        two = len(settings.classes) == 2
        return mode if two or mode != "binary" else settings.class_mode
    ends = found.graph.outputs
    output = found.graph.rows[ends[0]].output if len(ends) == 1 and ends[0] >= 0 else None
    if isinstance(output, Vector) and len(settings.classes) == 2:
        if output.size == 1:
            return "binary"
        if settings.class_mode == "binary":
            return "categorical"
    return settings.class_mode


def checked_file(
    model: str, settings: LoaderSettings, options: FileOptions
) -> tuple[ModelFile, FileNetwork]:
    """Return the network of a file for a spec, after checking that it can learn (blocking).

    Args:
        model: the path, as it was typed.
        settings: how the images are loaded.
        options: how it is trained.

    Raises:
        NetworkRefused: when it cannot learn these classes.
        SpecError: when it cannot be read, or was not compiled in a way that can be used.
    """
    found = read_model_file(model, settings)
    path = typed_path(model).absolute()
    name = options.name or path.name
    if options.as_compiled and found.compiled is None:
        raise SpecError(
            f"{clean(name, 60)} {found.not_compiled}: choose the optimizer, the learning rate and "
            "the class mode here."
        )
    compiled = found.compiled if options.as_compiled else None
    for finding in judge_file(found, clean(name, 60), settings, compiled):
        if finding.severity == "refuse":
            raise NetworkRefused(finding, found.chain)
    file = ModelFile(
        path=str(path),
        name=name,
        described=found.described,
        new_weights=options.new_weights,
        compiled=compiled,
    )
    return file, found


def file_findings(file: ModelFile, settings: LoaderSettings) -> tuple[Finding, ...]:
    """Return the findings about a file that can be trained, with the question before it is run.

    Args:
        file: the file.
        settings: how the images are loaded.
    """
    name = clean(file.name, 60)
    try:
        found = read_model_file(file.path, settings)
    except SpecError as error:
        return (Finding("refuse", str(error)),)
    asked = []
    if not _is_own(file.path):
        asked.append(
            Finding(
                "question",
                f"Load and train {name}? A model file can contain code. It is loaded in Keras's "
                "safe mode, and only Keras's own layers are run.",
                "Still, train only files from somebody you trust.",
            )
        )
        if not (own_rescaling(found.graph) or file.new_weights):
            asked.append(
                Finding(
                    "remark",
                    f"{name} does not say how its images were prepared: here their values are "
                    f"divided by {settings.rescale_divisor:g} (rescale, under 3 Data).",
                )
            )
    return (*asked, *judge_file(found, name, settings, file.compiled))


def _is_own(path: str) -> bool:
    """Return whether a file is in a run of this user's."""
    try:
        runs = os.path.realpath(runs_dir(to_read=True))
    except StateError:
        return False
    return Path(os.path.realpath(path)).is_relative_to(runs)
