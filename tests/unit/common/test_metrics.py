"""What a metric's name says about it."""

from __future__ import annotations

import pytest

from tui.common.metrics import best_metric, higher_is_better, is_better, is_validation

HIGHER = [
    "accuracy",
    "acc",
    "val_acc",
    "Accuracy",
    "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
    "top5",
    "acc1",
    "val/top1",
    "auc",
    "auc_1",
    "valAUC",
    "f1",
    "f1_score",
    "fbeta_score",
    "precision_2",
    "recall",
    "precision_at_recall",
    "dice",
    "dice_coef",
    "iou",
    "mean_io_u",
    "one_hot_mean_io_u",
    "r2",
    "r2_score",
    "cosine_similarity",
    "true_positives",
    "mAP",
    "val/mAP50",
    "psnr",
    "ssim",
    "bleu",
    "episode_reward",
]
LOWER = [
    "loss",
    "val_loss",
    "train/loss",
    "loss/train",
    "valLoss",
    "dice_loss",
    "iou_loss",
    "accuracy_loss",
    "error",
    "top1_error",
    "mse",
    "mean_squared_error",
    "root_mean_squared_error",
    "MeanAbsoluteError",
    "mae",
    "val_mape",
    "binary_crossentropy",
    "cross_entropy",
    "kl_divergence",
    "log_cosh",
    "squared_hinge",
    "poisson",
    "false_positives",
    "perplexity",
    "wer",
    "FID",
]
UNKNOWN = [
    "learning_rate",
    "lr",
    "grad_norm",
    "epoch",
    "seconds",
    "entropy",
    "temperature",
    "weights",
    "x",
    "42",
    "…",
    "äöü",
]


@pytest.mark.parametrize(
    ("names", "expected"), [(HIGHER, True), (LOWER, False), ([*UNKNOWN, ""], None)]
)
def test_a_name_says_whether_more_is_better(names: list[str], expected: bool | None) -> None:
    assert {name: higher_is_better(name) for name in names} == dict.fromkeys(names, expected)


def test_metrics_of_the_validation_are_known_by_their_first_or_last_word() -> None:
    validation = "val_loss valid/acc validation_loss eval/loss test_acc dev_wer loss/val valLoss"
    training = "loss value_loss train/loss interval std_dev latest evaluate_me devices"
    assert all(map(is_validation, validation.split()))
    assert not any(map(is_validation, training.split()))


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        ("loss accuracy val_loss val_accuracy", "val_accuracy"),
        ("loss accuracy", "accuracy"),
        ("val_top5 val_accuracy", "val_accuracy"),
        ("loss acc val_loss val_acc", "val_acc"),
        ("loss val_loss learning_rate", "val_loss"),
        ("out1_loss loss val_out1_loss val_loss", "val_loss"),
        ("accuracy val_mae", "val_mae"),
        ("test_accuracy train_accuracy val_loss", "val_loss"),
        ("test_accuracy train_accuracy", "test_accuracy"),
        ("mae loss", "loss"),
        ("reward", "reward"),
        ("lr grad_norm", ""),
        ("", ""),
    ],
)
def test_the_metric_that_decides_the_best_epoch(names: str, chosen: str) -> None:
    assert best_metric(names.split()) == chosen


def test_what_is_not_finite_or_not_judged_is_never_better() -> None:
    assert is_better("accuracy", 0.5, None)
    assert is_better("val_loss", 0.1, 0.2)
    assert not is_better("val_loss", 0.2, 0.2)
    assert not is_better("val_loss", None, None)
    assert not is_better("learning_rate", 0.5, None)
