"""What the real libraries say of GPUs that the driver shows and that are not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.support.fake_gpus import FakeGpus
from tui.cli.doctor import doctor
from tui.runs.process import read_gpus as reading
from tui.runs.process.gpu_doctor.look import library_views


@pytest.fixture(autouse=True)
def two_gpus(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for place in ("/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/local/nvidia/lib64"):
        if Path(place, "libcuda.so.1").exists():
            pytest.skip("there is a driver here")
    reading._nvml.cache_clear()
    FakeGpus(tmp_path / "fake", monkeypatch, 2)
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("KERAS_BACKEND", raising=False)


def test_the_doctor_asks_tensorflow_and_jax_itself() -> None:
    done = CliRunner().invoke(doctor)
    assert done.exit_code == 1
    said = " ".join(done.output.split())
    assert "GPU 1 NVIDIA Fake, 83.9 GB of 83.9 GB free, 0 % in use; seen by the driver" in said
    assert "not by TensorFlow or JAX" in said
    assert "sees 0 of 2 GPUs. TensorFlow does not find the driver's library libcuda.so.1" in said
    assert "JAX, built for the CPU alone, sees 0 of 2 GPUs. JAX is installed for the CPU" in said


def test_a_library_that_cannot_be_imported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "tensorflow"
    broken.mkdir()
    (broken / "__init__.py").write_text("raise ImportError('libstdc++.so.6: too old')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (view,) = library_views(["tensorflow"])
    assert view.error == "ImportError: libstdc++.so.6: too old"
