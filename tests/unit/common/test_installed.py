"""What is installed, and the command that installs more, for each way of installing."""

from __future__ import annotations

import json
import subprocess
import sys
import types
from importlib import metadata
from pathlib import Path

import pytest

from tests.support.hidden import hide
from tui.common import installed
from tui.common.installed import (
    install_beside,
    install_command,
    is_installed,
    uninstall_command,
    what_is_missing,
)


def test_a_module_is_found_without_being_imported() -> None:
    code = """
import sys
from tui.common.installed import is_installed
print(is_installed("keras"), is_installed("wave"), "keras" in sys.modules, "wave" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True", "False", "False"]


def test_what_is_left_of_a_package_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pip leaves a folder behind where something in it is not its own."""
    (tmp_path / "once_there" / "cache").mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path)
    assert not is_installed("once_there")


def test_a_module_that_is_forbidden_or_half_there_does_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hide(monkeypatch, "wave")
    assert not is_installed("wave")
    monkeypatch.setitem(sys.modules, "half_there", types.ModuleType("half_there"))
    sys.modules["half_there"].__spec__ = None
    assert not is_installed("half_there")


def test_the_sentence_is_about_the_first_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    hide(monkeypatch, "scipy", "tensorflow")
    assert what_is_missing("Training", "json", "wave") == ""
    sentence = what_is_missing("Training", "json", "scipy", "tensorflow")
    assert sentence.startswith("Training needs SciPy, which is not installed. Install it with: ")
    assert sentence.endswith(install_command("tensorflow"))


