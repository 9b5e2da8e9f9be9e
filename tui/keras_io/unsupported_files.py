"""Networks and weights in forms that cannot be read: what each file is, and what to do.

They are recognised by their first bytes, the names in a zip archive or the names in a folder, and
rarely by their own names. Nothing else in them is opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from tui.common.text import clean
from tui.geometry import GeometryError

HEAD = 4096
"""Bytes from the beginning that are enough to recognise a file."""

HDF5 = b"\x89HDF\r\n\x1a\n"
_TABLE_END = b"\x57\xfb\x80\x8b\x24\x75\x47\xdb"
_OLD_PYTORCH = b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19"
_GRAPH_NODE = re.compile(
    rb"\x0a[\x01-\xff]{1,3}\x0a[\x01-\x7f][\w./\-]{1,120}\x12[\x01-\x30][A-Z]\w+", re.S
)
_PLAIN_NAME = re.compile(r"[\w.\-+() ]{1,100}")
_ONNX = re.compile(rb"\x08[\x03-\x14](\x12[\x00-\x7f][ -~]{0,127}|\x3a|\x42)", re.S)
_SAVED_MODEL = re.compile(rb"\x08\x01\x12[\x80-\xff]{1,4}[\x00-\x7f]\x0a", re.S)


class UnsupportedFile(GeometryError):
    """A file in a form that cannot be read.

    Args:
        message: what it is and what to do, in a sentence or two.
        lines: Python or shell that does it; perhaps none.
    """

    def __init__(self, message: str, lines: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.lines = lines


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of file.

    Args:
        what: the sentence that follows the file's name.
        cure: what to do.
        lines: Python or shell that does it; {file} is the file's name, {new} one in .keras.
    """

    what: str
    cure: str = ""
    lines: tuple[str, ...] = ()


_BUILD = "model = ...  # the same model, built again by its program"
_SAVE = 'model.save("{new}")'
_NO_WAY_BACK = (
    "There is no way back to the layers of Keras: go to the program that made the model, and save "
    "it there."
)

