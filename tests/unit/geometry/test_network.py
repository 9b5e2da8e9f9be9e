"""Tracing: rows that wait, names, totals, fields and boxes."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.unit.geometry.strategies import networks
from tui.geometry import (
    Box,
    GeometryError,
    Network,
    Pair,
    Volume,
    field_of,
    network_totals,
    output_shape,
    parse_network,
    trace_network,
)


def test_rows_after_a_misfit_wait() -> None:
    rows = trace_network(parse_network("5x5x1 conv:k=1,f=3 conv:k=1,f=4 flatten dense:k=2"))
    assert [bool(row.effect) for row in rows] == [True, False, False, False]
    assert rows[1].error is not None and rows[1].error.field == "kernel"
    assert [row.waiting for row in rows] == [False, False, True, True]
    totals = network_totals(rows)
    assert (totals.parameters, totals.complete) == (10, False)
    assert totals.share(rows[1]) == 0


def test_an_input_out_of_range_is_the_first_rows_error() -> None:
    rows = trace_network(Network(Volume(0, 5, 1), parse_network("5x5x1 flatten").layers))
    assert rows[0].error is not None and rows[0].error.field == "width"


def test_no_layers() -> None:
    network = Network(Volume(5, 5, 1))
    assert trace_network(network) == ()
    assert output_shape(network) == Volume(5, 5, 1)
    assert network_totals(()).macs == 0


@given(networks)
def test_rows_join(network: Network) -> None:
    rows = trace_network(network)
    assert len({row.name for row in rows}) == len(rows) == len(network.layers)
    shape: object = network.input
    for row in rows:
        assert [row.effect is not None, row.error is not None, row.waiting].count(True) == 1
        if row.effect:
            assert row.effect.input == shape
            shape = row.effect.output
    complete = all(row.effect for row in rows)
    assert output_shape(network) == (shape if complete else None)
    totals = network_totals(rows)
    if totals.parameters:
        assert sum(map(totals.share, rows)) == pytest.approx(1)


@given(networks)
def test_boxes_agree_with_the_receptive_field(network: Network) -> None:
    rows = trace_network(network)
    for row in rows:
        if row.effect is None:
            break
        if row.receptive_field is None:
            continue
        out = row.effect.output
        assert isinstance(out, Volume)
        for x, y in {(0, 0), (out.width - 1, out.height - 1), (out.width // 2, 0)}:
            last = field_of(rows, row.index, x, y)[-1]
            first, final = row.receptive_field.span(x, y)
            assert last.index == -1
            assert last.unclipped == Box(*first, *final)
            if last.box.empty:  # all that is read is padding
                continue
            # Clipping layer by layer can only drop more than clipping at the end.
            end = last.unclipped.clipped(network.input.plane)
            assert end.x0 <= last.box.x0 and last.box.x1 <= end.x1
            assert end.y0 <= last.box.y0 and last.box.y1 <= end.y1


def test_an_odd_same_padding_shifts_the_field() -> None:
    rows = trace_network(parse_network("150x150x1 conv:k=1,f=3,s=2,p=same"))
    receptive = rows[0].receptive_field
    assert receptive is not None
    assert (receptive.size, receptive.jump, receptive.start) == ((3, 3), (2, 2), (0, 0))
    last = field_of(rows, 0, 74, 0)[-1]
    assert (last.unclipped, last.box) == (Box(148, 0, 150, 2), Box(148, 0, 149, 2))


def test_flattened_values_know_their_cell() -> None:
    rows = trace_network(parse_network("4x3x2 flatten dense:k=2"))
    assert field_of(rows, 0, 2 * (4 * 1 + 3) + 1)[-1].box == Box(3, 1, 3, 1)
    assert field_of(rows, 1, 0)[-1].box == Box(0, 0, 3, 2)
    assert rows[0].receptive_field is None


def test_gaps_of_a_transposed_layer_have_no_source() -> None:
    rows = trace_network(parse_network("3x3x1 transposed:k=1,f=1,s=3"))
    assert field_of(rows, 0, 3, 0)[-1].box == Box(1, 0, 1, 0)
    assert field_of(rows, 0, 4, 0)[-1].box.empty


@pytest.mark.parametrize(
    ("index", "x", "y"), [(5, 0, 0), (-1, 0, 0), (0, 3, 0), (0, 0, -1), (1, 0, 0)]
)
def test_places_outside_are_refused(index: int, x: int, y: int) -> None:
    rows = trace_network(parse_network("5x5x1 conv:k=1,f=3 conv:k=1,f=4"))
    with pytest.raises(GeometryError):
        field_of(rows, index, x, y)


def test_the_step_between_fields() -> None:
    rows = trace_network(parse_network("20x20x1 conv:k=1,f=3,d=2 maxpool:f=2 conv:k=1,f=3"))
    receptive = rows[2].receptive_field
    assert receptive is not None
    assert (receptive.size, receptive.jump) == (Pair(10, 10), Pair(2, 2))
