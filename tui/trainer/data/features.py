"""The output of a frozen backbone, calculated once for each image and kept in the cache.

With a frozen backbone and no augmentation it is the same in every epoch. The head is then trained
on it, batch by batch in the order in which the whole network would get the images.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Sequence

import keras
import numpy as np

from tui.common.paths import StateError
from tui.common.text import clean
from tui.datasets.cache.array_file import (
    ArrayMetadata,
    DecodedImages,
    NewArray,
    RowFile,
    open_array,
)
from tui.datasets.cache.cache_quota import NoRoomError, arrays_folder, make_room
from tui.datasets.cache.feature_plan import FeaturePlan
from tui.keras_worker.build_model import compile_model
from tui.runs.events.event_types import CalculatingFeatures, FeaturesReady, Notice
from tui.runs.settings.spec import TrainingSpec
from tui.trainer.data.cached_iterator import CachedIterator, only_rescales
from tui.trainer.data.data_state import numpy_state, set_numpy_state
from tui.trainer.data.feature_rows import FeatureRows
from tui.trainer.data.loaders import Loaders
from tui.trainer.phases import Phases, head_layers
from tui.trainer.run_session import RunSession

_REPORT_SECONDS = 0.3
_WHAT = "The features of all images"
_LEAST_BATCH = 32
"""Images that go through the backbone at once, unless the batches of the run are larger."""


def head_on_features(
    session: RunSession, spec: TrainingSpec, model: keras.Model, phases: Phases, loaders: Loaders
) -> keras.Model | None:
    """Return the head alone, to call `fit` of, and let the loaders give features for it.

    Args:
        session: takes the events.
        spec: what is trained.
        model: the whole network, compiled. The head has its layers and its optimizer.
        phases: the phase that it is in.
        loaders: from now on their batches are features; or images, where None is returned.

    Returns:
        None where the whole network is to be trained on images: there is no backbone, or it is
        trained too, or images are augmented or not cached, or there is no room for the features.

    Raises:
        Cancelled: when the user asked to stop meanwhile.
    """
    found = [one for one in (loaders.training, loaders.validation) if one is not None]
    for loader in found:
        if isinstance(loader, CachedIterator):
            loader.features = None
    if not phases.frozen or not all(is_steady(loader) for loader in found):
        return None
    head, base = divided(spec, model)
    compile_model(head, spec, model.optimizer)
    plans = feature_plans(spec, base, network_digest(spec, base), loaders)
    random = numpy_state()  # making batches draws numbers
    try:
        arrays = _arrays(session, spec, base, plans, loaders)
    except (NoRoomError, StateError, OSError) as error:
        session.emit(Notice(at=time.time(), text=_no_room(error)))
        return None
    finally:
        set_numpy_state(random)
    for loader in found:
        loader.features = FeatureRows.of(loader.filenames, arrays[loader.directory])
    session.emit(
        FeaturesReady(
            at=time.time(),
            images=sum(len(plan.files) for plan in plans),
            shape=tuple(base.output_shape[1:]),
            bytes=sum(plan.bytes for plan in plans),
            seconds=round(sum(array.seconds for array in arrays.values()), 3),
            cache_hit=all(array.hit for array in arrays.values()),
        )
    )
    return head


def is_steady(loader: object) -> bool:
    """Return whether a loader gives the same pixels of an image in every epoch, from the cache."""
    return isinstance(loader, CachedIterator) and only_rescales(loader.image_data_generator)


def divided(spec: TrainingSpec, model: keras.Model) -> tuple[keras.Model, keras.Model]:
    """Return the head and the backbone of a network as models that share its layers."""
    layers = head_layers(spec, model)
    output = layers[0].input
    head = keras.Sequential([keras.Input(output.shape[1:]), *layers])
    return head, keras.Model(model.inputs, output)


def network_digest(spec: TrainingSpec, base: keras.Model) -> str:
    """Return a digest of all that determines a backbone's output besides the pixels."""
    found = hashlib.blake2b(digest_size=16)
    name = spec.base.name if spec.base is not None else ""
    found.update(repr((keras.__version__, keras.backend.backend(), name)).encode())
    for layer in base.layers:
        facts = [type(layer).__name__]
        if isinstance(layer, keras.layers.Rescaling | keras.layers.Normalization):
            settings = {key: value for key, value in layer.get_config().items() if key != "name"}
            facts.append(repr(sorted(settings.items(), key=lambda item: item[0])))
        found.update(repr(facts).encode())
    for weight in base.weights:
        values = np.ascontiguousarray(keras.ops.convert_to_numpy(weight))
        found.update(repr((values.shape, values.dtype.str)).encode())
        found.update(values.reshape(-1).view(np.uint8).data)
    return found.hexdigest()


