"""Text of Look inside: what is open, what a layer does, what a channel contains."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from textual.content import Content

from tui.areas.look_inside.layer_list import volume_text
from tui.common.text import clean
from tui.geometry import Effect, ReceptiveField, Volume, formula
from tui.inspection.answers import Channel, LayerInfo, Maps, Opened
from tui.inspection.inspection_session import InspectionSession
from tui.runs.store.start_time import date_and_time, start_of
from tui.ui.bar_list import Bar, value_text


def weights_text(opened: Opened) -> str:
    """Return which weights are open, such as `best (epoch 5)`."""
    if opened.weights.startswith("epoch-"):
        return "before the first epoch" if opened.epoch == 0 else f"after epoch {opened.epoch}"
    word = clean(opened.weights, 40)
    return f"{word} (epoch {opened.epoch})" if opened.epoch >= 0 else word


def epochs_line(epochs: Sequence[int], present: int, room: int) -> str:
    """Return the saved epochs in a line, as many as fit around the current one, in brackets.

    >>> epochs_line([0, 1, 2, 3], 2, 40)
    '[ ] epochs: 0 1 ‹2› 3'
    >>> epochs_line(list(range(40)), 20, 30)
    '[ ] epochs: … 18 19 ‹20› 21 …'
    """
    if not epochs:
        return ""
    head = "[ ] epochs: "
    words = [f"‹{epoch}›" if epoch == present else f"{epoch}" for epoch in epochs]
    place = epochs.index(present) if present in epochs else len(epochs) - 1
    first, last = place, place + 1
    while True:
        grown = [(first - 1, last), (first, last + 1)]
        if last - place <= place - first:
            grown.reverse()
        for a, b in grown:
            if a >= 0 and b <= len(words) and len(_cut(words, a, b, head)) <= room:
                first, last = a, b
                break
        else:
            return _cut(words, first, last, head)


def _cut(words: list[str], first: int, last: int, head: str) -> str:
    inside = " ".join(words[first:last])
    return head + ("… " if first else "") + inside + (" …" if last < len(words) else "")


def top_line(name: str, opened: Opened, picture: str, label: str, width: int) -> Content:
    """Return what is open: the run, its weights, the picture, and the saved epochs."""
    parts = [clean(name, 24)]
    if opened.weights != name:  # a model file has only one set of weights
        parts.append(weights_text(opened))
    if picture:
        name_of_file = clean(os.path.basename(picture), 26)
        parts.append(f"{name_of_file} ({clean(label, 14)})" if label else name_of_file)
    text = " · ".join(parts)
    epochs = epochs_line(opened.snapshots, opened.epoch, width - len(text) - 4)
    gap = max(width - len(text) - len(epochs) - 2, 2)
    if len(text) + len(epochs) + 3 > width:
        epochs = ""
    return Content.assemble((f" {text}", "bold"), " " * gap, (epochs, "$text-muted"))


def layer_line(
    layers: Sequence[LayerInfo],
    index: int,
    volume: str,
    known: tuple[Effect | None, ReceptiveField | None],
    room: int,
) -> Content:
    """Return a layer's title: its name, its input and output, and the formula.

    Args:
        layers: the network's layers.
        index: index of the layer.
        volume: the network's input, W×H×D.
        known: the layer's arithmetic and its receptive field, None where not known.
        room: width in cells; what does not fit is left out.
    """
    layer = layers[index]
    sources = layer.sources or (index - 1,)
    received = [volume_text(layers[at]) if at >= 0 else volume for at in sources]
    before = " + ".join(received[:2]) + (" + …" if len(received) > 2 else "")
    title = Content.assemble(
        (f" {clean(layer.name, 30)} ", "bold reverse"),
        (f" {before}", "$input-color"),
        " → ",
        (volume_text(layer), "bold $output-color"),
    )
    for words in _rules(*known):
        if len(title.plain) + len(words) + 3 <= room:
            title += Content.styled(f"   {words}", "$text-muted")
    return title


def _rules(effect: Effect | None, seen: ReceptiveField | None) -> list[str]:
    """Return the formula of the width, and the receptive field."""
    found = []
    if effect is not None and isinstance(effect.output, Volume):
        width = formula(effect).width
        if width.count(" = ") >= 2:
            symbol, _, numbers = width.partition(" = ")
            found.append(f"{symbol} = {numbers.partition(' = ')[2]}")
    if seen is not None:
        found.append(f"sees {seen.size.w}×{seen.size.h} pixels")
    return found


def maps_line(maps: Maps, first: int, count: int, order: str) -> Content:
    """Return the number of channels, the page, the order, and how many are dead."""
    what = "channels" if maps.height else "units"
    pages = -(-maps.depth // max(count, 1))
    text = f" {maps.depth:,} {what if maps.depth != 1 else what[:-1]}"
    if pages > 1:
        text += f", page {first // count + 1} of {pages}"
    if maps.depth > 1:
        text += ", by index" if order == "index" else ", highest mean first"
    if maps.dead:
        text += f" · {maps.dead} dead"
    return Content.styled(text, "$text-muted")


def channel_line(channel: Channel, room: int) -> Content:
    """Return the values of a channel, and what is wrong with it.

    Args:
        channel: the channel.
        room: width in cells; values that do not fit are left out.
    """
    if channel.dead:
        values = [f"dead: {value_text(channel.least)} everywhere"]
    else:
        values = [
            f"black {value_text(channel.least)}, white {value_text(channel.greatest)}",
            f"mean {value_text(channel.mean)}",
        ]
    wrong = ["saturated: 9 of 10 at its highest"] if channel.saturated else []
    if not channel.finite:
        wrong.append("contains infinity or NaN")
    name = f" channel {channel.index}"
    while values and len(name) + len(", ".join([*values, *wrong])) + 2 > room:
        values.pop()
    return Content.assemble((name, "bold"), f"  {', '.join([*values, *wrong])}")


def unit_bars(maps: Maps, first: int, classes: Sequence[str], last: bool) -> list[Bar]:
    """Return the units of a layer without height and width as bars.

    Args:
        maps: the inspector's reply.
        first: position of the first unit in the order.
        classes: names of the classes.
        last: whether this is the network's last layer, whose units are classes.
    """
    if last and len(classes) == 2 and maps.depth == 1 and maps.units:
        # The output of a single sigmoid is the probability of the second class.
        value = maps.units[0]
        return [Bar(clean(classes[0], 20), 1 - value), Bar(clean(classes[1], 20), value)]
    order = maps.order or tuple(range(maps.depth))
    bars = []
    for place, value in enumerate(maps.units):
        number = order[first + place] if first + place < len(order) else first + place
        named = last and len(classes) == maps.depth
        bars.append(Bar(clean(classes[number], 20) if named else f"unit {number}", value))
    return bars


def run_option_text(title: str, verdict: str, name: str) -> str:
    """Return a run as a line of a list: its title, its state, and when it started."""
    return f"{clean(title, 30):<30} {verdict:<18} {date_and_time(start_of(name))}"


def placeholder_text(session: InspectionSession, anything_to_open: Callable[[], bool]) -> str:
    """Return the text that is shown while there are no maps.

    Args:
        session: a session without an open network.
        anything_to_open: whether any run has weights (reads the disk).
    """
    selection = session.selection
    if session.status == "ended":
        return f"{session.problem}\n\nr tries again. Your runs are not affected."
    if not (selection.run or selection.file):
        if anything_to_open():
            # The selected run has no weights or is deleted, but other runs have some.
            return "Nothing is open.\n\nc opens a run, a the layers of any .keras or .h5 file."
        return (
            "No training has weights to look into yet.\n\n"
            "4 trains a network (d there chooses handwritten digits: about a minute); you can look "
            "into its layers from the first epoch on.\n\n"
            "a shows the layers of any .keras or .h5 file."
        )
    if session.problem:
        return f"{session.problem}\n\nc chooses another run, w other weights of this one."
    if session.status == "ready":
        return "Opening the network …"
    return "Loading Keras: a few seconds …"
