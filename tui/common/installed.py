"""What is installed beside the program, and the command that installs more.

The program comes without TensorFlow, which is an extra, so that it can be installed beside JAX or
PyTorch. What needs a library asks here before anything is started.
"""

from __future__ import annotations

import importlib.util
import os
import shlex
import shutil
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Literal

from tui.common.text import clean

Extra = Literal["tensorflow", "gpu", "jax", "tensorboard"]

PROGRAM = "cnn-tui"
_NAMES = {
    "tensorflow": "TensorFlow",
    "jax": "JAX",
    "torch": "PyTorch",
    "keras": "Keras",
    "textual": "Textual",
    "scipy": "SciPy",
    "sklearn": "scikit-learn",
    "tensorboard": "TensorBoard",
}
_EXTRAS: dict[Extra, tuple[str, ...]] = {
    "tensorflow": ("tensorflow",),
    "gpu": ("tensorflow", "nvidia.cudnn"),
    "jax": ("jax",),
    "tensorboard": ("tensorboard",),
}
"""Each extra of the program, and the modules by which it is recognised."""
NEWEST_PYTHON = (3, 13)
"""The newest that TensorFlow has wheels for; also in pyproject.toml and scripts/find-python."""


def is_installed(module: str) -> bool:
    """Return whether a module is installed, without importing it.

    A folder that is left over from a package, without its `__init__.py`, does not count.

    Args:
        module: the name of a module at the top, such as `tensorflow`.

    >>> is_installed("json"), is_installed("no_such_module")
    (True, False)
    """
    spec = _find(module)
    return spec is not None and spec.origin is not None


def files_in(module: str, *parts: str) -> list[Path]:
    """Return a file that comes with a package, which is not imported; empty if it is missing.

    Args:
        module: the package.
        parts: the path in it.
    """
    spec = _find(module)
    places = (spec.submodule_search_locations or []) if spec is not None else []
    return [file for place in places if (file := Path(place, *parts)).is_file()]


def _find(module: str) -> ModuleSpec | None:
    try:
        return importlib.util.find_spec(module)
    except (ImportError, ValueError):  # a finder forbids it; or it is half imported
        return None


def library_name(module: str) -> str:
    """Return what a library is called, by its module.

    >>> library_name("sklearn"), library_name("numpy")
    ('scikit-learn', 'numpy')
    """
    return _NAMES.get(module, module)


def what_is_missing(purpose: str, *modules: str, extra: Extra = "tensorflow") -> str:
    """Return a sentence on the first module that is missing, with the command that installs it.

    Args:
        purpose: what needs the modules: the beginning of the sentence, such as `Training`.
        modules: all of them are needed.
        extra: brings them along.

    Returns:
        The sentence, safe to show; empty if nothing is missing.

    >>> what_is_missing("Reading", "json")
    ''
    """
    for module in modules:
        if not is_installed(module):
            return not_installed(purpose, module, extra)
    return ""


def not_installed(purpose: str, module: str, extra: Extra = "tensorflow") -> str:
    """Return the sentence on one module that is missing; the rest as for `what_is_missing`."""
    needs = f"{purpose} needs {library_name(module)}, which is not installed."
    if module == "tensorflow" and _too_new(extra):
        needs = (
            f"{purpose} needs TensorFlow, which cannot be installed with Python "
            f"{sys.version_info[0]}.{sys.version_info[1]}: it is there for 3.11 to {_newest()}."
        )
    return f"{needs} Install it with: {install_command(extra)}"


def install_command(extra: Extra) -> str:
    """Return the command for a shell that adds an extra to this installation, safe to show.

    It uses the program by which this one was installed: uv or pipx for a tool of its own, otherwise
    pip, or uv where the environment has no pip. Where this Python is too new for TensorFlow, the
    command installs with one that is not: into a new environment, unless it is a tool's.
    """
    return clean(_command(extra), 1000)