def feature_plans(
    spec: TrainingSpec, base: keras.Model, network: str, loaders: Loaders
) -> tuple[FeaturePlan, ...]:
    """Return the plans of the arrays of a run: one for each folder of images.

    Args:
        spec: what is trained.
        base: the backbone.
        network: its digest.
        loaders: with the images that are used.
    """
    used: dict[str, set[str]] = {}
    for loader in (loaders.training, loaders.validation):
        if loader is not None:
            used.setdefault(loader.directory, set()).update(loader.filenames)
    return tuple(
        FeaturePlan(
            directory=directory,
            files=tuple(
                file for file in loaders.decoding.arrays[directory].plan.files if file.path in names
            ),
            target_size=spec.data.target_size,
            color_mode=spec.data.color_mode,
            interpolation=spec.data.interpolation,
            rescale_divisor=spec.data.rescale_divisor,
            network=network,
            output=tuple(base.output_shape[1:]),
        )
        for directory, names in used.items()
    )


def _arrays(
    session: RunSession,
    spec: TrainingSpec,
    base: keras.Model,
    plans: Sequence[FeaturePlan],
    loaders: Loaders,
) -> dict[str, DecodedImages]:
    """Return the arrays by folder: those that are kept, and the others calculated now."""
    folder = arrays_folder()
    found = {plan.directory: open_array(folder, plan) for plan in plans}
    missing = [plan for plan in plans if found[plan.directory] is None]
    if missing:
        keys = {plan.key for plan in plans}
        keys |= {array.plan.key for array in loaders.decoding.arrays.values()}
        make_room(folder, sum(plan.bytes for plan in missing), frozenset(keys), what=_WHAT)
    progress = _Progress(session, sum(len(plan.files) for plan in missing))
    for plan in missing:
        new = NewArray(folder, plan)
        try:
            both = (loaders.training, loaders.validation)
            here = [one for one in both if one is not None and one.directory == plan.directory]
            found[plan.directory] = _calculated(new, plan, spec, base, here, progress)
        finally:
            new.close()
    return {directory: array for directory, array in found.items() if array is not None}


def _calculated(
    new: NewArray,
    plan: FeaturePlan,
    spec: TrainingSpec,
    base: keras.Model,
    loaders: Sequence[CachedIterator],
    progress: _Progress,
) -> DecodedImages:
    """Fill an array with the output for every image of a folder."""
    began = time.perf_counter()
    rows = {file.path: row for row, file in enumerate(plan.files)}
    size = max(spec.data.batch_size, _LEAST_BATCH)
    for loader in loaders:
        for first in range(0, loader.n, size):
            indices = np.arange(first, min(first + size, loader.n))
            images, _ = loader._get_batches_of_transformed_samples(indices)
            values = np.asarray(base.predict_on_batch(images), np.float32)
            for index, value in zip(indices, values, strict=True):
                new.write(rows[loader.filenames[index]], value.tobytes())
            progress.step(len(indices))
    facts = ArrayMetadata(
        key=plan.key,
        directory=clean(os.path.abspath(plan.directory)),
        shape=plan.shape,
        color_mode=plan.color_mode,
        interpolation=plan.interpolation,
        seconds=round(time.perf_counter() - began, 3),
        bad={},
        wide=(),
        backbone=spec.base.name if spec.base is not None else "",
    )
    files = [
        RowFile(
            os.fsencode(file.path), file.size, file.changed, file.inode, file.status_changed, b""
        )
        for file in plan.files
    ]
    return new.finish(facts, files, keep=True)


class _Progress:
    """Reports how many images are done, a few times a second."""

    def __init__(self, session: RunSession, total: int) -> None:
        self._session = session
        self._total = total
        self._done = 0
        self._reported = 0.0
        if total:
            self.step(0)

    def step(self, images: int) -> None:
        """Count images.

        Raises:
            Cancelled: when the user asked to stop.
        """
        self._session.raise_if_stopped()
        self._done += images
        now = time.monotonic()
        if self._done == self._total or now - self._reported > _REPORT_SECONDS:
            self._reported = now
            self._session.emit(
                CalculatingFeatures(at=time.time(), done=self._done, total=self._total)
            )


def _no_room(error: Exception) -> str:
    why = str(error) if isinstance(error, NoRoomError | StateError) else f"{clean(error)}."
    return (
        f"The features of the backbone are not kept: {why} Every epoch goes through the whole "
        "network: slower."
    )
