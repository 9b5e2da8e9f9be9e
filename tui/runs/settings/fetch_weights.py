"""Downloading a backbone's weights into Keras's cache, where Keras finds them too."""

from __future__ import annotations

from pathlib import Path

from tui.datasets.getting import Control, FetchedSet, Transfer
from tui.datasets.getting.course_sets import Remote
from tui.datasets.getting.get_file import get_file
from tui.runs.settings.backbone_kind import Backbone
from tui.runs.settings.backbone_weights import keras_models

_SHA256_DIGITS = 64


def remote_weights(base: Backbone) -> Remote:
    """Return the file that Keras downloads, with the checksum that Keras gives."""
    long = len(base.digest) == _SHA256_DIGITS
    return Remote(
        base.address,
        sha256=base.digest if long else None,
        md5=base.digest if base.digest and not long else None,
    )


def weights_transfer(base: Backbone) -> Transfer:
    """Return the transfer of a backbone's weights into Keras's cache; it is not started."""
    target = keras_models() / base.file

    def fetch(control: Control) -> FetchedSet:
        return FetchedSet(get_file(remote_weights(base), Path(target), control))

    return Transfer(f"the weights of {base.name}", fetch=fetch)
