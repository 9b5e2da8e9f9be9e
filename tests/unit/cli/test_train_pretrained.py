"""`cnn-tui train --model pretrained:…` before the start. Nothing is trained here."""

from __future__ import annotations

import hashlib
import http.server
import importlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.support.backbone_files import HDF5, hollow_weights
from tui.cli.command import cli
from tui.runs.settings import backbones
from tui.runs.settings.backbone_kind import Backbone
from tui.runs.settings.backbones import BACKBONES, backbone
from tui.runs.settings.pretrained import FineTuning
from tui.runs.settings.spec import TrainingSpec


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[TrainingSpec]:
    """Return what a command would train, in place of training it; Keras's cache is empty."""
    specs: list[TrainingSpec] = []

    def note(spec: TrainingSpec, *_: Any, **__: Any) -> int:
        specs.append(spec)
        return 0

    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "kept"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    module = importlib.import_module("tui.cli.training.train")
    monkeypatch.setattr(module, "run_training", note)
    return specs


def train(*arguments: str, model: str = "pretrained:MobileNetV2") -> Result:
    return CliRunner().invoke(cli, ["train", "--sample", "digits", "--model", model, *arguments])


def test_a_backbone_gets_its_size_its_pixels_and_the_usual_head(
    started: list[TrainingSpec], tmp_path: Path
) -> None:
    file = hollow_weights(tmp_path)
    done = train("--weights", str(file), model="pretrained:mobilenetv2")
    assert done.exit_code == 0, done.output
    (spec,) = started
    assert spec.base is not None
    assert (spec.base.name, spec.base.weights) == ("MobileNetV2", str(file))
    assert spec.data.target_size == (224, 224) and spec.data.color_mode == "rgb"
    assert spec.data.rescale_divisor == 1
    assert spec.network == "7x7x1280 globalavg dropout:rate=0.2 dense:k=10,a=softmax"
    assert spec.name == "digits · MobileNetV2"
    assert "224×224×3" in done.stderr and "/127.5 − 1" in done.stderr
    assert "rescale is not used" in done.stderr


def test_size_head_and_fine_tuning_are_chosen(started: list[TrainingSpec], tmp_path: Path) -> None:
    file = hollow_weights(tmp_path, "VGG16")
    done = train(
        *("--weights", str(file), "--target-size", "64", "--head", "gap dense:k=8,a=relu"),
        *("--fine-tune", "block5_conv1", "--fine-tune-rate", "1e-4", "--head-epochs", "2"),
        model="pretrained:VGG16",
    )
    assert done.exit_code == 0, done.output
    (spec,) = started
    assert spec.network == "2x2x512 globalavg dense:k=8,a=relu dense:k=10,a=softmax"
    assert spec.base is not None
    assert spec.base.fine_tuning == FineTuning(
        from_layer="block5_conv1", learning_rate=1e-4, head_epochs=2
    )
    assert "VGG16 was trained on images of 224×224" in done.stderr


def test_the_weights_are_found_in_keras_cache(started: list[TrainingSpec], tmp_path: Path) -> None:
    small = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_96_no_top.h5"
    cache = tmp_path / "keras/models"
    usual, of_96 = hollow_weights(cache), hollow_weights(cache, file=small)
    assert train().exit_code == train("--target-size", "96").exit_code == 0
    bases = [spec.base for spec in started]
    assert [base.weights for base in bases if base] == [str(usual), str(of_96)]


def test_several_networks_are_one_run_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: list[TrainingSpec]
) -> None:
    queued: list[TrainingSpec] = []
    module = importlib.import_module("tui.cli.training.train")
    monkeypatch.setattr(module, "queue_grid", lambda specs, *_, **__: queued.extend(specs))
    for name in ("MobileNetV2", "VGG16"):
        hollow_weights(tmp_path / "keras/models", name)
    done = train(model="pretrained:MobileNetV2,pretrained:vgg16,digits")
    assert done.exit_code == 0, done.output
    assert [spec.name for spec in queued] == ["digits MobileNetV2", "digits VGG16", "digits small"]
    assert [spec.data.rescale_divisor for spec in queued] == [1, 1, 255]
    assert [spec.data.target_size[0] for spec in queued] == [224, 224, 8]


MISTAKES = [
    (["--model", "pretrained:MobileNetV7"], "no 'MobileNetV7'"),
    (["--model", "pretrained:"], "no ''"),
    (["--weights", "{folder}/none.h5"], "There is no file of weights"),
    (["--weights", "{folder}"], "cannot be read: is a directory"),
    (["--weights", "{folder}/text.h5"], "text.h5 is not an HDF5 file"),
    (["--weights", "{folder}/text.txt"], "ends in none of"),
    (["--weights", "{folder}/small.h5"], "too small for the weights of MobileNetV2"),
    (["--weights", "{file}", "--target-size", "31"], "at least 32×32"),
    (["--weights", "{file}", "--color-mode", "grayscale"], "loaded as grayscale"),
    (["--weights", "{file}", "--head", "gapp"], "cannot be read"),
    (["--weights", "{file}", "--head", "dense:k=4"], "Corrected: --head"),
    (["--weights", "{file}", "--fine-tune", "x", "--head-epochs", "-1"], "-1 epochs"),
    (["--weights", "{file}", "--head-epochs", "2"], "add --fine-tune"),
    (["--weights", "{file}", "--model", "digits"], "--weights, --head and --fine-tune are for"),
]


