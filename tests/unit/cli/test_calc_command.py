"""`cnn-tui calc`: one layer, a table of many, questions, Keras code, and files."""

from __future__ import annotations

import ast
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.unit.keras_io.keras_texts import archive, conv, functional, layer, sequential
from tui.cli.calculator.calc_text import report
from tui.cli.command import cli
from tui.geometry import format_network, parse_network, to_dict, trace_network

COURSE = "150x150x3 conv:k=16,f=3 maxpool:f=2 conv:k=32,f=3 maxpool:f=2 flatten dense:k=10"


def calc(*arguments: str, typed: str | bytes = "") -> Result:
    """Run the command; a traceback is never an answer."""
    result = CliRunner().invoke(cli, ["calc", *arguments], input=typed)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def test_a_single_layer_is_printed_as_ever() -> None:
    result = calc("150x150x3", "conv:k=16,f=3")
    assert result.exit_code == 0
    assert result.output == (
        "input 150×150×3\n\nconv2d  (conv:k=16,f=3)\n"
        "  output      148×148×16\n"
        "  width       W2 = (W1 − F + 2P)/S + 1 = (150 − 3 + 2·0)/1 + 1 = 148\n"
        "  height      H2 = (H1 − F + 2P)/S + 1 = (150 − 3 + 2·0)/1 + 1 = 148\n"
        "  depth       D2 = K = 16\n"
        "  parameters  (3·3·3 + 1)·16 = 448\n"
        "  MACs        148·148·16·27 = 9,462,528\n"
        "  fit         fits exactly\n"
    )


def test_many_layers_are_a_table() -> None:
    result = calc(*COURSE.split())
    assert result.exit_code == 0
    table = [text.split() for text in result.output.splitlines()]
    assert table[2] == ["layer", "output", "parameters", "share", "MACs", "field", "jump", "start"]
    assert table[4] == ["max_pooling2d", "74×74×16", "0", "0.0%", "0", "4", "2", "0"]
    assert table[5] == ["conv2d_1", "72×72×32", "4,640", "1.1%", "23,887,872", "8", "2", "0"]
    assert table[7] == ["flatten", "41472", "0", "0.0%", "0", "–", "–", "–"]
    assert "total         419,818 parameters, 33,765,120 MACs" in result.output
    assert "W2 = " not in result.output
    assert max(map(len, result.output.splitlines())) <= 80


def test_steps_show_the_arithmetic_of_every_layer() -> None:
    result = calc(*COURSE.split(), "--steps")
    assert result.output.count("W2 = ") == 4
    assert "  parameters  (41,472 + 1)·10 = 414,730" in result.output


def test_rounding_and_what_does_not_fit_stand_under_the_table() -> None:
    result = calc("9x6x1", "maxpool:f=2", "conv:k=2,f=3", "conv:k=2,f=3", "flatten")
    assert result.exit_code == 1
    assert "max_pooling2d: W: S = 2 does not divide 9 − 2 = 7" in result.output
    assert "conv2d_1 does not fit: the filter is 3" in result.output
    assert "\nflatten        waits\n" in result.output
    assert "total" not in result.output


def test_not_square_fields_say_both_numbers() -> None:
    result = calc("20x10x3", "conv:k=2,f=3x5,s=1x2,p=1x2", "flatten")
    assert "3×5   1×2  -1×-2" in result.output


@pytest.mark.parametrize(("batch", "megabytes"), [("1", "2.4"), ("32", "77.3")])
def test_the_memory_of_a_batch(batch: str, megabytes: str) -> None:
    result = calc(*COURSE.split()[:4], "--batch", batch)
    # 148·148·16 + 74·74·16 + 72·72·32 values of four bytes
    values = 148 * 148 * 16 + 74 * 74 * 16 + 72 * 72 * 32
    assert f"{values * int(batch) * 4 / 1e6:.1f}" == megabytes
    last = result.output.splitlines()[-1]
    assert f"{values:,} values an image: {megabytes} MB for a batch of {batch}" in last
    assert " MB\n" in result.output
    assert "MB for a batch" in calc("9x9x1", "flatten", "--batch", batch).output


def test_json_keeps_its_fields_and_has_new_ones() -> None:
    result = calc(*COURSE.split(), "--json")
    first, *_, last = json.loads(result.output)
    assert first["output"] == {"width": 148, "height": 148, "depth": 16}
    assert first["receptive"] == {"size": [3, 3], "jump": [1, 1], "start": [0, 0]}
    assert first["activations"] == 148 * 148 * 16
    assert first["formula"]["parameters"] == "(3·3·3 + 1)·16 = 448"
    assert set(first) >= {"name", "layer", "parameters", "macs", "fits", "unread"}
    assert last["output"] == {"size": 10} and last["receptive"] is None
    assert last["share"] == pytest.approx(414730 / 419818, abs=1e-6)
    error, waiting = json.loads(calc("2x2x1", "conv:k=1,f=3", "flatten", "--json").output)
    assert error["field"] == "kernel" and waiting["waiting"] is True


