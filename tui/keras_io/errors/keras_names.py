"""Names that Keras knows: the nearest to a misspelt one, and what has been renamed or removed."""

from __future__ import annotations

import difflib

from tui.keras_io.compile_names import LOSSES, OPTIMIZERS

ACTIVATIONS = (
    "relu", "softmax", "sigmoid", "tanh", "linear", "elu", "selu", "gelu", "silu", "swish",
    "leaky_relu", "relu6", "softplus", "softsign", "exponential", "mish", "hard_sigmoid",
)  # fmt: skip
METRICS = (
    "accuracy", "acc", "mse", "mae", "categorical_accuracy", "binary_accuracy",
    "sparse_categorical_accuracy", "top_k_categorical_accuracy", "AUC", "Precision", "Recall",
    *LOSSES,
)  # fmt: skip
INITIALIZERS = (
    "glorot_uniform", "glorot_normal", "he_normal", "he_uniform", "lecun_normal", "lecun_uniform",
    "zeros", "ones", "random_normal", "random_uniform", "orthogonal",
)  # fmt: skip
REGULARIZERS = ("l1", "l2", "l1_l2")

_KNOWN = {
    "activation": ACTIVATIONS,
    "loss": LOSSES,
    "objective": LOSSES,
    "optimizer": tuple(OPTIMIZERS),
    "metric": METRICS,
    "initial": INITIALIZERS,
    "regularizer": REGULARIZERS,
}

RENAMED = {
    "lr": "learning_rate",
    "nb_epoch": "epochs",
    "border_mode": "padding",
    "nb_filter": "filters",
    "nb_row": "kernel_size=(rows, columns)",
    "nb_col": "kernel_size=(rows, columns)",
    "nb_conv": "kernel_size",
    "filter_length": "kernel_size",
    "filter_size": "kernel_size",
    "kernel": "kernel_size",
    "subsample": "strides",
    "stride": "strides",
    "pool_length": "pool_size",
    "output_dim": "units",
    "init": "kernel_initializer",
    "W_regularizer": "kernel_regularizer",
    "b_regularizer": "bias_regularizer",
    "bias": "use_bias",
    "dim_ordering": "data_format",
    "dilation": "dilation_rate",
    "atrous_rate": "dilation_rate",
    "batch_input_shape": "batch_shape of keras.Input",
    "samples_per_epoch": "steps_per_epoch",
    "nb_val_samples": "validation_steps",
    "input": "inputs",
    "output": "outputs",
}
"""Names often written for arguments of layers, optimizers, fit and Model, some from Keras 1;
and the current names."""

_WINDOW = ("conv", "pool")
_METHODS = ("fit", "evaluate", "predict")
_OWNERS = {
    "lr": ("optim", "adam", "sgd", "rmsprop", "ada", "__init__"),
    **dict.fromkeys(("nb_epoch", "samples_per_epoch", "nb_val_samples"), _METHODS),
    **dict.fromkeys(
        ("border_mode", "nb_filter", "nb_row", "nb_col", "nb_conv", "filter_length", "filter_size",
         "kernel", "subsample", "stride", "pool_length", "dilation", "atrous_rate"), _WINDOW,
    ),
    "output_dim": ("dense",),
    **dict.fromkeys(("input", "output"), ("model", "functional")),
}  # fmt: skip
"""Which classes and methods have the renamed arguments; others would refuse the new name too."""
_BELONGS = {_WINDOW: ", an argument of convolutions and poolings", ("dense",): ", of Dense"}
_WORKERS = ("workers", "use_multiprocessing", "max_queue_size")

REMOVED = {
    "predict_classes": "np.argmax(model.predict(images), axis=-1), and for one sigmoid unit "
    "(model.predict(images) > 0.5).astype(int)",
    "predict_proba": "model.predict(images)",
    "fit_generator": "model.fit(generator)",
    "evaluate_generator": "model.evaluate(generator)",
    "predict_generator": "model.predict(generator)",
}
"""Methods that later versions removed from models, and what to write instead."""


def nearest(word: str, what: str = "") -> str:
    """Return the name in Keras nearest to a misspelt one; "" where none is near.

    >>> nearest("rleu", "activation"), nearest("acuracy", "metric function"), nearest("x")
    ('relu', 'accuracy', '')
    >>> nearest("recall_m"), nearest("relu2")
    ('', '')
    """
    for part, known in _KNOWN.items():
        if part in what.lower():
            lists: tuple[str, ...] = known
            break
    else:
        lists = (*ACTIVATIONS, *LOSSES, *OPTIMIZERS, *METRICS)
    small = {one.lower(): one for one in lists}
    word = word.lower().replace("-", "_")
    if word in small:
        return small[word]
    # A name such as recall_m or relu2 is a user's own, not a typing mistake.
    alike = [
        one
        for one in small
        if one.count("_") == word.count("_")
        and abs(len(one) - len(word)) <= 2
        and {*filter(str.isdigit, one)} == {*filter(str.isdigit, word)}
    ]
    turned = [one for one in alike if sorted(one) == sorted(word)]
    found = turned or difflib.get_close_matches(word, alike, 1, 0.7)
    return small[found[0]] if found else ""


def renamed(argument: str, owner: str = "") -> str:
    """Return a sentence with the current name of an argument; "" where it is not known.

    Args:
        argument: the refused name.
        owner: the class or method that refused it, where known.

    >>> renamed("lr"), renamed("stride", "Conv2D"), renamed("stride", "Dense")
    ('Write learning_rate instead of lr.', 'Write strides instead of stride.', '')
    """
    owner = owner.lower()
    fits = not owner or any(part in owner for part in _OWNERS.get(argument, ("",)))
    if argument in RENAMED and fits:
        of = _BELONGS.get(_OWNERS.get(argument, ()), "") if not owner else ""
        return f"Write {RENAMED[argument]} instead of {argument}{of}."
    if argument in _WORKERS:
        return (
            f"fit of Keras 3 no longer takes {argument}: leave it out, or give it to the PyDataset."
        )
    if argument == "decay":
        return (
            "Leave decay out: newer optimizers take a schedule instead, "
            "learning_rate=keras.optimizers.schedules.ExponentialDecay(…)."
        )
    if argument == "learning_rate":
        return (
            "This is an older version that calls it lr: write lr instead of learning_rate, or use "
            "a newer Keras."
        )
    return ""
