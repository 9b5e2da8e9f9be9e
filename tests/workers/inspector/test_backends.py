"""Looking inside on JAX and PyTorch shows what it shows on TensorFlow."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from tests.workers.inspector.made_runs import noise
from tests.workers.inspector.test_graphs import branching, nested, saved

ROOT = Path(__file__).parents[3]
LOOK = """
import json
import sys

import keras
from tui.inspection.requests import Classify, Explain, OpenFile
from tui.inspector.maps.heat_map import explain_image
from tui.inspector.opening.open_file import open_file
from tui.inspector.predictions import classify

opened = open_file(OpenFile(path=sys.argv[1]))
picture = sys.argv[2]
heats = [
    explain_image(opened, Explain(picture=picture, label=label, method=method), lambda *_: None)
    for label in (0, 1)
    for method in ("grad-cam", "occlusion")
]
[prediction] = classify(opened, Classify(pictures=(picture,))).predictions
print(json.dumps({
    "backend": keras.backend.backend(),
    "maps": [
        opened.activations(picture, at).ravel()[:50].tolist() for at in range(len(opened.layers))
    ],
    "heats": [list(heat.heat) for heat in heats],
    "greatest": [heat.greatest for heat in heats],
    "probabilities": list(prediction.probabilities),
}))
"""


def look(model: Path, picture: Path, backend: str) -> dict[str, Any]:
    environment = {**os.environ, "KERAS_BACKEND": backend, "JAX_PLATFORMS": "cpu"}
    done = subprocess.run(
        [sys.executable, "-c", LOOK, str(model), str(picture)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(found, dict) and found["backend"] == backend
    return found


@pytest.mark.parametrize("make", [branching, nested])
def test_another_backend_shows_the_same(make: Callable[[], keras.Model], tmp_path: Path) -> None:
    others = [one for one in ("jax", "torch") if importlib.util.find_spec(one) is not None]
    assert "jax" in others
    saved(make, tmp_path / "net.keras")
    picture = noise(tmp_path / "noise.png", 1)
    wanted = look(tmp_path / "net.keras", picture, "tensorflow")
    for backend in others:
        found = look(tmp_path / "net.keras", picture, backend)
        for name in ("greatest", "probabilities"):
            np.testing.assert_allclose(found[name], wanted[name], rtol=1e-3, atol=1e-5)
        for name, tolerance in (("maps", 2e-3), ("heats", 1)):
            for ours, theirs in zip(found[name], wanted[name], strict=True):
                np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=tolerance)