@pytest.mark.parametrize(("options", "said"), MISTAKES)
def test_what_cannot_be_ends_with_2_and_a_sentence(
    started: list[TrainingSpec], tmp_path: Path, options: list[str], said: str
) -> None:
    places = {"folder": tmp_path, "file": hollow_weights(tmp_path)}
    (tmp_path / "text.h5").write_text("not weights " * 10)
    (tmp_path / "text.txt").write_text("not weights")
    (tmp_path / "small.h5").write_bytes(HDF5 + b"\0" * 1000)
    filled = [one.format(**places) for one in options]
    model = [] if "--model" in filled else ["--model", "pretrained:MobileNetV2"]
    arguments = ["train", "--sample", "digits", *model, *filled]
    if options[-1] == "digits":
        arguments = ["train", "--sample", "digits", *filled]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 2, done.output
    assert said in done.stderr.replace("\n", " ") and "Traceback" not in done.output
    assert started == []


def test_a_corrected_head_is_one_that_works(started: list[TrainingSpec], tmp_path: Path) -> None:
    file = str(hollow_weights(tmp_path))
    wrong = train("--weights", file, "--head", "globalavg dense:k=3,a=softmax")
    line = wrong.stderr.rstrip().rpartition("Corrected: --head '")[2].rstrip("'")
    assert line == "globalavg dense:k=10,a=softmax"
    assert train("--weights", file, "--head", line).exit_code == 0


def test_missing_weights_say_which_file_to_put_where(
    started: list[TrainingSpec], tmp_path: Path
) -> None:
    done = train(model="pretrained:ResNet50")
    assert done.exit_code == 2 and started == []
    said = done.stderr.replace("\n", " ")
    assert f"{tmp_path}/keras/models" in said
    assert "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5" in said
    assert "--weights imagenet" in said and "94.4 MB" in said
    assert backbone("ResNet50").address in said


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Serve the weights of a backbone as Keras's server does; return what was asked for."""
    kind = backbone("MobileNetV3Small")
    content = HDF5 + bytes(kind.bytes)
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{serving.server_port}/"
        digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
        monkeypatch.setitem(BACKBONES, kind.name, replace(kind, url=url, digest=digest))
        yield asked
        serving.shutdown()


def test_the_weights_are_downloaded_when_that_is_asked_for(
    started: list[TrainingSpec], server: list[str], tmp_path: Path
) -> None:
    for _ in range(2):
        done = train("--weights", "imagenet", model="pretrained:MobileNetV3Small")
        assert done.exit_code == 0, done.output
    kind = backbone("MobileNetV3Small")
    assert server == [f"/{kind.file}"]  # once
    kept = tmp_path / "keras/models" / kind.file
    assert started[1].base is not None and started[1].base.weights == str(kept)
    assert [one.name for one in kept.parent.iterdir()] == [kind.file]


def test_another_file_than_was_published_is_not_kept(
    started: list[TrainingSpec],
    server: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kind: Backbone = replace(backbone("MobileNetV3Small"), digest="0" * 32)
    monkeypatch.setitem(backbones.BACKBONES, kind.name, kind)
    done = train("--weights", "imagenet", model="pretrained:MobileNetV3Small")
    assert done.exit_code == 1 and started == []
    assert "is not the file that was published" in done.stderr.replace("\n", " ")
    assert not (tmp_path / "keras/models" / kind.file).exists()


def test_a_settings_file_keeps_the_backbone(started: list[TrainingSpec], tmp_path: Path) -> None:
    file = hollow_weights(tmp_path)
    saved = tmp_path / "settings.toml"
    first = train(
        *("--weights", str(file), "--target-size", "96", "--head", "gap", "--epochs", "7"),
        *("--fine-tune", "block_13_expand", "--save-settings", str(saved)),
    )
    assert first.exit_code == 0, first.output
    again = CliRunner().invoke(cli, ["train", "--settings", str(saved)])
    assert again.exit_code == 0, again.output
    assert started[0] == started[1]
    other = CliRunner().invoke(
        cli, ["train", "--settings", str(saved), "--target-size", "64", "--head", "gmp"]
    )
    assert other.exit_code == 0, other.output
    assert started[2].network == "2x2x1280 globalmax dense:k=10,a=softmax"
    assert started[2].base == started[0].base and started[2].data.target_size == (64, 64)