WEIGHTS = _Kind(
    "holds weights alone, without the layers that they belong to",
    "Build the model as it was built for them, load them, and save the whole:",
    (_BUILD, 'model.load_weights("{file}")', _SAVE),
)
HDF5_OTHER = _Kind(
    "is an HDF5 file without a Keras model: its root has no attribute model_config",
    "Of HDF5 files, those of model.save in Keras 2 and 3 can be read.",
)
_ARRAYS = _Kind(
    "is a file of NumPy arrays: perhaps weights, but without the layers that they belong to",
    "If they are what model.get_weights() returned, build the model again and save all of it:",
    (
        "import numpy as np",
        _BUILD,
        'held = np.load("{file}")',
        "model.set_weights([held[name] for name in held.files])",
        _SAVE,
    ),
)
_ONE_ARRAY = _Kind("is one NumPy array, not a network")
_CHECKPOINT = _Kind(
    "is part of a TensorFlow checkpoint: weights alone, without the layers that they belong to",
    "Keras 3 does not load it. With Keras 2 (pip install tf_keras), built as it was built for "
    "them, the model can be saved whole:",
    (
        "import tf_keras as keras",
        _BUILD,
        'model.load_weights("{prefix}")',
        _SAVE,
    ),
)
SAVED_MODEL = _Kind(
    "is a SavedModel of TensorFlow: a graph of operations, which says nothing of Keras's layers",
    "If model.save of Keras 2 wrote it (then keras_metadata.pb stands beside), tf_keras can read "
    "it (pip install tf_keras):",
    ("import tf_keras", 'tf_keras.models.load_model("{folder}").save("{new}")'),
)
_EXPORTED = _Kind(
    "is a SavedModel of TensorFlow without keras_metadata.pb: a graph of operations, as "
    "model.export writes it. It says nothing of Keras's layers",
    _NO_WAY_BACK,
    (_SAVE,),
)
_FROZEN = _Kind(
    "is a graph of TensorFlow (a frozen GraphDef): operations, not layers of Keras",
    _NO_WAY_BACK,
    (_SAVE,),
)
_TFLITE = _Kind(
    "is a TFLite model, made for phones and small computers: operations, not layers of Keras",
    _NO_WAY_BACK,
    (_SAVE,),
)
_ONNX_MODEL = _Kind(
    "seems to be an ONNX model: operations, not layers of Keras", _NO_WAY_BACK, (_SAVE,)
)
_PYTORCH = _Kind(
    "is a file of PyTorch, a pickle: opening one runs whatever code is in it, so it is not opened",
    "PyTorch does not have the layers of Keras: build the same network in Keras, set its weights "
    "layer by layer, and save it:",
    (
        "import torch",
        'state = torch.load("{file}", weights_only=True)',
        "model = ...  # the same network, built with keras.layers",
        "# kernels: PyTorch has (out, in, rows, columns), Keras (rows, columns, in, out)",
        'layer.set_weights([state["conv.weight"].numpy().transpose(2, 3, 1, 0), '
        'state["conv.bias"].numpy()])',
        _SAVE,
    ),
)
_PICKLE = _Kind(
    "is a pickle: opening one runs whatever code is in it, so it is not opened here",
    "If you made it yourself from a Keras model, save the model instead:",
    ("import pickle", 'model = pickle.load(open("{file}", "rb"))', _SAVE),
)
_SAFETENSORS = _Kind(
    "is a safetensors file: weights alone, without the layers that they belong to",
    "Build the network with keras.layers, set its weights, and save it:",
    (
        "from safetensors.numpy import load_file",
        'state = load_file("{file}")  # arrays by name',
        "model = ...  # the same network, built with keras.layers",
        "layer.set_weights([...])     # for each layer",
        _SAVE,
    ),
)
_ARCHIVE = _Kind("is an archive", "Unpack it, and name the file in it that holds the network.")
_PICTURE = _Kind(
    "is a picture, not a network",
    "cnn-tui look RUN --image FILE shows what a network makes of it.",
)
_LFS = _Kind(
    "is only a pointer to the file, as git stores it without git-lfs",
    "Fetch the file itself:",
    ("git lfs pull",),
)
_HTML = _Kind(
    "is a web page, not a network: the download gave a page in place of the file",
    "Open its address in a browser, and see what it asks for.",
)
_YAML = _Kind(
    "is a network as YAML, as model.to_yaml() of older Keras wrote it",
    "No Keras reads it any longer. Where the old Keras still runs, write JSON instead:",
    ('open("model.json", "w").write(model.to_json())',),
)
_NOTEBOOK = _Kind(
    "is a notebook: a program, which is not run here",
    "Run it, and let it save its model:",
    (_SAVE,),
)
_EMPTY = _Kind("is empty", "Perhaps it was not written completely: save the model again.")
_OTHER_ZIP = _Kind(
    "is a zip archive without config.json, and so not a .keras file",
    "Save the model again:",
    (_SAVE,),
)

_BY_HEAD: tuple[tuple[bytes, _Kind], ...] = (
    (b"\x93NUMPY", _ONE_ARRAY),
    (b"version https://git-lfs", _LFS),
    (b"\x1f\x8b", _ARCHIVE),
    (b"BZh", _ARCHIVE),
    (b"\xfd7zXZ", _ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", _ARCHIVE),
    (b"Rar!", _ARCHIVE),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"model_checkpoint_path:", _CHECKPOINT),
    (b"ccopy_reg\n", _PICKLE),
    (b"ccopyreg\n", _PICKLE),
)


def unsupported(kind: _Kind, name: str) -> UnsupportedFile:
    """Return the error that says what a file is."""
    path = PurePath(clean(name, 200))
    # The lines are pasted and run: a name that could end a string is left out of them.
    plain = path.name if _PLAIN_NAME.fullmatch(path.name) else f"your-file{path.suffix[:8]}"
    stem = plain.split(".")[0] or "model"
    folder = path.parent.name if path.suffix == ".pb" and path.parent.name else path.name
    names = {
        "file": plain,
        "new": f"{stem}.keras",
        "prefix": re.sub(r"\.(index|data-\d+-of-\d+|meta)$", "", plain),
        "folder": folder if _PLAIN_NAME.fullmatch(folder) else "your-folder",
    }
    lines = list(kind.lines)
    if kind is WEIGHTS and not plain.endswith((".h5", ".hdf5")):
        # Keras recognises such a file by the ending of its name.
        names["file"] = f"{stem}.weights.h5"
        lines.insert(0, f'import shutil; shutil.copy("{plain}", "{names["file"]}")')
    cure = f" {kind.cure}" if kind.cure else ""
    made = tuple(line.format_map(names) if "{" in line else line for line in lines)
    return UnsupportedFile(f"{clean(path.name, 60)} {kind.what}.{cure}", made)