def test_keras_code_alone_on_standard_output() -> None:
    result = calc(*COURSE.split(), "--keras")
    assert result.exit_code == 0
    ast.parse(result.stdout)
    assert "layers.Dense(units=10)" in result.stdout
    bad = calc("2x2x1", "conv:k=1,f=3", "--keras")
    assert (bad.exit_code, bad.stdout) == (1, "")
    assert "conv2d does not fit" in bad.stderr


def test_predicting_judges_each_answer() -> None:
    typed = "148\n150\n\nabc\n432\n74\n74\n16\n0\n0\n"
    result = calc("150x150x3", "conv:k=16,f=3", "maxpool:f=2", "flatten", "--predict", typed=typed)
    assert result.exit_code == 0
    said = result.output
    assert "W2 = 148\n  right\n" in said
    assert "H2 = 150\n  That is H1" in said
    assert "D2 = \n  skipped: D2 = K = 16" in said
    assert "parameters = abc\n  “abc” is not a whole number" in said
    assert "parameters = 432\n  You left out the bias" in said
    assert said.endswith("\n6 of 8 right, 1 skipped\n")
    assert "max_pooling2d  (maxpool:f=2)  receives 148×148×16" in said


def test_an_answer_that_no_slip_explains_gets_the_steps() -> None:
    result = calc("150x150x3", "conv:k=16,f=3", "--predict", typed="9\n")
    assert "no: W2 = (W1 − F + 2P)/S + 1 = (150 − 3 + 2·0)/1 + 1 = 148" in result.output
    assert "no: parameters = 0" in calc("8x8x1", "flatten", "--predict", typed="9\n").output


@pytest.mark.parametrize("typed", [b"", b"148\n", b"148", b"\xff\xfe\x1b[2J\n", b"x\n" * 500])
def test_predicting_ends_with_its_input(typed: bytes) -> None:
    result = calc("150x150x3", "conv:k=16,f=3", "--predict", typed=typed)
    assert result.exit_code == 0
    assert " right" in result.output.splitlines()[-1]
    assert "\x1b" not in result.output


def test_predicting_what_does_not_fit() -> None:
    result = calc("5x5x1", "conv:k=1,f=3", "conv:k=1,f=9", "--predict", typed="3\n3\n1\n10\n")
    assert result.exit_code == 1
    assert "4 of 4 right" in result.output and "conv2d_1 does not fit" in result.output


def forms() -> dict[str, str | bytes]:
    """Return one network in all four forms."""
    line = "8x8x3 conv:k=4,f=3,p=1 flatten"
    pad = layer("ZeroPadding2D", padding=[[1, 1], [1, 1]])
    text = sequential(pad, conv(), layer("Flatten"))
    return {
        "line.txt": line,
        "own.json": json.dumps(to_dict(parse_network(line))),
        "keras.json": text,
        "model.keras": archive(text, method=zipfile.ZIP_DEFLATED),
    }


@pytest.mark.parametrize("name", forms())
@pytest.mark.parametrize("piped", [False, True])
def test_a_network_from_a_file_of_any_form(tmp_path: Path, name: str, piped: bool) -> None:
    content = forms()[name]
    data = content if isinstance(content, bytes) else content.encode()
    path = tmp_path / name
    path.write_bytes(data)
    result = calc("--from", "-", typed=data) if piped else calc("--from", str(path))
    assert result.exit_code == 0
    wanted = calc("8x8x3", "conv:k=4,f=3,p=1", "flatten").stdout
    if "keras" in name:  # the file's own name for the layer is kept
        wanted = wanted.replace("conv2d ", "conv   ")
    assert result.stdout.split() == wanted.split()
    assert ("note: " in result.stderr) == ("keras" in name)


