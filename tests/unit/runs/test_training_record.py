"""The best epoch of a training with metrics of any name."""

from __future__ import annotations

from tui.callback.training_record import TrainingRecord


def recorded(*epochs: dict[str, float | None]) -> tuple[TrainingRecord, list[bool]]:
    record = TrainingRecord()
    improved = [record.add(number, metrics) for number, metrics in enumerate(epochs, start=1)]
    return record, improved


def best(record: TrainingRecord) -> tuple[str, float | None, int]:
    return record.best_metric, record.best, record.best_epoch


def test_validation_accuracy_is_preferred_and_the_highest_is_the_best() -> None:
    record, improved = recorded(
        {"accuracy": 0.9, "loss": 0.2, "val_accuracy": 0.7, "val_loss": 0.5},
        {"accuracy": 0.95, "loss": 0.1, "val_accuracy": 0.6, "val_loss": 0.4},
    )
    assert best(record) == ("val_accuracy", 0.7, 1)
    assert improved == [True, False]


def test_the_lowest_loss_is_the_best() -> None:
    record, improved = recorded(*({"loss": value} for value in (0.5, 0.3, None, 0.4, 0.2)))
    assert best(record) == ("loss", 0.2, 5)
    assert improved == [True, True, False, False, True]


def test_a_metric_that_appears_late_is_compared_with_its_own_values_only() -> None:
    record, improved = recorded(
        {"accuracy": 0.9},
        {"accuracy": 0.95, "val_accuracy": 0.6},
        {"accuracy": 0.97},
        {"accuracy": 0.8, "val_accuracy": 0.7},
    )
    assert best(record) == ("val_accuracy", 0.7, 4)
    assert improved == [True, True, False, True]
    assert record.history["val_accuracy"] == [None, 0.6, None, 0.7]


def test_where_no_name_says_what_better_means_no_epoch_is_the_best() -> None:
    record, improved = recorded({"lr": 0.1}, {"lr": 0.2})
    assert best(record) == ("", None, 0)
    assert improved == [False, False]
    record.add(3, {"lr": 0.2, "loss": 0.5})
    assert best(record) == ("loss", 0.5, 3)


def test_the_record_of_an_earlier_version_goes_on() -> None:
    record = TrainingRecord([1], {"accuracy": [0.9]}, best=0.9, best_epoch=1)
    assert not record.add(2, {"accuracy": 0.8})
    assert record.add(3, {"accuracy": 0.95})
    assert best(record) == ("accuracy", 0.95, 3)
