"""The phases of a run, and the features that its head is trained on, in words."""

from __future__ import annotations

from collections.abc import Sequence

from tui.common.text import clean, exact, size_text
from tui.runs.events.event_types import FeaturesReady, PhaseStarted


def phase_name(event: PhaseStarted | None) -> str:
    """Return the name of a phase, short enough for a column; empty without one."""
    return "" if event is None else clean(event.phase, 11)


def phase_phrase(event: PhaseStarted) -> str:
    """Return what a phase trains, and how fast.

    >>> phase_phrase(PhaseStarted(at=0, epoch=6, phase="fine-tuning", learning_rate=1e-5,
    ...     from_layer="block_16_expand"))
    'fine-tuning from the layer block_16_expand on, learning rate 1e-05'
    >>> phase_phrase(PhaseStarted(at=0, epoch=1, phase="head", learning_rate=0.001))
    'head alone, learning rate 0.001'
    """
    rate = f"learning rate {exact(event.learning_rate)}"
    if event.from_layer:
        layer = clean(event.from_layer, 40)
        return f"{clean(event.phase, 20)} from the layer {layer} on, {rate}"
    return f"{clean(event.phase, 20)} alone, {rate}"


def phase_sentence(event: PhaseStarted) -> str:
    """Return that a phase began: when, what it trains, and why the one before ended early.

    >>> phase_sentence(PhaseStarted(at=0, epoch=1, phase="head", learning_rate=0.001, until=5))
    'From epoch 1 to 5 at most: head alone, learning rate 0.001.'
    """
    until = f" to {event.until} at most" if event.until else ""
    reason = f" {_ended(clean(event.reason))}" if event.reason else ""
    return f"From epoch {event.epoch}{until}: {phase_phrase(event)}.{reason}"


def _ended(reason: str) -> str:
    """Return why the phase before ended, from the sentence that would have ended the run."""
    rest = reason.removeprefix("Stopped")
    return f"The phase before ended early{rest}" if rest != reason else reason


def phase_spans(phases: Sequence[PhaseStarted], done: int) -> list[str]:
    """Return each phase with its epochs so far.

    Args:
        phases: of a run, in order.
        done: epochs that have ended.

    >>> head = PhaseStarted(at=0, epoch=1, phase="head", learning_rate=0.001, until=2)
    >>> phase_spans([head], 1)
    ['epoch 1: head alone, learning rate 0.001']
    """
    found = []
    for place, event in enumerate(phases):
        last = phases[place + 1].epoch - 1 if place + 1 < len(phases) else done
        epochs = f"epochs {event.epoch}–{last}" if last > event.epoch else f"epoch {event.epoch}"
        found.append(f"{epochs}: {phase_phrase(event)}")
    return found


def features_phrase(event: FeaturesReady) -> str:
    """Return what was calculated once, and how long it took.

    >>> features_phrase(FeaturesReady(at=0, images=2000, shape=(5, 5, 1280), bytes=256_000_000,
    ...     seconds=75, cache_hit=True))
    "the backbone's output, 5×5×1280 for each of 2,000 images (256 MB), for every epoch of the \
head: calculated by an earlier training, which saves 1:15"
    """
    volume = "×".join(str(side) for side in event.shape)
    kept = (
        f"the backbone's output, {volume} for each of {event.images:,} images "
        f"({size_text(event.bytes)}), for every epoch of the head: calculated"
    )
    took = _seconds(event.seconds)
    if event.cache_hit:
        return f"{kept} by an earlier training, which saves {took}"
    return f"{kept} once in {took}"


def _seconds(seconds: float) -> str:
    from tui.runs.export.run_formatting import duration

    return duration(seconds)
