"""`cnn-tui calc`: what layers make of an input volume."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, TextIO, cast

import click

from tui.cli.calculator.calc_graph import other_than_a_chain, print_graph
from tui.cli.calculator.calc_text import report, row_json
from tui.cli.complete import complete_file
from tui.common.streams import code_text, json_text
from tui.common.text import clean
from tui.course.judging.typed_number import NotANumber, read_number
from tui.geometry import (
    Effect,
    GeometryError,
    Quantity,
    Row,
    Volume,
    diagnose,
    format_layer,
    formula,
    network_totals,
    parse_network,
    right_answer,
    trace_network,
)
from tui.keras_io import Imported, keras_code, read_graph, read_network
from tui.keras_io.network_files import file_description, stream_description
from tui.keras_io.unsupported_files import error_text


@click.command()
@click.argument("volume", required=False)
@click.argument("layers", nargs=-1)
@click.option(
    "--from",
    "source",
    metavar="FILE",
    shell_complete=complete_file,
    help="Read the network from FILE; - is standard input.",
)
@click.option("--steps", is_flag=True, help="Show each layer's arithmetic, not only the table.")
@click.option("--batch", type=click.IntRange(1, 1_000_000), help="Memory at this batch size.")
@click.option("--keras", "as_keras", is_flag=True, help="Print a program that builds it in Keras.")
@click.option("--predict", is_flag=True, help="Ask for each layer's numbers, and check them.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def calc(
    volume: str | None,
    layers: tuple[str, ...],
    source: str | None,
    steps: bool,
    batch: int | None,
    as_keras: bool,
    predict: bool,
    as_json: bool,
) -> None:
    """Calculate what LAYERS make of an input VOLUME of width x height x depth.

    \b
    cnn-tui calc 150x150x3 conv:k=16,f=3,s=1,p=0
    cnn-tui calc 150x150x3 conv:k=16,f=3 maxpool:f=2 flatten dense:k=10
    cnn-tui calc --from model.keras --batch 32

    k filters (or units), f filter size, s stride, p padding (a number, same or valid),
    d dilation. Different values for width and height are written f=3x5.

    FILE may hold such a line, the JSON of Keras's model.to_json(), or be a .keras or .h5 file of
    model.save, or the model.json of TensorFlow.js, also of a model with branches. It is read as
    data. cnn-tui look FILE takes the same files, and runs a network with its weights.
    """
    if as_keras + predict + as_json > 1:
        raise click.UsageError("--keras, --predict and --json print different things: choose one.")
    if predict and source == "-":
        raise click.UsageError("--predict reads the answers from standard input: name a file.")
    try:
        found = _network(volume, layers, source)
        if isinstance(found, bytes | str):
            name = "standard input" if source == "-" else clean(Path(source or "").name, 60)
            if not (steps or as_keras or predict):
                graph = other_than_a_chain(found, name)
                if graph is not None:
                    sys.exit(print_graph(graph, batch=batch, as_json=as_json, width=_columns()))
            found = _chain(found, name)
    except GeometryError as error:
        raise click.UsageError(error_text(error)) from error
    network = found.network
    rows = trace_network(network)
    for note in found.notes:
        click.echo(f"note: {clean(note)}", err=True)
    failed = next((row for row in rows if row.error), None)
    if as_keras and failed is None:
        click.echo(code_text(keras_code(network)), nl=False)
    elif as_keras and failed is not None and failed.error is not None:
        # Nothing on standard output: it may be going into a file.
        click.echo(f"{failed.name} does not fit: {failed.error.message}", err=True)
    elif as_json:
        totals = network_totals(rows)
        records = [row_json(row, totals) for row in rows]
        click.echo(json_text(json.dumps(records, indent=2, ensure_ascii=False)))
    elif predict:
        answers = _standard_input()
        ask(rows, answers, echo=not answers.isatty())
        if failed is not None and failed.error is not None:
            click.echo(f"{failed.name} does not fit: {failed.error.message}")
    else:
        click.echo(
            "\n".join(report(rows, network.input, steps=steps, batch=batch, width=_columns()))
        )
    if failed is not None:
        sys.exit(1)


def _columns() -> int | None:
    """Return the width of the terminal; None if the output goes elsewhere."""
    return shutil.get_terminal_size((80, 24)).columns if sys.stdout.isatty() else None


def _chain(found: str | bytes, name: str) -> Imported:
    """Return the network in a file, for the calculator.

    Raises:
        GeometryError: if it is not a chain of layers; the message says how to see other models.
    """
    try:
        return read_network(found, name)
    except GeometryError as error:
        try:
            read_graph(found, name)
        except GeometryError:
            raise error from None
        raise GeometryError(
            f"{error.message.rstrip('.')}. Without --steps, --keras and --predict, and with "
            "cnn-tui look FILE, all that is known of its layers is shown."
        ) from None


def _network(
    volume: str | None, layers: tuple[str, ...], source: str | None
) -> Imported | str | bytes:
    """Return the network given as arguments, or the content of the file that describes one."""
    if source is None and volume is None:
        raise click.UsageError("Give an input volume such as 150x150x3, or --from FILE.")
    if source is None:
        return Imported(parse_network(" ".join((volume or "", *layers))))
    if volume is not None:
        raise click.UsageError(
            f"--from {clean(source, 60)} and {clean(volume, 60)} are two networks: give one."
        )
    if source != "-":
        return file_description(Path(source))
    stream = _standard_input()
    try:
        return stream_description(cast("IO[bytes]", stream.buffer), "standard input")
    except OSError as error:
        raise click.UsageError(f"Standard input cannot be read: {error.strerror}.") from error


def _standard_input() -> io.TextIOWrapper:
    """Return standard input with undecodable bytes replaced; empty if it is closed."""
    stream: object = sys.stdin
    if not isinstance(stream, io.TextIOWrapper):
        return io.TextIOWrapper(io.BytesIO())
    stream.reconfigure(errors="replace")
    return stream


_TRIES = 3  # attempts to type a number at all; a wrong number is checked at once
_LONGEST = 200


def ask(rows: Iterable[Row], answers: TextIO, *, echo: bool) -> None:
    """Ask for W2, H2, D2 and the parameters of each layer, and check every answer.

    Args:
        rows: the traced rows; layers that do not fit are skipped.
        answers: the answers, one per line. An empty line skips a question, the end of the
            file ends the questions.
        echo: whether to print the answers, for a transcript of piped input.
    """
    right = asked = skipped = 0
    for quantity, effect in _questions(rows):
        given = _answer(quantity, answers, echo=echo)
        if given is None:
            click.echo("")
            break
        expected = right_answer(quantity, effect)
        if given == "":
            skipped += 1
            click.echo(f"  skipped: {_steps(quantity, effect)}")
            continue
        asked += 1
        if given == expected:
            right += 1
            click.echo("  right")
            continue
        assert isinstance(given, int)
        slip = diagnose(quantity, effect, given)
        click.echo(f"  {slip.sentence if slip else 'no: ' + _steps(quantity, effect)}")
    click.echo("")
    click.echo(f"{right} of {asked} right" + (f", {skipped} skipped" if skipped else ""))


def _questions(rows: Iterable[Row]) -> Iterator[tuple[Quantity, Effect]]:
    """Yield every question, printing each layer before its first one."""
    for row in rows:
        if row.effect is None:
            continue
        click.echo("")
        click.echo(f"{row.name}  ({format_layer(row.layer)})  receives {row.effect.input}")
        asks: tuple[Quantity, ...] = ("W2", "H2", "D2", "parameters")
        for quantity in asks if isinstance(row.effect.output, Volume) else asks[-1:]:
            yield quantity, row.effect


def _answer(quantity: Quantity, answers: TextIO, *, echo: bool) -> int | str | None:
    """Read a number; "" skips the question, None is the end of the input."""
    for _ in range(_TRIES):
        click.echo(f"  {quantity} = ", nl=False)
        line = answers.readline(_LONGEST)
        if not line:
            return None
        typed = line.strip()
        if echo:
            click.echo(typed if typed.isprintable() else "…")
        if not typed:
            return ""
        try:
            return read_number(typed)
        except NotANumber as error:
            click.echo(f"  {error}")
    return ""


def _steps(quantity: Quantity, effect: Effect) -> str:
    """Return the steps to the right answer."""
    texts = formula(effect)
    steps = {
        "W2": texts.width,
        "H2": texts.height,
        "D2": texts.depth,
        "parameters": texts.parameters,
        "macs": texts.macs,
    }[quantity]
    answer = f"{right_answer(quantity, effect):,}"
    return steps if f"= {answer}" in steps else f"{quantity} = {answer}"
