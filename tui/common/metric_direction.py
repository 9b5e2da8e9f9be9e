"""Whether a higher or a lower value of a metric is better, by its name."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

_LOWER = frozenset(
    {
        *("loss", "losses", "error", "errors", "err", "cost", "crossentropy", "entropy", "nll"),
        *("mse", "mae", "rmse", "mape", "msle", "perplexity", "ppl", "divergence", "distance"),
        *("hinge", "poisson", "wer", "cer", "fid", "eer", "regret"),
    }
)
"""Words of a metric's name for which lower is better."""
_LOWER_PAIRS = (("false", "positives"), ("false", "negatives"))
_WORD = re.compile(r"[a-z]+|[A-Z][a-z]*|[A-Z]+(?![a-z])")


@functools.lru_cache(16_384)
def higher_is_better(name: str) -> bool:
    """Return whether higher values of a metric are better; a guess from the words of its name.

    >>> higher_is_better("val_accuracy"), higher_is_better("train/loss")
    (True, False)
    >>> higher_is_better("val_mean_squared_error"), higher_is_better("false_negatives")
    (False, False)
    """
    words = [word.lower() for word in _WORD.findall(name)]
    if not _LOWER.isdisjoint(words):
        return False
    return not any(set(pair) <= set(words) for pair in _LOWER_PAIRS)


def best_value(name: str, values: Iterable[float]) -> float | None:
    """Return the best of some values of a metric; None if there are none.

    >>> best_value("loss", [0.3, 0.2]), best_value("accuracy", [0.3, 0.2]), best_value("loss", [])
    (0.2, 0.3, None)
    """
    return (max if higher_is_better(name) else min)(values, default=None)
