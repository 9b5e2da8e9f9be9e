"""`cnn-tui runs rename`, `note` and `delete`."""

from __future__ import annotations

import click

from tui.cli.run_argument import named_run
from tui.common.text import clean, size_text
from tui.runs.queue.waiting_runs import at_work
from tui.runs.store.delete_run import delete_run, run_bytes
from tui.runs.store.run_access import RunError
from tui.runs.store.run_label import title_of, write_label


@click.command()
@click.argument("run")
@click.argument("name")
def rename(run: str, name: str) -> None:
    """Call RUN by another NAME; an empty one gives it back its first name.

    Its folder keeps its name, and nothing else changes.
    """
    folder = named_run(run)
    try:
        write_label(folder, name=name)
    except RunError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{folder.name} is called {clean(title_of(folder))} now.")


@click.command()
@click.argument("run")
@click.argument("text")
def note(run: str, text: str) -> None:
    """Keep a TEXT of one line with RUN; an empty one takes it away."""
    folder = named_run(run)
    try:
        label = write_label(folder, note=text)
    except RunError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{folder.name}: {clean(label.note) or 'no note any more'}")


@click.command()
@click.argument("run", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(run: tuple[str, ...], yes: bool) -> None:
    """Delete RUN for good: its curves, its models, its checkpoints.

    Asks first, run by run. One that is being trained is not deleted; links are not followed.
    """
    folders = [named_run(name) for name in dict.fromkeys(run)]
    for folder in folders:
        if at_work(folder):
            raise click.ClickException(
                f"{folder.name} is being trained. Stop it first, then delete it."
            )
        said = f"{clean(title_of(folder))} ({folder.name}, {size_text(run_bytes(folder))})"
        if not yes and not click.confirm(f"Delete {said} for good?", default=False):
            click.echo("It stays.")
            continue
        try:
            delete_run(folder)
        except RunError as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"deleted {said}")
