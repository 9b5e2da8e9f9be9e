"""What the shell offers at the tab key for a run, a folder, a sample, a lesson, a network.

Nothing here fails or writes: without a folder of runs there is nothing to offer. Imports stand in
the functions, since each press of the key starts the program.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import click
from click.shell_completion import CompletionItem

from tui.common.text import clean

MOST_RUNS = 200
"""Runs whose titles are read; folders' names are all offered."""
_ONE_WORD = re.compile(r"[\w.+-]+")
"""What bash takes as it stands."""
Items = list[CompletionItem]


def complete_run(context: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Offer runs, newest first: their folders with their titles as help, and titles of one word."""
    from tui.common.paths import StateError, runs_dir
    from tui.runs.store.find_runs import run_names
    from tui.runs.store.run_folder import RunFolder
    from tui.runs.store.run_label import title_of

    try:
        folder = runs_dir(to_read=True)
        names = run_names(folder)
    except StateError:
        return []
    folders: Items = []
    titles: dict[str, CompletionItem] = {}
    for place, name in enumerate(names):
        known = place < MOST_RUNS
        if not known and not name.startswith(incomplete):
            continue
        title = title_of(RunFolder(folder / name)) if known else ""
        if name.startswith(incomplete) and _ONE_WORD.fullmatch(name):
            folders.append(_item(name, title if title != name else ""))
        elif incomplete and title.startswith(incomplete) and _ONE_WORD.fullmatch(title):
            titles.setdefault(title, _item(title, name))
    return [*folders, *titles.values()]


def complete_group(context: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Offer the names of groups of runs that are one word, those of the newest runs first."""
    from tui.common.paths import StateError, runs_dir
    from tui.runs.store.find_runs import iter_runs
    from tui.runs.store.run_access import RunError

    found: dict[str, None] = {}
    try:
        for place, run in enumerate(iter_runs(runs_dir(to_read=True))):
            if place == MOST_RUNS:
                break
            try:
                spec = run.any_spec()
            except RunError:
                continue
            found.setdefault(getattr(spec, "group", ""))  # other programs' runs have none
    except StateError:
        return []
    return _starting((one for one in found if _ONE_WORD.fullmatch(one)), incomplete)


def complete_folder(context: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Have the shell offer folders."""
    return [CompletionItem(incomplete, type="dir")]


def complete_file(context: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Have the shell offer files and folders."""
    return [CompletionItem(incomplete, type="file")]


def complete_sample(context: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Offer the samples that come with the program."""
    from tui.datasets import SAMPLES

    found = (_item(one.name, one.sentence) for one in SAMPLES.values())
    return [one for one in found if one.value.startswith(incomplete)]


def complete_set(context: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Offer samples and the course's sets; something with a slash is a file."""
    from tui.datasets.getting import COURSE_SETS

    if "/" in incomplete:
        return complete_file(context, param, incomplete)
    sets = [_item(one.name, one.sentence) for one in COURSE_SETS.values()]
    return [
        *complete_sample(context, param, incomplete),
        *(one for one in sets if one.value.startswith(incomplete)),
    ]


def complete_lesson(context: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Offer the lessons by their ids, and by a number where one was begun."""
    from tui.course import load_course

    found = []
    for one in load_course().lessons:
        if not incomplete[:1].isdigit():
            found.append(_item(one.id, f"{one.number} {one.title}"))
        else:
            found.append(_item(str(one.number), one.title))
    return [one for one in found if one.value.startswith(incomplete)]


def complete_skill(context: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Offer the skills that there are drills for."""
    from tui.course import SKILLS

    return _starting(SKILLS, incomplete)


def complete_program(context: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Offer the programs of the lessons."""
    from tui.cli.lessons.write_program import NOTEBOOK
    from tui.course.exercises import EXERCISES

    found = [_item(one.name, one.title) for one in EXERCISES.values()]
    found.append(_item(NOTEBOOK, "The whole notebook"))
    return [one for one in found if one.value.startswith(incomplete)]


def complete_model(context: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Offer networks by name, and files."""
    from tui.runs.settings.backbones import BACKBONES
    from tui.runs.settings.make_spec import MODELS
    from tui.runs.settings.pretrained_model import PREFIX

    found = _starting((*MODELS, *(f"{PREFIX}{name}" for name in BACKBONES)), incomplete)
    # What is no name may be the path of a file: the shell completes it.
    return found or [CompletionItem(incomplete, type="file")]


def complete_place(context: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Offer the two ends of the queue."""
    return _starting(("first", "last"), incomplete)


def _starting(words: Iterable[str], incomplete: str) -> Items:
    return [_item(word) for word in words if word.startswith(incomplete)]


def _item(value: str, help_text: str = "") -> CompletionItem:
    # fish takes what follows a comma for another part.
    return CompletionItem(value, help=clean(help_text, 70).replace(",", " ") or None)
