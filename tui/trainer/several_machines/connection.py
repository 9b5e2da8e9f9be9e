"""The connection of the processes that train together, by JAX's own service."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from tui.common.text import clean
from tui.keras_worker.failures import TrainingError
from tui.runs.process.machines import Machines

_START_SECONDS = 300
"""Seconds that the processes have to find each other: a scheduler may start them one by one."""
_HEARTBEAT_SECONDS = 30
_SHUTDOWN_SECONDS = 15
_BLOCK = 16 * 1024 * 1024
_WHERE = "connecting the processes"


class Connection:
    """Connects this process with the others.

    All of them have to call the same methods in the same order.

    Raises:
        TrainingError: when the others are not there in time.
    """

    def __init__(self, machines: Machines) -> None:
        self.machines = machines
        import jax

        try:
            jax.distributed.initialize(
                machines.coordinator,
                machines.processes,
                machines.number,
                initialization_timeout=_START_SECONDS,
                heartbeat_timeout_seconds=_HEARTBEAT_SECONDS,
                shutdown_timeout_seconds=_SHUTDOWN_SECONDS,
            )
            self._client: Any = jax._src.distributed.global_state.client
            self.devices = jax.device_count()
        except Exception as error:
            raise TrainingError(
                f"Process {machines.number} did not find the other {machines.processes - 1} at "
                f"{clean(machines.coordinator)} ({clean(str(error).partition(chr(10))[0], 200)}).",
                _WHERE,
                "Start all of them within five minutes, with the same --processes and "
                "--coordinator; the port has to be free and open between the machines.",
            ) from error

    def publish(self, name: str, text: str) -> None:
        """Send a short text from process 0 to the others."""
        self._client.key_value_set(f"cnn-tui/{name}", text)

    def receive(self, name: str) -> str:
        """Wait for a text that process 0 publishes."""
        try:
            found = self._client.blocking_key_value_get(f"cnn-tui/{name}", _START_SECONDS * 1000)
        except Exception as error:
            raise TrainingError(
                "Process 0 did not say what to train.", _WHERE, "Its own output says why."
            ) from error
        return str(found)

    def gather(self, row: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return the rows of all processes; each gives one of the same shape."""
        from jax.experimental import multihost_utils

        return np.asarray(multihost_utils.process_allgather(row))

    def share_bytes(self, data: bytes) -> bytes:
        """Return the bytes of process 0; the others' are ignored."""
        from jax.experimental import multihost_utils

        sizes = self.gather(np.array([len(data)], np.int64))
        size = int(sizes.reshape(-1)[0])
        found = bytearray()
        for begin in range(0, size, _BLOCK):
            block = np.zeros(min(_BLOCK, size - begin), np.uint8)
            if self.machines.writes:
                block[:] = np.frombuffer(data[begin : begin + len(block)], np.uint8)
            found += np.asarray(multihost_utils.broadcast_one_to_all(block)).tobytes()
        return bytes(found)

    def hosts(self) -> list[str]:
        """Return the hosts of all processes, in their order; clean."""
        name = socket.gethostname().encode()[:64].ljust(64, b"\0")
        rows = self.gather(np.frombuffer(name, np.uint8))
        return [clean(row.tobytes().rstrip(b"\0").decode("ascii", "replace")) for row in rows]

    def distribute(self) -> None:
        """Have every model that is built from now on trained by all processes together."""
        import keras

        from tui.trainer.several_machines.batch_shares import lay_out_each_batch

        lay_out_each_batch()
        keras.distribution.set_distribution(
            keras.distribution.DataParallel(auto_shard_dataset=False)
        )

    def share(self, batches: Any) -> Any:
        """Return this process's share of batches that all of them make; None stays None."""
        from tui.trainer.several_machines.batch_shares import BatchShare

        if batches is None:
            return None
        return BatchShare(batches, self.machines.number, self.machines.processes, self.devices)

    def check_batch(self, size: int) -> None:
        """Check that the devices of all processes can share a batch evenly.

        Raises:
            TrainingError: with the nearest sizes that they can.
        """
        rest = size % self.devices
        if not rest:
            return
        near = [number for number in (size - rest, size - rest + self.devices) if number]
        raise TrainingError(
            f"A batch of {size} images cannot be shared evenly by {self.devices} devices.",
            "sharing the batches",
            f"Choose --batch-size {' or '.join(map(str, near))}.",
        )

    def check_images(self, names: list[str], images: int) -> None:
        """Check that all processes have the same images, by their names.

        Raises:
            TrainingError: naming the machine where they differ.
        """
        text = "\0".join([str(images), *names]).encode("utf-8", "surrogateescape")
        row = np.frombuffer(hashlib.blake2b(text, digest_size=16).digest(), np.uint8)
        hosts = self.hosts()
        rows = self.gather(row)
        for number, other in enumerate(rows):
            if (other != rows[0]).any():
                raise TrainingError(
                    f"The images of process {number} (on {hosts[number]}) are not those of process "
                    f"0 (on {hosts[0]}).",
                    "reading the folder",
                    "Give every machine the same images, under the same names: on a shared disk, "
                    "or copied.",
                )

    def close(self, *, failed: bool) -> None:
        """End the connection; after a failure the others are not waited for."""
        import jax

        if failed:
            os._exit(1)
        jax.distributed.shutdown()


@contextmanager
def undistributed() -> Iterator[None]:
    """Leave a `with` block out of the distribution: it builds or saves a model for itself.

    Keras makes an optimizer as it saves a model. Distributed, each of its variables is compared
    among all processes, and a process that saves alone would wait for ever.
    """
    import keras

    before = keras.distribution.distribution()
    if before is None:
        yield
        return
    keras.distribution.set_distribution(None)
    try:
        yield
    finally:
        keras.distribution.set_distribution(before)
