"""Networks as Keras writes them into `network.json`."""

from __future__ import annotations

from typing import Any


def layer(kind: str, name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": kind, "config": {"name": name, **config}}


SOURCE = layer("InputLayer", "pictures", batch_shape=[None, 28, 28, 1])
CHAIN = {
    "class_name": "Sequential",
    "config": {
        "layers": [
            SOURCE,
            layer("Conv2D", "conv", filters=8, kernel_size=[3, 3]),
            layer("Flatten", "flatten"),
            layer("Dense", "dense", units=10),
        ]
    },
}


def calls(*sources: str) -> list[Any]:
    """Return how a Keras 2 description connects a layer to others."""
    return [[[source, 0, 0, {}] for source in sources]]


BRANCHED = {
    "class_name": "Functional",
    "config": {
        "layers": [
            {**SOURCE, "name": "pictures", "inbound_nodes": []},
            {
                **layer("Conv2D", "left", filters=4, kernel_size=[3, 3], padding="same"),
                "name": "left",
                "inbound_nodes": calls("pictures"),
            },
            {
                **layer("Conv2D", "right", filters=4, kernel_size=[1, 1], padding="same"),
                "name": "right",
                "inbound_nodes": calls("pictures"),
            },
            {**layer("Add", "sum"), "name": "sum", "inbound_nodes": calls("left", "right")},
        ],
        "input_layers": [["pictures", 0, 0]],
        "output_layers": [["sum", 0, 0]],
    },
}
