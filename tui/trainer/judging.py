"""Judging the test images once, at the end of a training, with the best weights."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras.src.legacy.preprocessing.image import ImageDataGenerator
from numpy.typing import NDArray

from tui.common.numbers import metric_value
from tui.common.text import clean
from tui.datasets import LoaderSettings, check_images, loader_arguments
from tui.keras_worker.failures import Cancelled, explain_failure
from tui.runs.events.event_types import Notice, TestJudged
from tui.runs.reports.kept_reports import Images, KeptReport, keep_report, read_reports
from tui.runs.settings.spec import TrainingSpec
from tui.runs.settings.test_folder import settings_for_test
from tui.runs.store.model_files import best_path, epoch_of_best
from tui.trainer.data.cached_iterator import CachedIterator
from tui.trainer.data.files_iterator import FilesIterator
from tui.trainer.data.loaders import Loaders, leave_out
from tui.trainer.data.weighted_batches import class_numbers
from tui.trainer.run_session import RunSession

_LATER = "Judge them with cnn-tui look RUN --report --predict FOLDER."


def judge_at_end(
    session: RunSession, spec: TrainingSpec, model: keras.Model, loaded: Loaders, done: int
) -> str:
    """Predict the test images of a run with its best weights, and keep the report.

    The validation images are predicted too, for the report on them. A failure is reported, and
    does not end the run.

    Args:
        session: of the run.
        spec: what was trained.
        model: with the weights of the last epoch.
        loaded: the loaders of the training.
        done: the number of epochs that have ended.

    Returns:
        What came of it, in a sentence; empty where the run has no test images.
    """
    if not spec.test_directory:
        return ""
    if session.connection is not None:
        return f"The test images were not judged, since several processes trained. {_LATER}"
    try:
        name, epoch, best = _best_model(session, model, done)
        session.raise_if_stopped()
        if loaded.validation is not None:
            if isinstance(loaded.validation, CachedIterator):
                loaded.validation.features = None  # images, for the whole network
            confusion = confusion_of(best, loaded.validation, session.raise_if_stopped)
            _keep(session, spec, "validation", confusion, name, epoch, "", ())
        settings = settings_for_test(spec.test_directory, spec.data)
        test, unreadable = batches_to_judge(settings, session.stop_requested)
        session.raise_if_stopped()
        confusion = confusion_of(best, test, session.raise_if_stopped)
        kept = _keep(session, spec, "test", confusion, name, epoch, spec.test_directory, unreadable)
    except Cancelled:
        return f"The test images were not judged, since a stop was requested. {_LATER}"
    except Exception as error:
        why = explain_failure(error).what.rstrip(".")
        return f"The test images could not be judged: {clean(why, 300)}. {_LATER}"
    report = kept.report
    accuracy, balanced = report.accuracy or 0.0, report.balanced_accuracy or 0.0
    session.emit(
        TestJudged(
            at=time.time(),
            folder=clean(spec.test_directory),
            images=report.images,
            right=report.right,
            accuracy=accuracy,
            balanced_accuracy=balanced,
            weights=name,
            epoch=epoch,
            unreadable=tuple(clean(name) for name in unreadable),
        )
    )
    uneven = f", balanced accuracy {metric_value(balanced)}" if report.uneven else ""
    return (
        f"Test: {report.right:,} of {report.images:,} images right, accuracy "
        f"{metric_value(accuracy)}{uneven}, with the {name} weights (epoch {epoch})."
    )


def _best_model(session: RunSession, model: keras.Model, done: int) -> tuple[str, int, keras.Model]:
    """Return the name of the weights, their epoch, and a model with them."""
    epoch = epoch_of_best(session.run)
    if not epoch:
        return "final", done, model
    return "best", epoch, keras.saving.load_model(best_path(session.run), compile=False)


def _keep(
    session: RunSession,
    spec: TrainingSpec,
    images: Images,
    confusion: NDArray[np.int64],
    weights: str,
    epoch: int,
    folder: str,
    unreadable: tuple[str, ...],
) -> KeptReport:
    """Keep a report in the run folder, if it can be written; return it."""
    before: KeptReport | None = getattr(read_reports(session.run), images)
    kept = KeptReport(
        classes=spec.data.classes,
        confusion=tuple(map(tuple, confusion.tolist())),
        weights=weights,
        epoch=epoch,
        folder=folder,
        unreadable=unreadable,
        at=time.time(),
        times=before.times + 1 if before is not None and images == "test" else 1,
    )
    try:
        keep_report(session.run, images, kept)
    except OSError as error:
        reason = error.strerror or str(error)
        session.emit(
            Notice(at=time.time(), text=f"Could not write the report on the {images}: {reason}.")
        )
    return kept


def batches_to_judge(
    settings: LoaderSettings, stopped: Callable[[], bool]
) -> tuple[Any, tuple[str, ...]]:
    """Return the batches of test images, each image once, and the files that cannot be read.

    Args:
        settings: of the test images.
        stopped: whether to end the check of the files early.
    """
    bad = check_images(settings, cancelled=stopped).bad
    plan = loader_arguments(settings)
    plain = ImageDataGenerator(**plan.validation_generator)
    batches = plain.flow_from_directory(**{**plan.train, "shuffle": False})
    leave_out(batches, bad)
    if not batches.n:
        raise ValueError(f"no image of {settings.directory} can be read")
    batches.__class__ = FilesIterator
    return batches, tuple(image.path for image in bad)


def confusion_of(
    model: keras.Model, batches: Any, check: Callable[[], None] = lambda: None
) -> NDArray[np.int64]:
    """Predict images, and count how often each class is predicted as each.

    Args:
        model: a classifier.
        batches: of images and labels, in any of Keras's class modes.
        check: called before each batch; it may raise, to stop.

    Returns:
        (classes, classes): a row for each true class, a column for each predicted one.
    """
    count = batches.num_classes
    confusion = np.zeros((count, count), np.int64)
    for index in range(len(batches)):
        check()
        images, labels = batches[index]
        outputs = keras.ops.convert_to_numpy(model(images, training=False))
        np.add.at(confusion, (class_numbers(labels), predicted_classes(outputs, count)), 1)
    return confusion


def predicted_classes(outputs: NDArray[Any], count: int) -> NDArray[np.int64]:
    """Return the number of the class that each row of outputs stands for, as accuracy takes it.

    Args:
        outputs: (images, units); a single unit is the probability of class 1.
        count: the number of classes.

    >>> predicted_classes(np.array([[0.2], [0.5], [0.7]]), 2).tolist()
    [0, 0, 1]
    >>> predicted_classes(np.array([[0.2, 0.5, 0.3]]), 3).tolist()
    [1]
    """
    if outputs.shape[1] == 1:
        return np.asarray(outputs[:, 0] > 0.5, np.int64)
    return np.asarray(np.argmax(outputs[:, :count], axis=1), np.int64)
