"""Pixel values that are too large or too small for a network."""

from __future__ import annotations

import msgspec
import pytest

from tests.unit.runs.test_network_check import RAW, TEN, cure, judged
from tui.datasets import LoaderSettings

BODY = "conv:k=8,f=3,a=relu flatten dense:k=10,a=softmax"


PIXELS = [
    (TEN, "rescaling:scale=0.00392157", "between 0 and 0.00392, which is too small", ""),
    (TEN, "rescaling:scale=1/255", "divides the pixels by 255, and the network begins with", ""),
    (TEN, "rescaling:scale=1/127.5,offset=-1", "between −1 and −0.992", ""),
    (TEN, "rescaling:scale=1/255 batchnorm", "what reaches batch_normalization", "batchnorm"),
    (TEN, "rescaling:scale=255", "between 0 and 255, which is too large", ""),
    (TEN, "rescaling:scale=-255", "between −255 and 0, which is too large", ""),
    (TEN, "rescaling:scale=1,offset=100", "between 100 and 101", ""),
    (
        TEN,
        "zeropad:p=1 dropout:rate=0.1 rescaling:scale=1/255",
        "too small",
        "zeropad:p=1 dropout:rate=0.1",
    ),
    (RAW, "", "leaves the pixels from 0 to 255", "rescaling:scale=1/255"),
    (RAW, "rescaling:scale=255", "between 0 and 6.5e+04", "rescaling:scale=1/255"),
    (
        RAW,
        "rescaling:scale=1/255 rescaling:scale=1/255",
        "too small",
        "rescaling:scale=1/255",
    ),
]


@pytest.mark.parametrize(("settings", "begin", "said", "corrected"), PIXELS)
def test_pixels_of_a_wrong_size_are_asked_about_with_the_cure(
    settings: LoaderSettings, begin: str, said: str, corrected: str
) -> None:
    (found,) = judged(f"{begin} {BODY}", settings)
    assert (found.severity, found.about) == ("question", "pixels")
    assert said in found.sentence
    assert cure((found,)) == f"{corrected} {BODY}".strip()


def test_a_loader_that_does_not_rescale_is_reported_where_to_do_it() -> None:
    (found,) = judged(BODY, RAW)
    assert found.cure == (
        "Change it: put rescaling:scale=1/255 before conv:k=8,f=3,a=relu. Or divide the pixels by "
        "255 (the rescale divisor, under 3 Data)."
    )
    twice = msgspec.structs.replace(TEN, rescale_divisor=65025.0)
    (found,) = judged(BODY, twice)
    assert "divides the pixels by 65025" in found.sentence and found.network is not None