@pytest.fixture
def prefix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of an environment that holds nothing yet, with its Python on the path."""
    folder = tmp_path / "an environment"
    (folder / "bin").mkdir(parents=True)
    python = folder / "bin" / "python"
    python.write_text("")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "prefix", str(folder))
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setenv("PATH", str(python.parent))
    came_from(monkeypatch, None)
    return folder


def came_from(monkeypatch: pytest.MonkeyPatch, source: object) -> None:
    """Have the program installed from a place (PEP 610); None: from an index."""

    class Distribution:
        def read_text(self, name: str) -> str | None:
            assert name == "direct_url.json"
            return None if source is None else json.dumps(source)

    monkeypatch.setattr(metadata, "distribution", lambda name: Distribution())


def test_pip_adds_to_an_environment_wherever_the_program_came_from(
    prefix: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = "python -m pip install 'cnn-tui[tensorflow]'"
    assert install_command("tensorflow") == expected
    came_from(monkeypatch, {"url": "file:///somewhere", "dir_info": {"editable": True}})
    assert install_command("tensorflow") == expected


def test_another_python_of_the_shell_is_not_taken_for_this_one(
    prefix: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert install_command("jax") == f"'{prefix}/bin/python' -m pip install 'cnn-tui[jax]'"


def test_uv_adds_to_an_environment_without_pip(
    prefix: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide(monkeypatch, "pip")
    assert install_command("jax") == "uv pip install --python python 'cnn-tui[jax]'"


def test_a_python_that_is_too_new_for_tensorflow_is_named_with_one_that_is_not(
    prefix: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide(monkeypatch, "jax", "tensorboard", "tensorflow")
    monkeypatch.setattr(sys, "version_info", (3, 14, 0, "final", 0))
    told, command = what_is_missing("Training", "tensorflow").split(" Install it with: ")
    assert told == (
        "Training needs TensorFlow, which cannot be installed with Python 3.14: it is there for "
        "3.11 to 3.13."
    )
    assert command == (
        "python3.13 -m venv ~/cnn-tui-3.13 && "
        "~/cnn-tui-3.13/bin/python -m pip install 'cnn-tui[tensorflow]'"
    )
    (prefix / "pipx_metadata.json").touch()
    wanted = "'cnn-tui[tensorflow]'"
    assert install_command("gpu").startswith("pipx install --force --python python3.13 ")
    assert install_command("tensorflow") == f"pipx install --force --python python3.13 {wanted}"
    (prefix / "uv-receipt.toml").touch()
    assert install_command("tensorflow") == f"uv tool install --python 3.13 {wanted}"
    # The other extras are there for it.
    assert install_command("jax") == "uv tool install 'cnn-tui[jax]'"
    assert "which is not installed." in what_is_missing("Reading", "tensorboard", extra="jax")


WHEEL = {"url": "file:///tmp/cnn_tui-0.1.0-py3-none-any.whl", "archive_info": {}}
COMMIT = {"url": "https://host/cnn.git", "vcs_info": {"vcs": "git", "commit_id": "1a2b"}}
BRANCH = {
    "url": "https://host/cnn.git",
    "vcs_info": {"vcs": "git", "commit_id": "1a2b", "requested_revision": "main"},
}


@pytest.mark.parametrize(
    ("source", "requirement"),
    [
        (None, "'cnn-tui[tensorflow]'"),
        ({"url": "file:///my%20code/cnn", "dir_info": {}}, "'/my code/cnn[tensorflow]'"),
        ({"url": "file:///cnn", "dir_info": {"editable": True}}, "--editable '/cnn[tensorflow]'"),
        (WHEEL, f"'cnn-tui[tensorflow] @ {WHEEL['url']}'"),
        (COMMIT, "'cnn-tui[tensorflow] @ git+https://host/cnn.git@1a2b'"),
        (BRANCH, "'cnn-tui[tensorflow] @ git+https://host/cnn.git@main'"),
        (["not", "as", "it", "should", "be"], "'cnn-tui[tensorflow]'"),
    ],
)
def test_a_tool_is_installed_anew_from_where_it_came_from(
    prefix: Path, monkeypatch: pytest.MonkeyPatch, source: object, requirement: str
) -> None:
    hide(monkeypatch, "jax", "tensorboard")
    came_from(monkeypatch, source)
    (prefix / "uv-receipt.toml").touch()
    assert install_command("tensorflow") == f"uv tool install {requirement}"
    (prefix / "uv-receipt.toml").unlink()
    (prefix / "pipx_metadata.json").touch()
    assert install_command("tensorflow") == f"pipx install --force {requirement}"


def test_another_package_comes_beside_the_program(
    prefix: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = prefix / "bin" / "python"
    assert install_beside("jax[cuda12]") == "python -m pip install 'jax[cuda12]'"
    assert uninstall_command("tensorflow-cpu") == "python -m pip uninstall -y tensorflow-cpu"
    hide(monkeypatch, "pip", "tensorflow", "jax", "tensorboard")
    assert install_beside("jax") == "uv pip install --python python jax"
    assert uninstall_command("jax") == "uv pip uninstall --python python jax"
    monkeypatch.setenv("PATH", "")
    assert install_beside("jax") == f"uv pip install --python '{python}' jax"
    (prefix / "pipx_metadata.json").touch()
    assert install_beside("jax") == "pipx inject cnn-tui jax"
    assert uninstall_command("jax") == ""
    (prefix / "uv-receipt.toml").touch()
    assert install_beside("jax") == "uv tool install --with jax cnn-tui"


def test_a_tool_keeps_the_extras_that_it_has(prefix: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hide(monkeypatch, "jax")
    (prefix / "uv-receipt.toml").touch()
    monkeypatch.setattr(installed, "_EXTRAS", {"jax": ("jax",), "tensorboard": ("json",)})
    assert install_command("jax") == "uv tool install 'cnn-tui[jax,tensorboard]'"


def test_a_checkout_that_was_never_installed_is_named(
    prefix: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(name: str) -> metadata.Distribution:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", none)
    root = Path(installed.__file__).parents[2]
    assert install_command("jax") in (
        f"python -m pip install -e '{root}[jax]'",
        f"python -m pip install -e {root}[jax]",
    )


def test_a_path_that_would_write_on_the_screen_is_made_visible(
    prefix: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (prefix / "uv-receipt.toml").touch()
    came_from(monkeypatch, {"url": "file:///a%1b%5b2Jb", "dir_info": {}})
    assert "\x1b" not in install_command("jax")
