"""Every kind of event, generated."""

from __future__ import annotations

from typing import get_args

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tui.runs.events import event_types as events
from tui.runs.events.assigned_gpus import AssignedGpu
from tui.runs.events.event_types import Event

# Lone surrogates cannot be written as JSON; `clean` takes them out before an event is made.
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
finite = st.floats(allow_nan=False, allow_infinity=False)
maybe = st.none() | finite
counts = st.integers(0, 10**9)
times = st.floats(0, 4e9)

EVENT_TYPES: tuple[type, ...] = get_args(Event)

_FIELDS: dict[str, SearchStrategy[object]] = {
    "assigned_gpus": st.lists(st.builds(AssignedGpu, st.integers(-1, 64), words), max_size=3).map(
        tuple
    ),
    "batches": st.dictionaries(
        words, st.lists(st.integers(1, 10**9), max_size=5).map(tuple), max_size=3
    ),
    "parts": st.integers(1, 4096),
    "best": maybe,
    "cache_hit": st.booleans(),
    "not_finite": st.booleans(),
    "class_images": st.lists(counts, max_size=4).map(tuple),
    "class_validation_images": st.lists(counts, max_size=4).map(tuple),
    "class_weights": st.lists(finite, max_size=4).map(tuple),
    "unreadable": st.lists(words, max_size=3).map(tuple),
    "dropped": st.lists(counts, max_size=3).map(tuple),
    "replicas": st.lists(words, max_size=3).map(tuple),
    "request": st.sampled_from(get_args(events.Request)),
    "classes": st.lists(words, max_size=4).map(tuple),
    "decode_seconds": finite,
    "images_per_second": finite,
    "left_out": st.lists(st.builds(events.LeftOutImage, words, words), max_size=3).map(tuple),
    "metrics": st.dictionaries(words, maybe, max_size=4),
    "reason": st.sampled_from(["completed", "rule", "stopped"]),
    "seconds": finite,
    "shape": st.lists(counts, max_size=4).map(tuple),
    "share": finite,
    "values": st.dictionaries(words, st.lists(maybe, max_size=5).map(tuple), max_size=3),
    "at": times,
}


def _finite_rows() -> SearchStrategy[object]:
    return st.dictionaries(words, st.lists(finite, max_size=5).map(tuple), max_size=3)


def _field(name: str, kind: object) -> SearchStrategy[object]:
    if name in _FIELDS:
        return _FIELDS[name]
    kinds = {"int": counts, "float": finite, "float | None": maybe, "int | None": counts}
    return kinds.get(str(kind), words)


_gpus = st.builds(
    events.GpuStats,
    index=counts,
    name=words,
    percent=maybe,
    memory_used=st.none() | counts,
    memory_total=st.none() | counts,
    watts=maybe,
    celsius=maybe,
)


def events_of(kind: type) -> SearchStrategy[Event]:
    """Return a strategy for one type of event."""
    fields = {
        name: _field(name, annotation)
        for base in reversed(kind.__mro__)
        for name, annotation in getattr(base, "__annotations__", {}).items()
        if base is not object
    }
    if kind in (events.BatchesThinned, events.SystemThinned):
        fields["values"] = _finite_rows()
    if kind is events.SystemThinned:
        fields["seconds"] = _finite_rows()
    if kind is events.SystemStats:
        fields["gpus"] = st.lists(_gpus, max_size=2).map(tuple)
    return st.builds(kind, **fields)


any_event: SearchStrategy[Event] = st.one_of([events_of(kind) for kind in EVENT_TYPES])
