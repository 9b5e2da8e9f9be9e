"""`cnn-tui explain`: what an error message of Keras or TensorFlow means."""

from __future__ import annotations

import codecs
import json
import sys
from pathlib import Path
from typing import IO, cast

import click

from tui.cli.complete import complete_file
from tui.common.streams import json_text, terminals
from tui.common.text import clean
from tui.geometry import GeometryError, Network, format_network, parse_network
from tui.keras_io.errors import PastedText, read_pasted_text
from tui.keras_io.errors.error_message import MAX_CHARACTERS
from tui.keras_io.network_files import network_from_file

_CHUNK = 1024 * 1024
_MOST_BYTES = 256 * 1024 * 1024
_KEPT = 4 * MAX_CHARACTERS  # a character has at most four bytes
_UNKNOWN = 1


@click.command()
@click.argument("source", metavar="[FILE|-]", default="-", shell_complete=complete_file)
@click.option(
    "--network",
    "given",
    metavar="LINE|FILE",
    help="The network that the message is about: on one line, or a file that calc --from reads.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def explain(source: str, given: str | None, as_json: bool) -> None:
    """Explain an error message of Keras or TensorFlow, of any version.

    \b
    python train.py 2>&1 | cnn-tui explain
    cnn-tui explain error.txt --network '28x28x1 conv:k=8,f=3 dense:k=10'

    FILE contains the message, the whole traceback, or a part of either; without FILE, or with -,
    it is read from standard input. With --network the explanation names the layer. A table of
    model.summary() is read as a network.

    Exit status: 0 explained (or a network), 1 unknown message: what could be read in it is printed;
    2 wrong usage, a file that cannot be read, or no text in it.
    """
    network = _network(given) if given is not None else None
    text = _text(source)
    pasted = read_pasted_text(text, network)
    if as_json:
        click.echo(json_text(json.dumps(_record(pasted), indent=2, ensure_ascii=False)))
    else:
        click.echo("\n".join(clean(line) for line in pasted.lines()))
    known = pasted.network is not None or (
        pasted.explanation is not None and pasted.explanation.is_known
    )
    sys.exit(0 if known else _UNKNOWN)


def _network(given: str) -> Network:
    try:
        path = Path(given)
        if len(given) < 1000 and "\n" not in given and path.is_file():
            return network_from_file(path).network
        return parse_network(given)
    except (GeometryError, OSError, ValueError) as error:
        message = error.message if isinstance(error, GeometryError) else str(error)
        raise click.UsageError(f"--network: {clean(message, 300)}") from None


def _text(source: str) -> str:
    """Return the text of a file or of standard input; only the end of a long one."""
    name = "standard input" if source == "-" else clean(source, 100)
    try:
        if source == "-":
            if terminals(sys.stdin):
                click.echo("Paste the message, then press ctrl+d on a line of its own.", err=True)
            stream = getattr(sys.stdin, "buffer", None)
            data, cut = _end_of(cast("IO[bytes]", stream)) if stream is not None else (b"", False)
        else:
            with Path(source).open("rb") as file:
                data, cut = _end_of(file)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise click.UsageError(
            f"{name} cannot be read: {clean(why, 100)}. Name a file that holds the message, or "
            "send it through a pipe."
        ) from None
    text, sound = _decoded(data)
    if not text.strip():
        raise click.UsageError(f"{name} is empty: give it the words of an error message.")
    if text.count("\0") > len(text) // 20 or text.count("\ufffd") > len(text) // 4:
        raise click.UsageError(
            f"{name} holds no text: give it the words of an error message. (The layers of a model "
            "file are shown by cnn-tui calc --from FILE.)"
        )
    if cut:
        click.echo(f"note: {name} is long: its end is read.", err=True)
    if not sound:
        click.echo(f"note: {name} is not UTF-8: some characters are lost.", err=True)
    return text


def _end_of(stream: IO[bytes]) -> tuple[bytes, bool]:
    """Return the end of a stream, and whether the beginning was left out."""
    kept, total = b"", 0
    while chunk := stream.read(_CHUNK):
        total += len(chunk)
        kept = (kept + chunk)[-_KEPT:]
        if total > _MOST_BYTES:
            raise ValueError(f"more than {_MOST_BYTES // 2**20} MiB came")
    return kept, total > len(kept)


def _decoded(data: bytes) -> tuple[str, bool]:
    """Return decoded text, and whether all of it could be decoded."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace"), True  # a log that PowerShell wrote
    try:
        return data.decode("utf-8-sig"), True
    except UnicodeDecodeError as error:
        text = data.decode("utf-8-sig", "replace")
        return text, error.start < 4 and len(data) == _KEPT  # only cut within a character


def _record(pasted: PastedText) -> dict[str, object]:
    """Return the answer as values for JSON."""
    if pasted.network is not None:
        found = pasted.network
        return {
            "kind": "network",
            "network": format_network(found.network),
            "notes": list(found.notes),
        }
    if pasted.explanation is None:
        return {"kind": "unknown", "known": False, "what": pasted.refusal}
    answer = pasted.explanation
    return {
        "kind": answer.kind,
        "known": answer.is_known,
        "what": answer.what,
        "cure": answer.cure,
        "guess": answer.guess,
        "layer": None if answer.row is None else answer.row + 1,
        "read": list(answer.facts),
        "nearest": [change.sentence for change in answer.changes],
        "pattern": answer.pattern,
    }
