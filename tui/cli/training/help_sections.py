"""The options of a command in sections, for its help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from tui.datasets import Augmentation

TRAIN_SECTIONS: Mapping[str, Sequence[str]] = {
    "Images": (
        *("sample", "reading", "everything", "classes", "target_size", "batch_size", "color_mode"),
        *("class_mode", "validation_split", "validation_directory", "rescale_divisor"),
        *("interpolation", "loader", "share"),
    ),
    "Augmentation": ("augmentation", *Augmentation.__struct_fields__),
    "Network": (
        *("models", "new_weights", "as_compiled", "weights", "head"),
        *("fine_tune", "fine_tune_rate", "head_epochs"),
    ),
    "Training": (
        *("epochs", "learning_rate", "schedule", "optimizer", "stop_when", "patience"),
        *("class_weights", "seed", "test_folder"),
    ),
    "Machines": ("gpus", "processes", "process_id", "coordinator"),
    "Settings as a file": ("settings_file", "save_settings_to"),
}
"""Titles with the names of parameters; all others are in a last section."""
LAST = "The run"


class SectionedCommand(click.Command):
    """A command whose help shows its options in sections.

    Args:
        sections: titles with the names of parameters.
    """

    def __init__(
        self, *arguments: Any, sections: Mapping[str, Sequence[str]], **named: Any
    ) -> None:
        super().__init__(*arguments, **named)
        self._sections = sections

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each section that has options."""
        records = {
            one.name: record
            for one in self.get_params(ctx)
            if isinstance(one, click.Option) and (record := one.get_help_record(ctx)) is not None
        }
        for title, names in self._sections.items():
            if rows := [records.pop(name) for name in names if name in records]:
                with formatter.section(title):
                    formatter.write_dl(rows)
        if records:
            with formatter.section(LAST):
                formatter.write_dl(list(records.values()))
