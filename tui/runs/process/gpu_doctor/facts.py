"""The facts about the GPUs of a machine, as plain values; causes are found in `causes.py`."""

from __future__ import annotations

import msgspec

from tui.runs.process.gpus import Gpu


class SeenDevice(msgspec.Struct, frozen=True):
    """A GPU that a library sees.

    Args:
        ordinal: its number in CUDA's list for that process.
        name: of the model.
        capability: its compute capability, such as `9.0`; empty: not known.
    """

    ordinal: int
    name: str = ""
    capability: str = ""


class CudaDriver(msgspec.Struct, frozen=True):
    """What CUDA's driver library answers in the process of a library.

    Args:
        not_loaded: why `libcuda.so.1` could not be loaded; empty: it was.
        status: what `cuInit` returned; None: not asked.
        cuda: the newest CUDA that it runs; empty: not known.
        uuids: the ids of the GPUs in CUDA's list, without `GPU-` or `MIG-` before them.
    """

    not_loaded: str = ""
    status: int | None = None
    cuda: str = ""
    uuids: tuple[str, ...] = ()


class LibraryView(msgspec.Struct, frozen=True):
    """What TensorFlow or JAX sees.

    Args:
        library: its module.
        version: of the library.
        error: why it could not be asked; empty: it was.
        cuda_build: whether it was built for CUDA.
        cuda: the version that it was built for, or its first number.
        capabilities: the compute capabilities that it has code for, as `sm_60` or `compute_90`.
        devices: the GPUs that it sees.
        missing: CUDA's files that it needs and did not load; known of TensorFlow alone.
        driver: CUDA's own answer in that process.
        log: the end of what it printed.
    """

    library: str
    version: str = ""
    error: str = ""
    cuda_build: bool = False
    cuda: str = ""
    capabilities: tuple[str, ...] = ()
    devices: tuple[SeenDevice, ...] = ()
    missing: tuple[str, ...] = ()
    driver: CudaDriver = CudaDriver()
    log: str = ""


class Machine(msgspec.Struct, frozen=True):
    """What the system says of its GPUs, without any library.

    Args:
        gpus: as the driver describes them.
        on_bus: the PCI addresses of NVIDIA's graphics processors.
        smi: what `nvidia-smi` printed; None: there is no such program.
        kernel_driver: the version of the driver that the kernel has loaded; empty: none.
        files: NVIDIA's device files, such as `/dev/nvidia0`.
        refused: those of them that this user may not open, with the group that may.
        container: `docker`, `podman`, `apptainer`, `kubernetes`, `lxc`, another name; empty: none.
        wsl: whether this is Linux in Windows.
        system: the distribution, such as `ubuntu`; empty: not known.
        processor: such as `x86_64`.
        environment: the variables that say which GPUs and libraries are used.
        cuda_packages: the installed packages with CUDA's files, with their versions.
        cuda_folder: where they are installed; empty: nowhere.
        absent_packages: those that TensorFlow's own extra `and-cuda` names and that are missing.
        driver_folder: a usual folder that holds `libcuda.so.1`; empty: none does.
        cpu_package: `tensorflow-cpu` or the like, where it is installed.
    """

    gpus: tuple[Gpu, ...] = ()
    on_bus: tuple[str, ...] = ()
    smi: str | None = None
    kernel_driver: str = ""
    files: tuple[str, ...] = ()
    refused: dict[str, str] = {}
    container: str = ""
    wsl: bool = False
    system: str = ""
    processor: str = "x86_64"
    environment: dict[str, str] = {}
    cuda_packages: dict[str, str] = {}
    cuda_folder: str = ""
    absent_packages: tuple[str, ...] = ()
    driver_folder: str = ""
    cpu_package: str = ""

    @property
    def any_sign(self) -> bool:
        """Whether anything hints at a GPU of NVIDIA's."""
        return bool(
            self.gpus or self.on_bus or self.smi is not None or self.kernel_driver or self.files
        )
