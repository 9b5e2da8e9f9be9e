"""Which series is what: the guess by the usual names, and what the user chose instead."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.runs.settings.external_spec import CurveRoles
from tui.runs.watched.series_names import ROLES, name_series

GUESSES = {
    "Keras's TensorBoard": (
        "train/epoch_loss train/epoch_accuracy train/epoch_learning_rate validation/epoch_loss "
        "validation/epoch_accuracy train/batch_loss validation/evaluation_loss_vs_iterations",
        "train/epoch_loss train/epoch_accuracy validation/epoch_loss validation/epoch_accuracy "
        "train/epoch_learning_rate -",
    ),
    "CSVLogger": (
        "accuracy loss val_accuracy val_loss learning_rate",
        "loss accuracy val_loss val_accuracy learning_rate -",
    ),
    "Lightning": (
        "epoch train_loss val_loss val_acc lr-Adam hp_metric",
        "train_loss - val_loss val_acc lr-Adam epoch",
    ),
    "Lightning on step and epoch": (
        "epoch train_loss_step train_loss_epoch val_loss",
        "train_loss_epoch - val_loss - - epoch",
    ),
    "SummaryWriter": (
        "Loss/train Loss/test Accuracy/train Accuracy/test",
        "Loss/train Accuracy/train Loss/test Accuracy/test - -",
    ),
    "segments": (
        "train/loss train/acc val/loss val/acc train/lr",
        "train/loss train/acc val/loss val/acc train/lr -",
    ),
    "Hugging Face": (
        "train/loss train/epoch train/learning_rate eval/loss eval/accuracy",
        "train/loss - eval/loss eval/accuracy train/learning_rate train/epoch",
    ),
    "validation before test": (
        "train/loss test/loss val/loss",
        "train/loss - val/loss - - -",
    ),
    "losses of parts": ("loss/box loss/cls train/box_loss train/cls_loss", "- - - - - -"),
    "a total loss": ("total_loss box_loss cls_loss", "total_loss - - - - -"),
    "hyperparameters": ("loss hparam/acc hp/val_loss", "loss - - - - -"),
    "other names": ("foo bar baz", "- - - - - -"),
    "Keras's metric": (
        "loss sparse_categorical_accuracy val_loss val_sparse_categorical_accuracy",
        "loss sparse_categorical_accuracy val_loss val_sparse_categorical_accuracy - -",
    ),
}


@pytest.mark.parametrize(("series", "roles"), GUESSES.values(), ids=GUESSES)
def test_guesses(series: str, roles: str) -> None:
    found = name_series(series.split())
    assert [found.role(role) or "-" for role in ROLES] == roles.split()
    assert found.guessed == ROLES


def test_a_summary_of_one_value_is_not_the_loss() -> None:
    found = name_series(["loss", "train_loss"], single={"train_loss"})
    assert found.role("loss") == "loss" and found.metrics["train_loss"] == "train_loss"


def test_other_metrics_keep_their_names_and_pairs_are_drawn_together() -> None:
    found = name_series(["train/loss", "grad_norm", "f1/train", "f1/val", "mae", "val_mae", "lr"])
    assert found.metrics == {
        "train/loss": "loss",
        "grad_norm": "grad_norm",
        "f1/train": "f1",
        "f1/val": "val_f1",
        "mae": "mae",
        "val_mae": "val_mae",
    }


def test_choices_come_before_guesses() -> None:
    names = ["loss", "val_loss", "nll", "acc"]
    found = name_series(names, CurveRoles(loss="nll", accuracy="", val_loss="nothing"))
    assert (found.role("loss"), found.role("accuracy"), found.role("val_loss")) == ("nll", "", "")
    assert found.metrics["nll"] == "loss" and found.metrics["acc"] == "acc"
    assert found.metrics["loss"] == "loss (series)"  # its own name is taken
    assert found.guessed == ("val_accuracy", "learning_rate", "epoch")


@given(st.lists(st.text(max_size=20), unique=True, max_size=30))
def test_every_series_has_a_name_of_its_own(names: list[str]) -> None:
    found = name_series(names)
    roles = {found.role(role) for role in ("learning_rate", "epoch")}
    assert set(names) == {*found.metrics, *found.batches} | (roles - {""}) | (
        set(names) & {""} if "" in roles and "" in names else set()
    )
    assert len(set(found.metrics.values())) == len(found.metrics)


def test_ten_thousand_names_take_no_time() -> None:
    began = time.process_time()
    name_series([f"{side}/layer_{n}/norm" for n in range(5000) for side in ("train", "val")])
    assert time.process_time() - began < 5  # about 0.1 s; with a search for each it was minutes
