"""Which GPUs a library sees, found out in a process of its own: `python -m ... tensorflow`.

It prints one line of JSON, a `LibraryView`. Nothing is computed. TensorFlow takes no GPU memory for
this; JAX makes a context on each GPU (some hundred MB) for as long as the process lives.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import re
import sys
from importlib import metadata
from pathlib import Path

import msgspec

from tui.runs.process.gpu_doctor.facts import CudaDriver, LibraryView, SeenDevice

_CUDA_FILES = ("libcudart", "libcublas", "libcufft", "libcusolver", "libcusparse", "libcudnn")
"""What TensorFlow needs beside the driver; it says only that something is missing, not what."""
_JAX_PLUGIN = re.compile(r"jax[-_]cuda(\d+)[-_]plugin")


def tensorflow_view() -> LibraryView:
    """Return what TensorFlow sees."""
    tensorflow = importlib.import_module("tensorflow")
    build = tensorflow.sysconfig.get_build_info()
    devices = []
    for ordinal, device in enumerate(tensorflow.config.list_physical_devices("GPU")):
        details = tensorflow.config.experimental.get_device_details(device)
        capability = details.get("compute_capability", ())
        devices.append(
            SeenDevice(
                ordinal=ordinal,
                name=str(details.get("device_name", device.name)),
                capability=".".join(str(part) for part in capability),
            )
        )
    mapped = mapped_files()
    return LibraryView(
        library="tensorflow",
        version=str(tensorflow.__version__),
        cuda_build=bool(build.get("is_cuda_build")),
        cuda=str(build.get("cuda_version", "")),
        capabilities=tuple(str(one) for one in build.get("cuda_compute_capabilities", ())),
        devices=tuple(devices),
        missing=tuple(name for name in _CUDA_FILES if not any(name in file for file in mapped)),
    )


def jax_view() -> LibraryView:
    """Return what JAX sees."""
    jax = importlib.import_module("jax")
    names = (str(one.metadata["Name"]) for one in metadata.distributions())
    plugins = [match[1] for name in names if (match := _JAX_PLUGIN.fullmatch(name))]
    devices, error = [], ""
    try:
        for device in jax.local_devices(backend="cuda"):
            number = getattr(device, "local_hardware_id", None)
            devices.append(
                SeenDevice(
                    ordinal=int(device.id if number is None else number),
                    name=str(device.device_kind),
                    capability=str(getattr(device, "compute_capability", "")),
                )
            )
    except RuntimeError as problem:  # the backend is unknown here, or could not be set up
        error = str(problem)
    return LibraryView(
        library="jax",
        version=str(jax.__version__),
        cuda_build=bool(plugins),
        cuda=max(plugins, default="", key=int),
        devices=tuple(devices),
        log=error,
    )


def cuda_driver() -> CudaDriver:
    """Ask CUDA's driver library itself: what a library says of its errors changes, numbers stay."""
    try:
        cuda = ctypes.CDLL("libcuda.so.1")
    except OSError as error:
        return CudaDriver(not_loaded=str(error))
    status = int(cuda.cuInit(0))
    number, many, uuids = ctypes.c_int(0), ctypes.c_int(0), []
    with contextlib.suppress(AttributeError):
        cuda.cuDriverGetVersion(ctypes.byref(number))
    if status == 0:
        cuda.cuDeviceGetCount(ctypes.byref(many))
        with contextlib.suppress(AttributeError):  # a driver older than this question
            uuids = [_uuid(cuda, ordinal) for ordinal in range(many.value)]
    version = f"{number.value // 1000}.{number.value % 1000 // 10}" if number.value else ""
    return CudaDriver(status=status, cuda=version, uuids=tuple(uuids))


def _uuid(cuda: ctypes.CDLL, ordinal: int) -> str:
    """Return the id of a GPU, as the driver writes it without `GPU-` or `MIG-` before it."""
    device, raw = ctypes.c_int(0), (ctypes.c_ubyte * 16)()
    cuda.cuDeviceGet(ctypes.byref(device), ordinal)
    ask = getattr(cuda, "cuDeviceGetUuid_v2", None) or cuda.cuDeviceGetUuid
    if ask(ctypes.byref(raw), device) != 0:
        return ""
    text = bytes(raw).hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def mapped_files() -> set[str]:
    """Return the names of the files that this process has loaded."""
    try:
        lines = Path("/proc/self/maps").read_text(errors="replace").splitlines()
    except OSError:
        return set()
    return {line.rsplit("/", 1)[-1] for line in lines if "/" in line}


def main() -> None:
    """Print what the library sees that is named on the command line."""
    library = sys.argv[1]
    try:
        view = jax_view() if library == "jax" else tensorflow_view()
    except Exception as error:  # any error of its import is the answer
        view = LibraryView(library=library, error=f"{type(error).__name__}: {error}")
    view = msgspec.structs.replace(view, driver=cuda_driver())
    print("\n" + msgspec.json.encode(view).decode(), flush=True)


if __name__ == "__main__":
    main()
