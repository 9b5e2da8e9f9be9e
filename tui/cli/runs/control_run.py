"""`cnn-tui runs stop`, `pause`, `go-on`, `save` and `set`: requests to a training at work."""

from __future__ import annotations

from typing import Any

import click

from tui.cli.complete import complete_run
from tui.cli.errors import run_errors
from tui.cli.runs.named_run import named_run, opened_run
from tui.cli.training.start_training import confirm
from tui.common.stop_rule import SpecError
from tui.common.text import clean, exact
from tui.runs.control.control_file import ControlReader
from tui.runs.control.effective_settings import schedule_of
from tui.runs.control.requested import known_metrics, most_epochs, send_request
from tui.runs.control.typed_changes import (
    epochs_sentence,
    parse_epochs,
    parse_learning_rate,
    parse_stop_conditions,
    rate_set_sentence,
    stop_conditions,
)
from tui.runs.events.event_types import Request
from tui.runs.settings.learning_rates import judge_rate, known_optimizer
from tui.runs.store.loaded_run import LoadedRun
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_label import title_of

_yes_option = click.option("-y", "--yes", "yes", is_flag=True, help="Do not ask.")


@click.command()
@click.argument("run", shell_complete=complete_run)
@click.option("--after-epoch", is_flag=True, help="Stop when the current epoch has ended.")
@click.option("--kill", is_flag=True, help="Kill its process at once, after a question.")
@_yes_option
def stop(run: str, after_epoch: bool, kill: bool, yes: bool) -> None:
    """Request that the training of RUN stops after its current batch.

    The model is saved first. --kill ends the whole process instead, on this machine only: of a
    program of your own that is all it does, and not only the training.

    \b
    For example:
      cnn-tui runs stop digits --after-epoch
    """
    folder = named_run(run)
    if kill:
        _kill(folder, yes=yes)
    elif after_epoch:
        _send(folder, "stop after epoch", want="stop_after_epoch")
    else:
        _send(folder, "stop", want="stop")


def _kill(folder: RunFolder, *, yes: bool) -> None:
    external, title = folder.external(), clean(title_of(folder))
    what = f"the trainer of {title}"
    if external is not None:
        what = f"{external.origin}, your own process that trains {title}, with all that it does"
    if not yes and not click.confirm(f"Kill {what}?", default=False):
        click.echo("It goes on.")
        return
    with run_errors():
        killed = folder.kill()
    if not killed:
        raise click.ClickException(f"{title} is not being trained: there is nothing to kill.")
    click.echo(f"Killed {what}.")


@click.command()
@click.argument("run", shell_complete=complete_run)
def pause(run: str) -> None:
    """Request that the training of RUN pauses after its current batch.

    \b
    For example:
      cnn-tui runs pause digits
    """
    _send(named_run(run), "pause", want="pause")


@click.command("go-on")
@click.argument("run", shell_complete=complete_run)
def go_on(run: str) -> None:
    """Request that the training of RUN goes on after a pause.

    \b
    For example:
      cnn-tui runs go-on digits
    """
    _send(named_run(run), "resume", want="run")


@click.command()
@click.argument("run", shell_complete=complete_run)
def save(run: str) -> None:
    """Request that the training of RUN saves its present weights in the run's folder.

    \b
    For example:
      cnn-tui runs save digits
    """
    _send(named_run(run), "save", saves=1)


@click.command("set")
@click.argument("run", shell_complete=complete_run)
@click.option("--learning-rate", metavar="RATE", help="From the next batch on.")
@click.option("--stop-rule", metavar="RULE", help="Such as val_loss<0.1, or never.")
@click.option("--patience", metavar="EPOCHS", help="Epochs without a better val_loss; 0: never.")
@click.option("--epochs", metavar="EPOCHS", help="Epochs in all.")
@_yes_option
def change(
    run: str,
    learning_rate: str | None,
    stop_rule: str | None,
    patience: str | None,
    epochs: str | None,
    yes: bool,
) -> None:
    """Change settings of RUN while it is being trained.

    \b
    For example:
      cnn-tui runs set digits --learning-rate 0.0005 --stop-rule 'val_loss<0.1'
    """
    if learning_rate is stop_rule is patience is epochs is None:
        raise click.UsageError(
            "Name what to change: --learning-rate, --stop-rule, --patience or --epochs."
        )
    one = opened_run(run)
    spec = one.any_spec
    requests: list[tuple[Request, str, dict[str, Any]]] = []
    try:
        if learning_rate is not None:
            rate, _ = parse_learning_rate([learning_rate], 0.0)
            optimizer = known_optimizer(spec.optimizer) if spec is not None else None
            confirm(judge_rate(rate, optimizer) if optimizer else (), yes=yes, asks=True)
            requests.append(("learning rate", exact(rate), {"learning_rate": rate}))
        if stop_rule is not None or patience is not None:
            requests += _stop_requests(one, stop_rule, patience)
        if epochs is not None:
            who = one.external.subject if one.external is not None else ""
            total, _ = parse_epochs([epochs], one.progress, most_epochs(spec), who)
            requests.append(("epochs", str(total), {"epochs": total}))
    except SpecError as error:
        raise click.ClickException(str(error)) from error
    schedule = schedule_of(spec)
    for request, value, changes in requests:
        _send(one.folder, request, value, **changes)
        effect = rate_set_sentence(schedule) if request == "learning rate" else ""
        if request == "epochs":
            effect = epochs_sentence(schedule, changes["epochs"])
        if effect:
            click.echo(effect)


def _stop_requests(
    one: LoadedRun, rule: str | None, patience: str | None
) -> list[tuple[Request, str, dict[str, Any]]]:
    spec = one.any_spec
    now = stop_conditions(spec, ControlReader(one.folder.control).read())
    texts = [str(now.rule or "") if rule is None else rule, patience or str(now.patience)]
    wanted, _ = parse_stop_conditions(
        texts, one.progress, metrics=known_metrics(spec, one.progress)
    )
    found: list[tuple[Request, str, dict[str, Any]]] = []
    if rule is not None:
        changes = {"stop_rule": wanted.rule, "no_stop_rule": wanted.rule is None}
        found.append(("stop rule", str(wanted.rule or "never"), changes))
    if patience is not None:
        found.append(("patience", str(wanted.patience), {"patience": wanted.patience}))
    return found


def _send(folder: RunFolder, request: Request, value: str = "", **changes: Any) -> None:
    with run_errors():
        send_request(folder, request, **changes)
    said = f"{request} {clean(value, 60)}".rstrip()
    click.echo(f"{clean(title_of(folder))}: requested {said}.")
