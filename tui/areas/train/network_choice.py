"""The network of a training: the choices in the form, and its layers as a table."""

from __future__ import annotations

import dataclasses

from msgspec.structs import replace
from textual.content import Content

from tui.areas.train.file_choice import ChosenFile
from tui.areas.train.pretrained_choice import PretrainedChoice
from tui.common.numbers import count, sides
from tui.common.text import clean
from tui.geometry import (
    Network,
    Volume,
    format_network,
    network_totals,
    parse_network,
    trace_network,
)
from tui.runs.settings.backbone_kind import PIXEL_TEXTS
from tui.runs.settings.backbones import backbone
from tui.runs.settings.make_spec import MODELS, network_for
from tui.runs.settings.spec import SpecError, TrainingSpec
from tui.ui.confusion_text import fit_cells
from tui.ui.services import Host

CALCULATOR = "calculator"
"""The choice of the network that was edited in the calculator."""
EACH = "each"
"""The choice of all networks of `MODELS`: a run with each."""
FILE = "file"
"""The choice of the network in a file."""
PRETRAINED = "pretrained"
"""The choice of a network of `keras.applications`, with a head on it."""
AS_BEFORE = "as before"
"""The choice of the network of the run whose settings were taken over."""


class NetworkChoice:
    """The choices of the field for the network.

    Args:
        host: holds the calculator's network.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self.again: TrainingSpec | None = None
        """The settings that were taken over last."""
        self.pretrained = PretrainedChoice()
        """The pretrained network that was chosen last."""
        self.file: ChosenFile | None = None
        """The file that was chosen last."""

    def names(self) -> list[str]:
        """Return the choices; the calculator's network is one once it was opened."""
        return [
            *MODELS,
            *([CALCULATOR] if self._host.network is not None else []),
            *([FILE] if self.file is not None else []),
            *([AS_BEFORE] if self.again is not None else []),
            EACH,
            PRETRAINED,
        ]

    def line(self, chosen: str) -> str:
        """Return a choice for `make_spec`: a name of `MODELS`, a network in one line, or a path."""
        if chosen == CALCULATOR and self._host.network is not None:
            return format_network(self._host.network)
        if chosen == PRETRAINED:
            return self.pretrained.line
        if (file := self.file_of(chosen)) is not None:
            return file.path
        if chosen == AS_BEFORE and self.again is not None:
            return self.again.network
        return chosen

    def file_of(self, chosen: str) -> ChosenFile | None:
        """Return the file of a choice; None where it is none."""
        if chosen == FILE:
            return self.file
        before = self.again.model_file if self.again is not None else None
        return ChosenFile.of(before) if chosen == AS_BEFORE and before is not None else None

    def lines(self, chosen: str) -> list[str]:
        """Return the networks of a choice for `make_spec`: one, or those of `MODELS`."""
        return list(MODELS) if chosen == EACH else [self.line(chosen)]

    def name_of(self, spec: TrainingSpec) -> str:
        """Return the choice that is a run's network; that of a pretrained one is taken over."""
        if spec.base is not None:
            self.pretrained = PretrainedChoice.of(spec)
            return PRETRAINED
        if spec.layers_unlisted:
            return AS_BEFORE
        for name in MODELS:
            try:
                if format_network(network_for(name, spec.data)) == spec.network:
                    return name
            except SpecError:
                continue
        return AS_BEFORE

    def correct(self, chosen: str, network: Network) -> str:
        """Replace the chosen network by a corrected one, and return the choice."""
        if chosen == PRETRAINED:
            head = format_network(network).partition(" ")[2]
            self.pretrained = dataclasses.replace(self.pretrained, head=head)
            return PRETRAINED
        if chosen == AS_BEFORE and self.again is not None:
            self.again = replace(self.again, network=format_network(network))
            return AS_BEFORE
        self._host.network = network
        return CALCULATOR


_WIDE = 34
"""Of the panel in 80 columns, beside its scrollbar."""
_NAME, _OUTPUT = 14, 12


def network_text(network: Network) -> Content:
    """Return a network as a table of 34 columns: each layer, its output, its parameters."""
    rows = trace_network(network)
    lines = [
        Content.styled(f"{'layer':<14}{'output':>9}{'parameters':>11}", "$text-muted"),
        Content.assemble(*_named("input", sides(network.input, _OUTPUT), "$input-color", 9)),
    ]
    for row in rows:
        if row.effect is None:
            lines.append(Content.styled(f"{clean(row.name, _WIDE - 2):<{_NAME}} ✗", "$text-error"))
            continue
        lines.append(
            Content.assemble(
                *_named(row.name, sides(row.effect.output, _OUTPUT), "$output-color", 9),
                f"{count(row.effect.parameters, 10):>11}",
            )
        )
    totals = network_totals(rows)
    lines.append(Content.styled(f"{'total':<13}{count(totals.parameters, 20):>21}", "bold"))
    work = Content.styled(f"{'work per image':<15}{work_text(totals.macs):>19}", "$text-muted")
    return Content("\n").join([*lines, work])


def pretrained_text(spec: TrainingSpec) -> Content:
    """Return a network on a backbone as a table like that of `network_text`."""
    assert spec.base is not None
    kind, head = backbone(spec.base.name), parse_network(spec.network)
    lines = network_text(head).split("\n", allow_blank=True)
    height, width = spec.data.target_size
    volume = Volume(width, height, spec.data.channels)
    totals = network_totals(trace_network(head))
    every = totals.parameters + kind.parameters
    scaled = Content.styled(f"pixels: {PIXEL_TEXTS[kind.pixels]}", "$text-muted")
    begin = [
        Content.assemble(*_named("input", sides(volume, _OUTPUT), "$input-color", 9)),
        scaled,
        Content.assemble(
            *_named(kind.name, sides(head.input, _OUTPUT), "$output-color", 9),
            f"{count(kind.parameters, 10):>11}",
        ),
    ]
    end = [
        Content.styled(f"{'total':<13}{count(every, 20):>21}", "bold"),
        Content.styled(f"{'trained':<13}{count(totals.trainable, 20):>21}", "bold"),
    ]
    return Content("\n").join([lines[0], *begin, *lines[2:-2], *end])


def _named(name: str, output: str, style: str, width: int) -> list[str | tuple[str, str]]:
    """Return a layer's name and output; a long name is cut to leave room for the numbers."""
    room = _NAME + 9 - max(len(output), width)
    return [f"{fit_cells(name, room - 1)} ", (f"{output:>{width}}", style)]


def work_text(macs: int) -> str:
    """Return a number of multiply-accumulate operations (MACs) with a unit.

    >>> work_text(950), work_text(84_300), work_text(127_250_000)
    ('950 MACs', '84.3 k MACs', '127 M MACs')
    """
    if macs >= 10**12:
        return f"{count(macs, 8)} MACs"
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if macs >= size:
            return f"{macs / size:.3g} {unit} MACs"
    return f"{macs} MACs"
