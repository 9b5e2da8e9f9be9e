"""Folders, data sets and several outputs."""

from __future__ import annotations

import tempfile

import keras
import tensorflow as tf

from tests.workers.against_keras.mistakes.mistake import (
    CAT,
    Mistake,
    X,
    body,
    fit,
    fit_folder,
    generator,
    numbers,
    one_hot,
    pictures,
    two_outputs,
)

DATA_MISTAKES: tuple[Mistake, ...] = (
    Mistake(
        "empty folder",
        "no-data",
        lambda: fit_folder(body(2, shape=(20, 30, 3)), generator("categorical", 0, (20, 30)), CAT),
        (),
    ),
    Mistake(
        "folder not there",
        "file",
        lambda: keras.utils.image_dataset_from_directory("nowhere"),
        ("nowhere",),
    ),
    Mistake(
        "empty folder, dataset",
        "no-data",
        lambda: keras.utils.image_dataset_from_directory(tempfile.mkdtemp()),
        (),
    ),
    Mistake(
        "validation_split without subset",
        "setting",
        lambda: keras.utils.image_dataset_from_directory(tempfile.mkdtemp(), validation_split=0.2),
        (),
    ),
    Mistake(
        "data not batched",
        "batch-axis",
        lambda: (
            lambda m: (
                m.compile("sgd", CAT),
                m.fit(tf.data.Dataset.from_tensor_slices((X(), one_hot(8, 10))), verbose=0),
            )
        )(body()),
        ("batch",),
    ),
    Mistake(
        "data batched twice",
        "rank",
        lambda: (
            lambda m: (
                m.compile("sgd", CAT),
                m.fit(
                    tf.data.Dataset.from_tensor_slices((X(), one_hot(8, 10))).batch(2).batch(2),
                    verbose=0,
                ),
            )
        )(body()),
        (),
    ),
    Mistake(
        "one loss too many",
        "losses",
        lambda: fit(two_outputs(), X(), [one_hot(8, 2), one_hot(8, 3)], [CAT, CAT, CAT]),
        ("one loss",),
    ),
    Mistake(
        "loss for an unknown output",
        "losses",
        lambda: fit(
            two_outputs(),
            X(),
            {"one": one_hot(8, 2), "two": one_hot(8, 3)},
            {"one": CAT, "three": CAT},
        ),
        ("names",),
    ),
    Mistake(
        "one y for two outputs", "losses", lambda: fit(two_outputs(), X(), one_hot(8, 2), CAT), ()
    ),
    Mistake(
        "logits of another length",
        "units",
        lambda: tf.nn.softmax_cross_entropy_with_logits(one_hot(8, 3), one_hot(8, 4)),
        (),
    ),
    Mistake(
        "sparse logits of another length",
        "counts",
        lambda: tf.nn.sparse_softmax_cross_entropy_with_logits(numbers(8, 3), one_hot(7, 4)),
        (),
    ),
    Mistake("matmul", "", lambda: tf.matmul(pictures(2, 3), pictures(4, 5)), ()),
    Mistake(
        "tensors added",
        "merge",
        lambda: tf.constant(pictures(2, 3)) + tf.constant(pictures(4, 5)),
        (),
    ),
    Mistake("memory", "memory", lambda: tf.zeros((100000, 100000, 100)), ()),
)