def test_predicting_a_network_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "net").write_text("9x9x1 flatten")
    assert "1 of 1 right" in calc("--from", str(tmp_path / "net"), "--predict", typed="0\n").output


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ([], "Give an input volume"),
        (["9x9"], "lacks the depth"),
        (["9x9x1", "maxpol"], "did you mean maxpool"),
        (["9x9x1", "--json", "--keras"], "choose one"),
        (["9x9x1", "--from", "x"], "two networks"),
        (["--from", "nothing\x1b[2J"], "cannot be read: No such file"),
        (["--from", "."], "is a folder: name the file in it"),
        (["--from", "-", "--predict"], "name a file"),
        (["--from", "-"], "standard input: the line is empty"),
        (["9x9x1", "--batch", "0"], "0 is not in the range"),
    ],
)
def test_wrong_usage_ends_in_a_sentence(arguments: list[str], part: str) -> None:
    result = calc(*arguments)
    assert result.exit_code == 2
    assert part in result.stderr and "\x1b" not in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04nonsense", b"{" * 100_000, b"\xff" * 1000, b"import keras", b"x" * 10**6]
)
def test_a_bad_file_ends_in_a_sentence(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "bad\n\x1b[2Jname"
    path.write_bytes(data)
    for result in (calc("--from", str(path)), calc("--from", "-", typed=data)):
        assert result.exit_code == 2 and result.stdout == ""
        assert len(result.stderr) < 700 and "\x1b" not in result.stderr


def test_the_endless_file() -> None:
    assert calc("--from", "/dev/zero").exit_code == 2


def test_one_line_of_a_network_can_be_given_back(tmp_path: Path) -> None:
    network: Any = parse_network(COURSE)
    path = tmp_path / "net"
    path.write_text(format_network(network))
    assert calc("--from", str(path)).stdout == calc(*COURSE.split()).stdout


def residual(*after: Any) -> str:
    """Return the description of a network in which two branches meet."""
    layers = (conv("a", padding="same"), conv("b", padding="same"), layer("Add", "sum"), *after)
    links = {"a": ["input"], "b": ["a"], "sum": ["a", "b"]}
    before = "sum"
    for one in after:
        links[one["config"]["name"]] = [before]
        before = one["config"]["name"]
    return functional(links, *layers)


def test_a_model_with_branches_is_a_table_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "net.keras"
    path.write_bytes(archive(residual(layer("Flatten", "flat"))))
    for result in (
        calc("--from", str(path), "--batch", "2"),
        calc("--from", "-", "--batch", "2", typed=path.read_bytes()),
    ):
        assert result.exit_code == 0, result.output
        table = [text.split() for text in result.output.splitlines()]
        assert table[0] == ["input", "8×8×3"]
        assert table[5] == ["sum", "8×8×4", "0", "0", "5", "1", "0.002", "Add", "a", "+", "b"]
        assert table[6] == ["flat", "256", "0", "0", "–", "–", "0.002", "Flatten"]
        assert "4 layers, 260 parameters (260 trained), 16,128 MACs" in result.output
    looked = CliRunner().invoke(cli, ["look", str(path)])
    assert looked.exit_code == 0 and "4 layers, 260 parameters" in looked.output
    asked = CliRunner().invoke(cli, ["look", str(path), "--image", "x.jpg"])
    assert asked.exit_code == 2 and "add --run-file to run it" in asked.output
    for option in ("--keras", "--predict", "--steps"):
        refused = calc("--from", str(path), option)
        assert refused.exit_code == 2 and "Only a plain chain" in refused.output


def test_a_model_with_branches_as_json(tmp_path: Path) -> None:
    path = tmp_path / "net.json"
    path.write_text(residual({**layer("Mine", "odd\x1b"), "module": "mine"}))
    result = calc("--from", str(path), "--json")
    assert result.exit_code == 1
    records = json.loads(result.output)
    assert records[2] == {
        "name": "sum",
        "class": "Add",
        "inside": [],
        "from": ["a", "b"],
        "output": {"width": 8, "height": 8, "depth": 4},
        "parameters": 0,
        "trainable": 0,
        "macs": 0,
        "receptive": {"size": [5, 5], "jump": [1, 1], "start": [-2, -2]},
    }
    assert records[3]["output"] is None and "not of Keras" in records[3]["problem"]
    plain = calc("--from", str(path))
    assert plain.exit_code == 1 and "\x1b" not in plain.output
    assert "at least 260 parameters" in plain.output


def test_no_number_is_broken_where_a_terminal_ends() -> None:
    network = parse_network(
        "1000000x1000000x1000000 conv:k=1000000,f=999 conv:k=1000000,f=3x1,p=same globalavg"
    )
    rows = trace_network(network)
    exact = " ".join(report(rows, network.input, steps=True, batch=10**6)).split()
    for width in (60, 80, 120):
        lines = report(rows, network.input, steps=True, batch=10**6, width=width)
        assert max(map(len, lines)) <= width
        assert "996,009,984,016,988,004,000,000,000,000" in " ".join(lines).split()
        assert {"999,002", "1001×999", "-1×0"} <= set(" ".join(lines).split()) & set(exact)
