"""Checks on compile and fit."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from tui.code_runner.checks.finished_run import FinishedRun, Raises, Slip

COMPILE_ERRORS = (
    Raises(
        r"Argument\(s\) not recognized: \{'lr'|unexpected keyword argument 'lr'",
        "lr",
        "The argument lr is from older versions of Keras. It is called learning_rate now.",
    ),
    Raises(
        r"[Mm]ust call `?compile|You must call",
        "not-compiled",
        "The model was not compiled: call model.compile(…) before fit.",
    ),
    Raises(
        r"Could not interpret loss|Unknown loss|Could not locate (class|function)|"
        r"Could not interpret optimizer|Unknown optimizer|Could not interpret metric",
        "unknown-name",
        'Keras knows nothing of that name. The loss is "binary_crossentropy", the optimizer '
        '"rmsprop", the metric "accuracy".',
    ),
    Raises(
        r"Expected `metrics`|`metrics`.*(list|dict)|metrics argument|Expected metrics",
        "metrics-no-list",
        'metrics takes a list, also for a single one: metrics=["accuracy"].',
    ),
    Raises(
        r"dtype='string' is not a valid dtype|loss_weights",
        "metrics-position",
        "The third argument of compile is not metrics but loss_weights. Name the argument: "
        'metrics=["accuracy"].',
    ),
    Raises(
        r"outside (of )?the valid range|Received a label value",
        "loss-for-many-classes",
        "sparse_categorical_crossentropy compares as many outputs as there are classes, and the "
        'model has one. For class_mode="binary" take "binary_crossentropy".',
    ),
    Raises(
        r"unexpected keyword argument",
        "unknown-argument",
        "An argument has a name that the function does not know: the error says which. Those of "
        "compile are loss, optimizer and metrics.",
    ),
)


def check_compile(run: FinishedRun) -> str:
    """Whether a model is compiled with what suits one sigmoid unit."""
    run.must_end_well(COMPILE_ERRORS)
    must_be_compiled(run.get("model", "the model"))
    return (
        "For a label of 1 and an output of 0.8 the loss is −ln 0.8 = 0.223, as it should be, and "
        "the accuracy is measured."
    )


def must_be_compiled(model: Any, *, any_optimizer: bool = False) -> None:
    """Raise a slip where loss, optimizer or metric do not suit one sigmoid unit."""
    if not getattr(model, "compiled", False):
        raise Slip("not-compiled", "The model was not compiled: call model.compile(…).")
    loss = _loss(model, 1.0, 0.8)
    name = model.loss if isinstance(model.loss, str) else getattr(model.loss, "name", "")
    if "categorical" in str(name):
        raise Slip(
            "loss-for-many-classes",
            f"The loss is {name}, which compares as many outputs as there are classes. With one "
            f"output it comes to {loss:.3g} whatever the network says, so nothing is learned, and "
            'no error comes. For class_mode="binary" take "binary_crossentropy".',
        )
    if abs(loss - 0.3711) < 0.002:
        raise Slip(
            "from-logits",
            "from_logits=True means that there is no sigmoid yet, but the last layer has one. Take "
            "from_logits out.",
        )
    if abs(loss - 0.2231) > 0.002:
        raise Slip(
            "other-loss",
            f"For a label of 1 and an output of 0.8 this loss is {loss:.3f}; binary cross-entropy "
            'is −ln 0.8 = 0.223. Take loss="binary_crossentropy".',
        )
    if not any_optimizer:
        _must_be_rmsprop(model.optimizer)
    _must_measure_accuracy(model)


def _loss(model: Any, label: float, output: float) -> float:
    value = model.compute_loss(
        x=None, y=np.array([[label]], "float32"), y_pred=np.array([[output]], "float32")
    )
    return float(np.asarray(value))


def _must_be_rmsprop(optimizer: Any) -> None:
    if not isinstance(optimizer, keras.optimizers.RMSprop):
        raise Slip(
            "other-optimizer",
            f"The optimizer is {type(optimizer).__name__}, and RMSprop was asked for: "
            "keras.optimizers.RMSprop(learning_rate=0.001).",
        )
    rate = float(np.asarray(optimizer.learning_rate))
    if abs(rate - 0.001) > 1e-6:
        raise Slip(
            "other-rate",
            f"The learning rate is {rate:g}, and 0.001 was asked for: learning_rate=0.001.",
        )


def _must_measure_accuracy(model: Any) -> None:
    shape = (2, *model.input_shape[1:])
    found = model.evaluate(
        np.zeros(shape, "float32"), np.array([[0.0], [1.0]]), verbose=0, return_dict=True
    )
    if "accuracy" in found:
        return
    if "acc" in found:
        raise Slip(
            "metric-acc",
            'With metrics=["acc"] the key in logs and in the history is acc, and whoever asks for '
            'accuracy finds None. Write metrics=["accuracy"].',
        )
    raise Slip(
        "no-metric",
        f'Only {", ".join(found)} is measured. Ask for the accuracy: metrics=["accuracy"].',
    )


FIT_ERRORS = (
    Raises(
        r"NameError: name 'history'",
        "no-history",
        "It was trained, but what fit gave back has no name: begin with history = model.fit(…).",
    ),
    Raises(
        r"'dict' object has no attribute",
        "history-dict",
        "history is the dictionary already. Keep the whole object that fit gives back: "
        "history = model.fit(…), without .history behind it.",
    ),
    Raises(
        r"KeyError: 'val_accuracy'",
        "no-validation",
        "There is no val_accuracy: nothing was measured on the validation pictures. Give fit "
        "validation_data=validation.",
    ),
    Raises(
        r"`y` argument is not supported|`y` should not be passed|When providing `x` as",
        "second-argument",
        "The second argument of fit is for labels, and an iterator has its labels in it. Name the "
        "argument: validation_data=validation.",
    ),
    Raises(
        r"`validation_split` is only supported",
        "validation-split",
        "validation_split divides arrays, and train is an iterator. The other pictures are in "
        "validation: validation_data=validation.",
    ),
    Raises(
        r"no attribute 'fit_generator'",
        "fit-generator",
        "fit_generator is gone: fit takes the iterator itself, model.fit(train, …).",
    ),
    Raises(
        r"unexpected keyword argument",
        "unknown-argument",
        "fit does not know an argument of that name: the error says which. Those here are epochs "
        "and validation_data.",
    ),
)


def check_fit(run: FinishedRun) -> str:
    """Whether the model was trained, measured and its history kept."""
    run.must_end_well(FIT_ERRORS)
    must_be_history(run.get("history", "what fit gives back"), run, 3)
    return (
        "history has three epochs, with loss and accuracy of the training and of the validation "
        "pictures."
    )


def must_be_history(history: Any, run: FinishedRun, epochs: int, *, fewer: bool = False) -> None:
    """Raise a slip where a history is not of the training that was asked for.

    Args:
        history: what the program calls so.
        run: the program, with model, train and validation.
        epochs: that were asked for.
        fewer: whether it may have ended earlier.
    """
    if not isinstance(history, keras.callbacks.History):
        raise Slip(
            "no-history",
            f"`history` is a {type(history).__name__}. Keep what fit gives back: "
            "history = model.fit(…).",
        )
    trained = len(history.epoch)
    if trained != epochs and not (fewer and 0 < trained < epochs):
        default = " That is what you get without epochs." if trained == 1 else ""
        raise Slip(
            "epochs",
            f"It was trained for {trained} epoch{'s' * (trained != 1)} instead of {epochs}."
            f"{default} Give fit epochs={epochs}.",
        )
    if "val_loss" not in history.history:
        raise Slip(
            "no-validation",
            "Nothing was measured on the validation pictures. Give fit validation_data=validation.",
        )
    train, validation = run.namespace["train"], run.namespace["validation"]
    steps = history.params.get("steps")
    if steps == len(validation) and steps != len(train):
        raise Slip(
            "parts-exchanged",
            "It was trained on validation. The pictures to learn from come first: "
            "model.fit(train, …, validation_data=validation).",
        )
    if steps is not None and steps != len(train):
        raise Slip(
            "steps",
            f"An epoch took {steps} of {len(train)} batches. Without steps_per_epoch it takes all.",
        )
    measured = history.history["val_loss"][-1]
    model = run.namespace["model"]
    # The weights are those of the last epoch, so one of the two comes out as it was measured.
    of_train = abs(_evaluated(model, train) - measured)
    if of_train < 1e-3 and of_train < abs(_evaluated(model, validation) - measured):
        raise Slip(
            "validated-on-train",
            "val_loss was measured on the pictures that it learned from, so it says nothing about "
            "new ones. Give fit validation_data=validation.",
        )


def _evaluated(model: Any, pictures: Any) -> float:
    return float(model.evaluate(pictures, verbose=0, return_dict=True)["loss"])