def unsupported_head(head: bytes, name: str, end: bytes = b"") -> UnsupportedFile | None:
    """Return what a file is, by its first bytes; None if it may be readable.

    Args:
        head: its first bytes, :data:`HEAD` or all of it.
        name: its name.
        end: its last bytes, if they are known.
    """
    kind = _kind_of(head, name, end)
    return None if kind is None else unsupported(kind, name)


def _kind_of(head: bytes, name: str, end: bytes) -> _Kind | None:
    suffix = PurePath(name).suffix.lower()
    if not head:
        return _EMPTY
    for beginning, kind in _BY_HEAD:
        if head.startswith(beginning):
            return kind
    if head[4:8] == b"TFL3":
        return _TFLITE
    if head[257:262] == b"ustar":
        return _ARCHIVE
    if head[:1] == b"\x80" and 2 <= head[1] <= 5:
        return _PYTORCH if _OLD_PYTORCH in head[:32] or b"torch" in head else _PICKLE
    if head[8:10] == b'{"' and int.from_bytes(head[:8], "little") < 2**30:
        return _SAFETENSORS
    if end.endswith(_TABLE_END):
        return _CHECKPOINT
    if _SAVED_MODEL.match(head):
        return SAVED_MODEL
    if _ONNX.match(head):
        return _ONNX_MODEL
    if _GRAPH_NODE.match(head):
        return _FROZEN
    if re.search(r"\.data-\d{5}-of-\d{5}$", name):
        return _CHECKPOINT
    if suffix == ".meta" and head[:1] == b"\x0a":
        return _CHECKPOINT
    return _kind_of_text(head)


def _kind_of_text(head: bytes) -> _Kind | None:
    text = head.decode("utf-8", "replace").lstrip("\N{ZERO WIDTH NO-BREAK SPACE} \t\r\n")
    if text[:15].lower().startswith(("<!doctype html", "<html")):
        return _HTML
    if re.search(r"^class_name: \w+", text, re.M) and not text.startswith("{"):
        return _YAML
    if text.startswith("{") and re.search(r'"(cells|nbformat)"\s*:', text[:400]):
        return _NOTEBOOK
    return None


def unsupported_archive(names: Iterable[str], name: str) -> UnsupportedFile:
    """Return what a zip archive without `config.json` is, by the names in it."""
    held = [one.replace("\\", "/") for one in names][:5000]
    ends = {one.rsplit("/", 1)[-1] for one in held}
    if "data.pkl" in ends or "constants.pkl" in ends:
        return unsupported(_PYTORCH, name)
    if held and all(one.endswith(".npy") for one in held):
        return unsupported(_ARRAYS, name)
    wanted = (".keras", ".h5", ".hdf5", "saved_model.pb", "config.json", "model.json", ".tflite")
    inside = [clean(one, 80) for one in held if one.endswith(wanted)]
    if inside:
        more = f" and {len(inside) - 3} more" if len(inside) > 3 else ""
        listed = f"{', '.join(inside[:3])}{more}"
        return UnsupportedFile(
            f"{clean(PurePath(name).name, 60)} is a zip archive that holds {listed}: unpack it, "
            "and name that."
        )
    return unsupported(_OTHER_ZIP, name)


def unsupported_folder(names: Iterable[str], name: str) -> UnsupportedFile:
    """Return what a folder is, by the names in it."""
    held = set(names)
    if "saved_model.pb" in held or "saved_model.pbtxt" in held:
        return unsupported(SAVED_MODEL if "keras_metadata.pb" in held else _EXPORTED, name)
    if "checkpoint" in held or any(one.endswith(".index") for one in held):
        index = next((one for one in sorted(held) if one.endswith(".index")), "model.index")
        error = unsupported(_CHECKPOINT, f"{name}/{index}")
        what = error.message.replace(index, f"{clean(PurePath(name).name, 60)}/{index}", 1)
        return UnsupportedFile(what, error.lines)
    return UnsupportedFile(
        f"{clean(PurePath(name).name, 60)} is a folder: name the file in it that holds the network."
    )


def error_text(error: GeometryError) -> str:
    """Return an error as text for the screen, with its lines of Python or shell.

    >>> print(error_text(unsupported(WEIGHTS, "digits.weights.h5")).splitlines()[-1])
        model.save("digits.keras")
    """
    if not isinstance(error, UnsupportedFile) or not error.lines:
        return clean(error.message)
    lines = "\n".join(f"    {clean(line)}" for line in error.lines)
    return f"{clean(error.message)}\n\n{lines}"
