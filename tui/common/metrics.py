"""What a metric's name says: whether it is of the validation, and whether more of it is better.

A training may log metrics of any name. Which of them decides the best epoch follows from the names
alone, here and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_LAST = frozenset({"val", "valid", "validation", "eval", "evaluation", "test"})
_FIRST = _LAST | {"dev"}
"""The first or last word of the name of a metric of the validation."""
_LOWER = re.compile(
    r"loss|cost|error|err|mse|mae|mape|rmse|msle|nll|perplexity|ppl|bpc|bpd|wer|cer|eer|ece|fid|"
    r"crossentropy|divergence|kl|kld|hinge|logcosh|poisson|brier|distance|regret|"
    r"falsepositives|falsenegatives"
)
_HIGHER = re.compile(
    r"acc|acc\d+|top\d+|auc|auroc|auprc|roc|ap|map|f\d+|f\d*score|fbeta|precision|recall|"
    r"sensitivity|specificity|dice|iou|jaccard|r\d|rsquared|kappa|mcc|ndcg|mrr|psnr|ssim|bleu|"
    r"rouge|meteor|score|similarity|correlation|pearson|spearman|truepositives|truenegatives|"
    r"reward|return|success"
)


@lru_cache(maxsize=20_000)
def higher_is_better(metric: str) -> bool | None:
    """Return whether greater values of a metric are better, as its name says; None: not known.

    Only a name that says so counts; a word for a loss or an error outweighs the others.

    >>> [higher_is_better(name) for name in ("val_accuracy", "train/AUC", "mean_io_u")]
    [True, True, True]
    >>> [higher_is_better(name) for name in ("val_loss", "dice_loss", "rmse", "learning_rate")]
    [False, False, False, None]
    """
    words = [word.lower() for word in _WORDS.findall(metric)]
    # Keras writes iou as `io_u`, f1 and r2 may be two words, and so may `cross entropy`.
    joined = [first + second for first, second in pairwise(words)]
    if any(_LOWER.fullmatch(word) for word in (*words, *joined)):
        return False
    if any(_HIGHER.fullmatch(word) or "accuracy" in word for word in (*words, *joined)):
        return True
    return None


@lru_cache(maxsize=20_000)
def is_validation(metric: str) -> bool:
    """Return whether a metric is of the validation, as its name says.

    >>> is_validation("val_loss"), is_validation("loss/validation"), is_validation("value_loss")
    (True, True, False)
    """
    words = [word.lower() for word in _WORDS.findall(metric)]
    return bool(words) and (words[0] in _FIRST or words[-1] in _LAST)


def best_metric(metrics: Iterable[str]) -> str:
    """Return the metric that decides the best epoch; empty where no name says what better means.

    It is `val_accuracy`, else a metric of the validation of which more is better, else `val_loss`;
    without validation the same of the training.

    Args:
        metrics: their names; of several of a kind, the first counts.

    >>> best_metric(["loss", "accuracy", "val_loss", "val_accuracy"])
    'val_accuracy'
    >>> best_metric(["loss", "dice", "val_loss", "val_dice"]), best_metric(["mae", "loss"])
    ('val_dice', 'loss')
    >>> best_metric(["seconds"])
    ''
    """
    known = [metric for metric in metrics if higher_is_better(metric) is not None]
    return min(known, key=_rank, default="")


def _rank(metric: str) -> tuple[bool, bool, bool, bool]:
    tested = metric.lower().startswith("test")  # a test set is not there to choose an epoch by
    plain = metric.removeprefix("val_") in ("accuracy", "loss")
    return not is_validation(metric), tested, not higher_is_better(metric), not plain


def best_value(metric: str, values: Iterable[float]) -> float | None:
    """Return the best of some values of a metric; None if there are none.

    Where the name does not say what better means it is the greatest.

    >>> best_value("loss", [0.3, 0.2]), best_value("accuracy", [0.3, 0.2]), best_value("loss", [])
    (0.2, 0.3, None)
    """
    return (min if higher_is_better(metric) is False else max)(values, default=None)


def is_better(metric: str, value: float | None, than: float | None) -> bool:
    """Return whether a value of a metric is better than another.

    Args:
        metric: its name; where that does not say what better means, nothing is better.
        value: None: not a finite number, which is never better.
        than: the best so far; None: there is none.

    >>> is_better("loss", 0.5, 0.6), is_better("accuracy", 0.5, 0.6), is_better("loss", 0.5, None)
    (True, False, True)
    """
    higher = higher_is_better(metric)
    if value is None or higher is None:
        return False
    return than is None or (value > than if higher else value < than)
