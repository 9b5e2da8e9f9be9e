"""The rows about GPUs where nothing is wrong, where a fact needs no cure, and for JAX."""

from __future__ import annotations

import msgspec
import pytest

from tests.unit.runs.gpu_doctor.machines import (
    DEVICES,
    H200,
    OTHER,
    SEES,
    UUID,
    recorded,
    rows,
    viewed,
    without_driver,
    working,
)
from tui.runs.process.gpu_doctor.facts import CudaDriver, LibraryView, Machine, SeenDevice
from tui.runs.process.gpu_doctor.look import view_in
from tui.runs.process.gpus import Gpu


def test_all_is_well() -> None:
    jax = msgspec.structs.replace(SEES, library="jax", cuda="13")
    found = rows(working(), SEES, jax)
    assert [name for name, _, _ in found] == ["GPU driver", "GPU 0", "GPUs seen", "GPUs seen"]
    assert found[0][1] == "580.159.03, runs CUDA up to 13.0"
    assert found[1][1] == (
        "NVIDIA H200, 151 GB of 151 GB free, 0 % in use; seen by the driver, TensorFlow and JAX"
    )
    assert found[2][1] == "TensorFlow, built for CUDA 12.5.1, sees 1 of 1 GPU"
    assert not any(advice for _, _, advice in found)


def test_it_says_whose_processes_hold_a_gpu_and_which_are_hidden() -> None:
    machine = working(gpus=(H200, OTHER), environment={"CUDA_VISIBLE_DEVICES": "0"})
    found = rows(machine, SEES)
    assert found[2][1].endswith("used by anna (process 4711, 57 GB), somebody (process 12)")
    assert "not by TensorFlow (CUDA_VISIBLE_DEVICES=0)" in found[2][1]
    assert not any(advice for _, _, advice in found)


def test_a_gpu_newer_than_the_code_is_no_problem_and_said() -> None:
    new = msgspec.structs.replace(
        SEES, capabilities=("sm_60", "compute_90"), devices=(SeenDevice(0, "RTX 5090", "12.0"),)
    )
    found = rows(working(), new)[-1]
    assert "no code for RTX 5090 (compute capability 12.0)" in found[1] and not found[2]


@pytest.mark.parametrize(
    ("said", "environment", "cure"),
    [
        (
            "JAX plugin jax_cuda12_plugin version 0.4.30 is installed, but it is not compatible "
            "with the installed jaxlib version 0.4.31, so it will not be used.",
            {},
            "jax[cuda12]",
        ),
        ("RuntimeError: Unable to load cuSPARSE. Is it installed?", {}, "jax[cuda12]"),
        (
            "RuntimeError: Unable to load cuSPARSE. Is it installed?",
            {"LD_LIBRARY_PATH": "/usr/local/cuda/lib64"},
            "unset LD_LIBRARY_PATH",
        ),
    ],
)
def test_jax_with_a_plugin_that_does_not_start(
    said: str, environment: dict[str, str], cure: str
) -> None:
    view = LibraryView(
        "jax", "0.4.31", cuda_build=True, cuda="12", driver=CudaDriver(status=0), log=said
    )
    found = rows(working(environment=environment), view, backend="jax")[-1]
    assert said[:40] in found[1] and cure in found[2]


def test_a_file_that_nobody_needs_is_not_the_cause() -> None:
    found = rows(without_driver(kernel_driver="550", files=DEVICES, refused={"/dev/nvidia-x": ""}))
    assert "may not open" not in found[0][1]


def test_memory_without_a_process_is_said() -> None:
    gpu = Gpu(0, H200.uuid, "NVIDIA H200", 150_000_000_000, 40_000_000_000, None)
    assert "does not show here whose processes use it" in rows(working(gpus=(gpu,)), SEES)[1][1]


def test_gpus_are_told_apart_by_their_ids_where_cuda_counts_otherwise() -> None:
    second = msgspec.structs.replace(
        SEES, driver=msgspec.structs.replace(SEES.driver, uuids=(OTHER.uuid[4:], UUID))
    )
    found = rows(working(gpus=(H200, OTHER)), second)
    assert "not by TensorFlow" in found[1][1] and "and TensorFlow" in found[2][1]
    assert "sees 1 of 2 GPUs, and none of the usual causes applies" in found[3][1]


def test_jax_for_the_cpu_is_a_fact_beside_tensorflow_and_advice_where_keras_uses_it() -> None:
    jax = viewed("jax_cpu")
    beside = rows(working(), SEES, jax)
    assert not any(advice for _, _, advice in beside)
    assert "its CUDA plugin is missing" in beside[-1][1]
    used = rows(working(), SEES, jax, backend="jax")
    assert "jax[cuda13]" in used[-1][2]
    old = working(smi=recorded("smi_h200").replace("580.159.03", "550.54.14"))
    assert "jax[cuda12]" in rows(old, jax, backend="jax")[-1][2]
    switched_off = working(environment={"JAX_PLATFORMS": "cpu"})
    for_cuda = msgspec.structs.replace(jax, cuda_build=True, cuda="13", driver=SEES.driver)
    assert "unset JAX_PLATFORMS" in rows(switched_off, for_cuda, backend="jax")[-1][2]


def test_what_is_not_known_is_said_with_the_librarys_own_words() -> None:
    view = msgspec.structs.replace(
        SEES, devices=(), log="I0000 port.cc oneDNN custom operations\nE0 gpu_device.cc: strange"
    )
    found = rows(working(), view)[-1]
    assert "none of the usual causes applies. It said: E0 gpu_device.cc: strange" in found[1]
    assert 'python -c "import tensorflow' in found[2]


def test_a_library_that_cannot_be_asked() -> None:
    broken = view_in("tensorflow", "Illegal instruction (core dumped)\n", -4)
    found = rows(working(), broken)[-1]
    assert "cannot be asked: it ended with status -4: Illegal instruction" in found[1]
    assert found[2].endswith('python -c "import tensorflow"')


def test_a_machine_without_a_gpu_needs_nothing() -> None:
    assert rows(Machine()) == [("GPU", "none: there is no NVIDIA GPU or driver here", "")]
    (found,) = rows(Machine(container="docker"))
    assert not found[2]
    (found,) = rows(Machine(container="docker", cuda_packages={"nvidia-cudnn-cu12": "9.3"}))
    assert "docker run --gpus all" in found[2]
