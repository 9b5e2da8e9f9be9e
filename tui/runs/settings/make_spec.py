"""Making the spec of a training from a chosen folder, for the app and the command line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tui.common.text import clean
from tui.datasets import LoaderSettings, validate
from tui.geometry import (
    Dense,
    Flatten,
    GeometryError,
    Network,
    Volume,
    course_network,
    digits_network,
    format_network,
    parse_network,
)
from tui.runs.network_check import input_volume, judge_network, last_layer
from tui.runs.settings.backbone_weights import find_weights
from tui.runs.settings.backbones import backbone
from tui.runs.settings.class_weights import ClassWeight
from tui.runs.settings.findings import Finding, NetworkRefused
from tui.runs.settings.learning_rates import judge_rate
from tui.runs.settings.phases import check_phases
from tui.runs.settings.pretrained import FineTuning, PretrainedBase
from tui.runs.settings.pretrained_model import (
    features_of,
    head_for,
    is_pretrained,
    loaded_for,
    pretrained_name,
    size_findings,
)
from tui.runs.settings.schedule_checks import check_plateau, judge_schedule
from tui.runs.settings.schedules import CONSTANT
from tui.runs.settings.spec import (
    COURSE_RULE,
    Loader,
    Optimizer,
    SpecError,
    StopRule,
    TrainingSpec,
)

__all__ = [
    "MODELS",
    "adapt_network",
    "check_network",
    "check_validated",
    "default_model",
    "make_spec",
    "network_for",
    "spec_findings",
    "unused_name",
]

MODELS = {
    "course": "Conv 16-32-64 and Dense 512, as in the course",
    "digits": "two convolutions and Dense 64, for small pictures",
}
SMALL_SIDE = 48
"""Up to this side, in pixels, the digits network suits an input better."""


def default_model(settings: LoaderSettings) -> str:
    """Return the name of the network that suits the size of the images."""
    return "digits" if max(settings.target_size) <= SMALL_SIDE else "course"


def network_for(model: str, settings: LoaderSettings) -> Network:
    """Return a network for a folder: one of `MODELS`, or one written in the one-line form.

    Args:
        model: a name of `MODELS`, or a whole network such as
            `28x28x1 flatten dense:k=10,a=softmax`.
        settings: the loader, which fixes the input volume and the number of outputs.

    Raises:
        SpecError: when the name is unknown, or the layers do not fit together or the images.
    """
    volume = input_volume(settings)
    build = {"course": course_network, "digits": digits_network}.get(model.strip())
    try:
        if build is not None:
            network = build(volume, max(len(settings.classes), 2))
            if settings.class_mode != "binary" and len(settings.classes) == 2:
                # One sigmoid unit is for 0/1 labels; one-hot or index labels need two units.
                network = replace(network, layers=(*network.layers[:-1], Dense(2, "softmax")))
        elif " " not in model.strip():
            raise SpecError(
                f"There is no model {model!r}. Choose {' or '.join(MODELS)}, or a pretrained "
                "network such as pretrained:MobileNetV2, or write a network such as "
                '"28x28x1 conv:k=16,f=3,a=relu flatten dense:k=10,a=softmax".'
            )
        else:
            network = parse_network(model)
    except GeometryError as error:
        raise SpecError(error.message) from error
    check_network(network, settings)
    return network


def adapt_network(network: Network, settings: LoaderSettings) -> Network:
    """Return a network with the input and the last layer that a folder of images needs.

    Args:
        network: any network.
        settings: the loader, which fixes the input volume and the number of outputs.

    >>> from tui.geometry import format_network, parse_network
    >>> pets = LoaderSettings(directory="pets", classes=("cats", "dogs"), target_size=(64, 64))
    >>> network = parse_network("8x8x1 conv:k=4,f=3 flatten dense:k=10,a=softmax")
    >>> format_network(adapt_network(network, pets))
    '64x64x3 conv:k=4,f=3 flatten dense:k=1,a=sigmoid'
    """
    last, layers = last_layer(settings), network.layers
    if layers and isinstance(layers[-1], Dense):
        layers = layers[:-1]
    elif not any(isinstance(layer, Flatten) for layer in layers):
        layers = (*layers, Flatten())
    return Network(input_volume(settings), (*layers, last))


def check_network(
    network: Network, settings: LoaderSettings, features: Volume | None = None
) -> None:
    """Check that a network can learn from these images.

    Args:
        network: any network.
        settings: the loader.
        features: the output of the backbone that it is the head of; None: it gets the images.

    Raises:
        NetworkRefused: with what is wrong, and the corrected network if there is one.
    """
    for finding in judge_network(network, settings, features):
        if finding.severity == "refuse":
            raise NetworkRefused(finding, network)


def spec_findings(spec: TrainingSpec) -> tuple[Finding, ...]:
    """Return the findings about a training that can start, questions before remarks."""
    found = [
        *judge_rate(spec.learning_rate, spec.optimizer),
        *judge_schedule(spec),
        *size_findings(spec),
        *judge_network(parse_network(spec.network), spec.data, features_of(spec.base, spec.data)),
    ]
    return tuple(sorted(found, key=lambda finding: finding.severity == "remark"))


def make_spec(
    name: str,
    settings: LoaderSettings,
    *,
    model: str | None = None,
    epochs: int = 15,
    learning_rate: float = 0.001,
    schedule: str = CONSTANT,
    stop_rule: StopRule | None = COURSE_RULE,
    seed: int = 42,
    share: float = 1.0,
    loader: Loader = "cached",
    optimizer: Optimizer = "rmsprop",
    patience: int = 0,
    gpus: int = 0,
    class_weight: ClassWeight = None,
    test_directory: str | None = None,
    title: str = "",
    head: str = "",
    weights: str = "",
    fine_tuning: FineTuning | None = None,
) -> TrainingSpec:
    """Return the spec of a training, with every value checked.

    Args:
        name: usually the folder's name.
        settings: the loader.
        model: as for `network_for`; by default the one that suits the size of the images. Or
            `pretrained:` and the name of a backbone.
        epochs: at most this many.
        learning_rate: of the optimizer.
        schedule: how it changes, in one line (`tui.runs.settings.schedules`).
        stop_rule: when to stop early.
        seed: of weights, dropout, shuffling and the choice of a share.
        share: of each class's training images, above 0 to 1.
        loader: `cached` decodes each file once; `keras` is plain `flow_from_directory`.
        optimizer: the course uses `rmsprop`.
        patience: epochs without a better validation loss after which to end; 0: never.
        gpus: that share each batch; 0: one device, `ALL_GPUS`: all.
        class_weight: how much each class counts in the loss.
        test_directory: of the images that are judged at the end (`named_test_folder`).
        title: the whole name of the run, instead of `name` and the network's name.
        head: of a backbone, in the one-line form without an input; empty: the usual one.
        weights: the backbone's file; empty or `imagenet`: the one in Keras's cache.
        fine_tuning: of a backbone; None: it stays frozen.

    Raises:
        SpecError: for the first value that is not valid, with the cure.
    """
    for problem in validate(settings):
        raise SpecError(problem.sentence)
    chosen, base = model or default_model(settings), None
    if is_pretrained(chosen):
        settings, base, network = _on_backbone(chosen, settings, head, weights, fine_tuning)
    elif head.strip() or weights.strip() or fine_tuning is not None:
        raise SpecError(
            f"A head, a file of weights and fine-tuning are for a pretrained network, and "
            f"{clean(chosen, 60)!r} is none. Choose for example pretrained:MobileNetV2."
        )
    else:
        network = network_for(chosen, settings)
    check_validated(stop_rule, patience, settings, schedule)
    label = base.name if base is not None else chosen if chosen in MODELS else "own"
    spec = TrainingSpec(
        name=title or f"{name} · {label}",
        network=format_network(network),
        base=base,
        data=settings,
        epochs=epochs,
        learning_rate=learning_rate,
        schedule=schedule,
        stop_rule=stop_rule,
        seed=seed,
        share=share,
        loader=loader,
        optimizer=optimizer,
        patience=patience,
        gpus=gpus,
        class_weight=class_weight,
        test_directory=test_directory,
    )
    check_phases(spec)
    return spec


def _on_backbone(
    model: str,
    settings: LoaderSettings,
    head: str,
    weights: str,
    fine_tuning: FineTuning | None,
) -> tuple[LoaderSettings, PretrainedBase, Network]:
    """Return how images are loaded for a backbone, the backbone, and its head."""
    kind = backbone(pretrained_name(model))
    loaded = loaded_for(kind, settings)
    network = head_for(kind, head, loaded)
    height, width = loaded.target_size
    check_network(network, loaded, kind.output(width, height))
    path = find_weights(kind, weights, height if height == width else 0)
    return loaded, PretrainedBase(name=kind.name, weights=path, fine_tuning=fine_tuning), network


def check_validated(
    stop_rule: StopRule | None,
    patience: int,
    settings: LoaderSettings,
    schedule: str = CONSTANT,
) -> None:
    """Check that there are validation images where a rule or a schedule needs them.

    Raises:
        SpecError: when there are none.
    """
    validated = settings.validation_directory is not None or settings.validation_split > 0
    if stop_rule is not None and stop_rule.metric.startswith("val_") and not validated:
        raise SpecError(
            f"The stop rule {stop_rule} needs validation images, and there are none. "
            "Set a validation split above 0, or watch accuracy."
        )
    if patience > 0 and not validated:
        raise SpecError(
            f"A patience of {patience} epochs needs the validation loss, and there are no "
            "validation images. Set a validation split above 0, or a patience of 0."
        )
    check_plateau(schedule, validated=validated)


def unused_name(name: str, taken: Iterable[str]) -> str:
    """Return a name that no run has yet, by adding the next number.

    >>> unused_name("digits · course", ["digits · course", "digits · course 4", "pets"])
    'digits · course 5'
    >>> unused_name("pets 2", [])
    'pets 2'
    """
    names = set(taken)
    if name not in names:
        return name
    stem, _, number = name.rpartition(" ")
    if not (stem and number.isdecimal()):
        stem = name
    ends = (other[len(stem) + 1 :] for other in names if other.startswith(f"{stem} "))
    return f"{stem} {max([1, *(int(end) for end in ends if end.isdecimal())]) + 1}"
