"""Formulas, sentences, nearest fits, slips and working backwards."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.geometry.strategies import layers, volumes, windows
from tui.geometry import (
    QUANTITIES,
    Bounds,
    Effect,
    GeometryError,
    Layer,
    MaxPool2D,
    Pair,
    Volume,
    apply_layer,
    diagnose,
    fit_sentence,
    formula,
    nearest_fits,
    parse_layer,
    right_answer,
    slips,
    solve,
    solve_chain,
    trace_network,
)


def _effect(word: str, volume: str) -> Effect:
    return apply_layer(parse_layer(word), Volume.parse(volume))


@pytest.mark.parametrize(
    ("word", "volume", "width"),
    [
        (
            "conv:k=16,f=3",
            "150x150x3",
            "W2 = (W1 − F + 2P)/S + 1 = (150 − 3 + 2·0)/1 + 1 = 148",
        ),
        (
            "conv:k=16,f=3,s=2",
            "150x150x3",
            "W2 = ⌊(W1 − F + 2P)/S⌋ + 1 = ⌊(150 − 3 + 2·0)/2⌋ + 1 = ⌊73.5⌋ + 1 = 74",
        ),
        (
            "conv:k=1,f=3,d=2,p=1",
            "9x9x1",
            "Fd = 2·(3 − 1) + 1 = 5; W2 = (W1 − Fd + 2P)/S + 1 = (9 − 5 + 2·1)/1 + 1 = 7",
        ),
        (
            "conv:k=1,f=3,s=2,p=same",
            "150x150x1",
            "W2 = ⌈W1/S⌉ = ⌈150/2⌉ = 75, padded 0 left + 1 right",
        ),
        ("maxpool:f=2", "148x148x16", "W2 = (W1 − F)/S + 1 = (148 − 2)/2 + 1 = 74"),
        (
            "transposed:k=1,f=3,s=2",
            "9x9x1",
            "W2 = (W1 − 1)·S + max(F, S) = (9 − 1)·2 + max(3, 2) = 19",
        ),
        (
            "transposed:k=1,f=3,s=3,o=2",
            "9x7x1",
            "W2 = (W1 − 1)·S + F + OP = (9 − 1)·3 + 3 + 2 = 29",
        ),
        (
            "transposed:k=1,f=5,s=2,p=same,o=0",
            "29x23x1",
            "W2 = (W1 − 1)·S + (F mod 2) + OP = (29 − 1)·2 + 1 + 0 = 57",
        ),
        ("zeropad:p=2x1", "9x9x1", "W2 = W1 + 2P = 9 + 2·2 = 13"),
    ],
)
def test_the_width_written_out(word: str, volume: str, width: str) -> None:
    assert formula(_effect(word, volume)).width == width


def test_the_counts_written_out() -> None:
    lines = formula(_effect("conv:k=16,f=3", "150x150x3"))
    assert lines.depth == "D2 = K = 16"
    assert lines.parameters == "(3·3·3 + 1)·16 = 448"
    assert lines.macs == "148·148·16·27 = 9,462,528"
    assert formula(_effect("conv:k=16,f=3,bias=no", "9x9x3")).parameters == "3·3·3·16 = 432"


def _calculated(text: str) -> int:
    """The last sum of a line, worked out by Python instead."""
    *_, sum_, _ = text.split(" = ")
    plain = sum_.replace("·", "*").replace("−", "-").replace(",", "")
    return int(eval(re.sub(r"[⌊⌋]", "", plain)))


@given(layers, volumes)
def test_formulas_end_in_the_right_number_and_add_up(layer: Layer, volume: Volume) -> None:
    try:
        effect = apply_layer(layer, volume)
    except GeometryError:
        return
    lines = formula(effect)
    if isinstance(effect.output, Volume):
        for line, side in (
            (lines.width, effect.output.width),
            (lines.height, effect.output.height),
        ):
            assert f"= {side:,}" in line
    for line, count in ((lines.parameters, effect.parameters), (lines.macs, effect.macs)):
        assert line == "0" or line.endswith(f"= {count:,}")
        if " = " in line:
            assert _calculated("x = " + line) == count
        else:
            assert count == 0


def test_fit_sentences() -> None:
    assert fit_sentence(_effect("conv:k=1,f=3", "150x150x3")) == "fits exactly"
    assert fit_sentence(_effect("conv:k=1,f=3,s=2", "150x149x3")) == (
        "W: S = 2 does not divide 150 − 3 + 2·0 = 147: the formula gives 74.5, not an integer. "
        "Keras rounds down to 74 and never reads the last column. H: fits exactly."
    )
    both = fit_sentence(_effect("conv:k=1,f=3,s=5,p=2", "7x7x1"))
    assert both == (
        "S = 5 does not divide 7 − 3 + 2·2 = 8: the formula gives 2.6, not an integer. Keras "
        "rounds down to 2 and never reads the last 3 columns and rows (2 of padding, "
        "1 of the input)."
    )
    assert "all padding" in fit_sentence(_effect("conv:k=1,f=3,s=2,p=1", "8x8x1"))


@given(windows, volumes)
def test_nearest_fits_fit(layer: Layer, volume: Volume) -> None:
    changes = nearest_fits(layer, volume, limit=100)
    legal = True
    try:
        if apply_layer(layer, volume).fits:
            assert changes == ()
            return
    except GeometryError:
        legal = False
    seen = set()
    for change in changes:
        effect = apply_layer(change.layer, change.shape)
        assert effect.fits == change.fits
        assert change.fits or not legal
        assert change.sentence.startswith(f"{change.setting} = ")
        assert (change.layer == layer) != (change.shape == volume)
        seen.add((change.layer, change.shape))
    assert len(seen) == len(changes)
    fitting = [change.distance for change in changes if change.fits]
    assert fitting == sorted(fitting)


def test_the_nearest_kernel_is_the_nearest() -> None:
    for size, f, s in itertools.product(range(2, 25), range(1, 8), range(2, 6)):
        layer, volume = MaxPool2D(Pair.square(f), stride=Pair.square(s)), Volume(size, size, 1)
        changes = nearest_fits(layer, volume, limit=50)
        ours = [
            c.layer.pool.w for c in changes if c.setting == "F" and isinstance(c.layer, MaxPool2D)
        ]
        if size >= f and (size - f) % s == 0:
            continue
        good = [n for n in range(1, size + 1) if (size - n) % s == 0 and n != f]
        below, above = [n for n in good if n < f], [n for n in good if n > f]
        assert set(ours) == {*below[-1:], *above[:1]}, (size, f, s)


@given(layers, volumes)
def test_slips_are_wrong_and_are_recognized(layer: Layer, volume: Volume) -> None:
    try:
        effect = apply_layer(layer, volume)
    except GeometryError:
        return
    for quantity in QUANTITIES:
        try:
            right = right_answer(quantity, effect)
        except GeometryError:
            assert not isinstance(effect.output, Volume)
            continue
        found = slips(quantity, effect)
        assert right not in [slip.value for slip in found]
        assert len({slip.value for slip in found}) == len(found)
        assert diagnose(quantity, effect, right) is None
        for slip in found:
            assert diagnose(quantity, effect, slip.value) == slip
            assert re.fullmatch("[a-z0-9-]+", slip.name)
            assert slip.sentence.endswith(".")


@pytest.mark.parametrize(
    ("word", "volume", "quantity", "answer", "name"),
    [
        ("conv:k=4,f=5,p=2", "32x32x3", "W2", 28, "forgot-2p"),
        ("conv:k=4,f=5,p=2", "32x32x3", "W2", 30, "used-p"),
        ("conv:k=4,f=5,p=2", "32x32x3", "W2", 31, "forgot-plus-1"),
        ("conv:k=4,f=3,s=2", "32x32x3", "W2", 16, "rounded-up"),
        ("conv:k=4,f=3,d=2", "32x32x3", "W2", 30, "forgot-dilation"),
        ("conv:k=4,f=3", "32x20x3", "W2", 18, "swapped-w-h"),
        ("conv:k=4,f=3", "32x20x3", "H2", 30, "swapped-w-h"),
        ("conv:k=4,f=3", "32x20x3", "D2", 3, "gave-d1"),
        ("conv:k=16,f=3", "150x150x3", "parameters", 432, "forgot-bias"),
        ("conv:k=16,f=3", "150x150x3", "parameters", 433, "one-bias"),
        ("conv:k=16,f=3", "150x150x3", "parameters", 160, "forgot-d1"),
        ("conv:k=16,f=3", "150x150x3", "macs", 448, "gave-parameters"),
        ("maxpool:f=2", "8x8x4", "parameters", 16, "pooling-has-none"),
        ("maxpool:f=2", "8x8x4", "D2", 2, "halved-depth"),
        ("dense:k=10", "1x1x20", "parameters", 200, "forgot-bias"),
        ("zeropad:p=2", "8x8x4", "W2", 10, "used-p"),
    ],
)
def test_slips_by_name(word: str, volume: str, quantity: str, answer: int, name: str) -> None:
    slip = diagnose(quantity, _effect(word, volume), answer)  # type: ignore[arg-type]
    assert slip is not None and slip.name == name


def test_two_slips_with_one_value_are_both_said() -> None:
    slip = diagnose("W2", _effect("conv:k=1,f=3,p=1", "5x5x1"), 4)
    assert slip is not None
    assert "+ 1" in slip.sentence and "added P once" in slip.sentence


def test_a_vector_has_no_width() -> None:
    with pytest.raises(GeometryError, match="has no W2"):
        right_answer("W2", _effect("flatten", "4x4x1"))


@given(st.integers(1, 30), st.integers(1, 30))
def test_solving_backwards_is_complete(before: int, after: int) -> None:
    bounds = Bounds(kernel=(1, 7), stride=(1, 3), padding=(0, 3), dilation=(1, 2))
    found = solve(before, after, bounds=bounds)
    expected = set()
    for f, s, p, d in itertools.product(range(1, 8), range(1, 4), range(4), range(1, 3)):
        room = before + 2 * p - (d * (f - 1) + 1)
        if room >= 0 and room // s + 1 == after:
            expected.add((f, s, p, d, room % s == 0))
    assert {(x.kernel, x.stride, x.padding, x.dilation, x.exact) for x in found} == expected
    assert len(found) == len(expected)
    assert [x.exact for x in found] == sorted((x.exact for x in found), reverse=True)
    assert all(x.builds == (x.stride == 1 or x.dilation == 1) for x in found)


def test_a_search_that_is_not_wanted_any_more_ends() -> None:
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    assert {one.kernel for one in solve(90, 1, bounds=Bounds(kernel=(1, 99)), stop=stop)} <= {
        1, 2, 3,
    }  # fmt: skip
    assert asked == 4
    assert solve_chain(Volume(224, 224, 3), Pair(7, 7), stop=lambda: True) == ()


def test_solving_refuses_what_would_take_forever() -> None:
    with pytest.raises(GeometryError, match="combinations") as raised:
        solve(100, 10, bounds=Bounds(kernel=(1, 100_000), stride=(1, 100)))
    assert "F 1 to 100,000" in raised.value.message and "Bounds(" not in raised.value.message
    with pytest.raises(GeometryError):
        solve(0, 1)


@pytest.mark.parametrize("start", [Volume(150, 150, 3), Volume(28, 28, 1), Volume(64, 48, 3)])
def test_chains_fit_and_arrive(start: Volume) -> None:
    chains = solve_chain(start, Pair(7, 7))
    assert chains
    assert len(set(chains)) == len(chains)
    lengths = [len(chain.layers) for chain in chains]
    assert lengths == sorted(lengths)
    for chain in chains:
        effects = [row.effect for row in trace_network(chain)]
        assert all(effect is not None and effect.fits for effect in effects)
        last = effects[-1]
        assert last is not None and isinstance(last.output, Volume)
        assert last.output.width <= 7 and last.output.height <= 7


def test_chains_of_one_kind() -> None:
    for kind in ("conv", "maxpool"):
        for chain in solve_chain(Volume(16, 16, 1), Pair(8, 8), kinds=(kind,)):
            assert {layer.kind for layer in chain.layers} == {kind}
    with pytest.raises(GeometryError, match="cannot be chained"):
        solve_chain(Volume(8, 8, 1), Pair(4, 4), kinds=("dense",))