def install_beside(requirement: str) -> str:
    """Return the command that installs another package into this environment, safe to show.

    Args:
        requirement: the package with its extras, such as `jax[cuda12]`.
    """
    wanted = shlex.quote(requirement)
    kind = _tool()
    if kind == "uv":
        command = f"uv tool install --with {wanted} {_requirement()}"
    elif kind == "pipx":
        command = f"pipx inject {PROGRAM} {wanted}"
    elif is_installed("pip"):
        command = f"{_python()} -m pip install {wanted}"
    else:
        command = f"uv pip install --python {_python()} {wanted}"
    return clean(command, 1000)


def uninstall_command(*packages: str) -> str:
    """Return the command that removes packages; empty for a tool, which is installed all anew."""
    if _tool():
        return ""
    names = shlex.join(packages)
    if is_installed("pip"):
        return clean(f"{_python()} -m pip uninstall -y {names}", 1000)
    return clean(f"uv pip uninstall --python {_python()} {names}", 1000)


def _tool() -> str:
    """Return which program keeps this environment for one tool: `uv`, `pipx`, or empty."""
    prefix = Path(sys.prefix)
    if (prefix / "uv-receipt.toml").is_file():
        return "uv"
    return "pipx" if (prefix / "pipx_metadata.json").is_file() else ""


def _too_new(extra: Extra) -> bool:
    """Return whether an extra has TensorFlow, and this Python is newer than TensorFlow allows."""
    return "tensorflow" in _EXTRAS[extra] and tuple(sys.version_info[:2]) > NEWEST_PYTHON


def _newest() -> str:
    return ".".join(map(str, NEWEST_PYTHON))


def _command(extra: Extra) -> str:
    kind, other = _tool(), _newest() if _too_new(extra) else ""
    if kind == "uv":
        return f"uv tool install {f'--python {other} ' if other else ''}{_requirement(extra)}"
    if kind == "pipx":
        option = f"--python python{other} " if other else ""
        return f"pipx install --force {option}{_requirement(extra)}"
    # pip and uv look at what is installed first: where that came from does not matter.
    wanted = shlex.quote(f"{PROGRAM}[{extra}]")
    if _direct_url() is None:
        folder = Path(__file__).parents[2]
        wanted = f"-e {shlex.quote(f'{folder}[{extra}]')}"
    if other:
        place = f"~/cnn-tui-{other}"
        return f"python{other} -m venv {place} && {place}/bin/python -m pip install {wanted}"
    if is_installed("pip"):
        return f"{_python()} -m pip install {wanted}"
    return f"uv pip install --python {_python()} {wanted}"


def _python() -> str:
    """Return the command that starts this Python in the shell."""
    here = os.path.dirname(os.path.abspath(sys.executable))
    for name in ("python", "python3"):
        found = shutil.which(name)
        if found is not None and os.path.dirname(os.path.abspath(found)) == here:
            return name
    return shlex.quote(sys.executable)


def _requirement(extra: Extra | None = None) -> str:
    """Return the program with its extras, quoted, as a tool installs it from where it came from.

    A tool's environment is made anew: the extras that are there are named again.
    """
    there = {one for one, modules in _EXTRAS.items() if all(map(is_installed, modules))}
    named = sorted(there | ({extra} if extra else set()))
    extras = f"[{','.join(named)}]" if named else ""
    from urllib.parse import unquote, urlsplit

    source = _direct_url() or {}
    url, folder = str(source.get("url", "")), source.get("dir_info")
    if not url:
        return shlex.quote(f"{PROGRAM}{extras}")
    if isinstance(folder, dict):
        path = shlex.quote(f"{unquote(urlsplit(url).path)}{extras}")
        return f"--editable {path}" if folder.get("editable") else path
    version = source.get("vcs_info")
    if isinstance(version, dict):
        at = version.get("requested_revision") or version.get("commit_id", "")
        url = f"{version.get('vcs', 'git')}+{url}" + (f"@{at}" if at else "")
    return shlex.quote(f"{PROGRAM}{extras} @ {url}")


def _direct_url() -> dict[str, object] | None:
    """Return where the program was installed from (PEP 610); empty for a package index.

    None: it was not installed, but is run from a folder.
    """
    # Not imported above: the app asks for a command only when something is missing.
    import json
    from importlib import metadata

    try:
        text = metadata.distribution(PROGRAM).read_text("direct_url.json")
        found = json.loads(text) if text else {}
    except metadata.PackageNotFoundError:
        return None
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
