"""Somebody's own training as a run of cnn-tui: `RunCallback` for Keras, `Run` for other loops.

`RunCallback` is imported when it is used, so that `Run` needs no Keras.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.callback.training_loop import Run

if TYPE_CHECKING:
    from tui.callback.run_callback import RunCallback

__all__ = ["Run", "RunCallback"]


def __getattr__(name: str) -> Any:
    if name == "RunCallback":
        from tui.callback.run_callback import RunCallback

        return RunCallback
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
