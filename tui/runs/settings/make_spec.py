"""Making the spec of a training from a chosen folder, for the app and the command line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from tui.common.text import clean
from tui.datasets import LoaderSettings, validate
from tui.geometry import Network, format_network, parse_network
from tui.runs.network_check import judge_network
from tui.runs.settings.backbone_weights import find_weights
from tui.runs.settings.backbones import backbone
from tui.runs.settings.class_weights import ClassWeight
from tui.runs.settings.file_spec import FileOptions, checked_file, file_findings
from tui.runs.settings.findings import Finding
from tui.runs.settings.learning_rates import judge_rate
from tui.runs.settings.model_file import file_label, is_model_file
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
from tui.runs.settings.ready_networks import (
    MODELS,
    adapt_network,
    check_network,
    default_model,
    network_for,
    ready_name,
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
    "ready_name",
    "spec_findings",
    "unused_name",
]


def spec_findings(spec: TrainingSpec) -> tuple[Finding, ...]:
    """Return the findings about a training that can start, questions before remarks."""
    found = [
        *judge_rate(spec.learning_rate, spec.optimizer),
        *judge_schedule(spec),
        *size_findings(spec),
    ]
    if spec.model_file is not None:
        found += file_findings(spec.model_file, spec.data)
    else:
        features = features_of(spec.base, spec.data)
        found += judge_network(parse_network(spec.network), spec.data, features)
    return tuple(sorted(found, key=lambda finding: finding.severity == "remark"))


def make_spec(
    name: str,
    settings: LoaderSettings,
    *,
    model: str | None = None,
    epochs: int = 15,
    learning_rate: float | None = None,
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
    file_options: FileOptions = FileOptions(),  # noqa: B008
) -> TrainingSpec:
    """Return the spec of a training, with every value checked.

    Args:
        name: usually the folder's name.
        settings: the loader.
        model: as for `network_for`; by default the one that suits the size of the images. Or
            `pretrained:` and the name of a backbone, or the path of a `.keras` or HDF5 file.
        epochs: at most this many.
        learning_rate: of the optimizer; by default 0.001, or that of the file.
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
        file_options: how the network of a file is trained.

    Raises:
        SpecError: for the first value that is not valid, with the cure.
    """
    for problem in validate(settings):
        raise SpecError(problem.sentence)
    chosen, base, file = model or default_model(settings), None, None
    network: Network | None
    if file_options != FileOptions() and not is_model_file(chosen):
        raise SpecError(
            f"{clean(chosen, 60)!r} is no file: only the network of a .keras or .h5 file has "
            "weights, and was compiled before."
        )
    if is_pretrained(chosen):
        settings, base, network = _on_backbone(chosen, settings, head, weights, fine_tuning)
        label = base.name
    elif head.strip() or weights.strip() or fine_tuning is not None:
        raise SpecError(
            f"A head, a file of weights and fine-tuning are for a pretrained network, and "
            f"{clean(chosen, 60)!r} is none. Choose for example pretrained:MobileNetV2."
        )
    elif is_model_file(chosen):
        file, found = checked_file(chosen, settings, file_options)
        network, label = found.chain, file_label(file.name)
        if file.compiled is not None:
            optimizer = cast(Optimizer, file.compiled.family)
            learning_rate = found.rate if learning_rate is None else learning_rate
    else:
        network, label = network_for(chosen, settings), ready_name(chosen) or "own"
    check_validated(stop_rule, patience, settings, schedule)
    spec = TrainingSpec(
        name=title or f"{name} · {label}",
        network=format_network(network) if network is not None else "",
        base=base,
        model_file=file,
        data=settings,
        epochs=epochs,
        learning_rate=0.001 if learning_rate is None else learning_rate,
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
