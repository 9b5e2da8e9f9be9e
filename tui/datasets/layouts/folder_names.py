"""Parse folder names: roles in a dataset (train, validation, test), and folders of masks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal, NamedTuple

from tui.datasets.folder.folder_summary import Finding, Reading, clean_names, join_names

Role = Literal["train", "validation", "test", ""]

_ROLES: dict[str, Role] = {
    **dict.fromkeys(("train", "training", "trn", "tr", "trainval", "learn", "learning"), "train"),
    **dict.fromkeys(
        ("validation", "validate", "validating", "valid", "val", "vali", "vld", "dev"), "validation"
    ),
    **dict.fromkeys(("development", "eval", "evaluation", "evaluate"), "validation"),
    **dict.fromkeys(("test", "testing", "tst", "te", "holdout", "heldout", "unseen"), "test"),
    **dict.fromkeys(
        ("pred", "predict", "prediction", "predictions", "unlabeled", "unlabelled"), "test"
    ),
    # Spanish, Portuguese, Italian, French, German, Dutch, Swedish, Polish, Czech, Turkish,
    # Indonesian; without accents.
    **dict.fromkeys(
        ("entrenamiento", "entrenar", "treinamento", "treino", "addestramento"), "train"
    ),
    **dict.fromkeys(("allenamento", "apprentissage", "entrainement", "ausbildung"), "train"),
    **dict.fromkeys(("trainings", "lernen", "opleiding", "traning", "trening"), "train"),
    **dict.fromkeys(("treningowy", "treningowe", "trenovani", "trenovaci", "egitim"), "train"),
    **dict.fromkeys(("pelatihan", "latih"), "train"),
    **dict.fromkeys(("validacion", "evaluacion", "validacao", "avaliacao"), "validation"),
    **dict.fromkeys(("validazione", "convalida", "valutazione", "validierung"), "validation"),
    **dict.fromkeys(("validatie", "validering", "walidacja", "walidacyjne"), "validation"),
    **dict.fromkeys(("validace", "validacni", "dogrulama", "validasi"), "validation"),
    **dict.fromkeys(("prueba", "pruebas", "teste", "testes", "prova", "essai", "essais"), "test"),
    **dict.fromkeys(("prufung", "testowy", "testowe", "testovaci", "pengujian"), "test"),
}
_STEMS: dict[str, Role] = {
    # Word stems in scripts that append endings or other words without a separator.
    **dict.fromkeys(("обуч", "тренир", "εκπαιδευ", "تدريب"), "train"),
    **dict.fromkeys(("训练", "訓練", "学習", "學習", "훈련", "학습"), "train"),
    **dict.fromkeys(("валид", "провер", "επικυρ", "验证", "驗證", "検証", "검증"), "validation"),
    **dict.fromkeys(("тест", "δοκιμ", "اختبار"), "test"),
    **dict.fromkeys(("测试", "測試", "テスト", "테스트", "시험"), "test"),
}
_GENERIC = frozenset(
    {"set", "sets", "data", "dataset", "datasets", "image", "images", "imgs", "img", "pics"}
    | {"pictures", "photos", "split", "folder", "dir", "files", "part", "subset", "the", "x"}
    | {"datos", "dados", "dati", "daten", "donnees", "gegevens", "bilder", "imagenes", "imagens"}
    | {"immagini", "conjunto", "ensemble", "jeu", "de", "di", "da"}
)
_NO_LABEL = frozenset({"unknown", "all", "class", "classes", "none", "nolabel"})
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_A-Za-z]+")


class FolderName(NamedTuple):
    """A parsed folder name.

    Args:
        role: its role in a dataset; empty if the name has none.
        rest: its other words, in lower case, without generic ones such as "set".
    """

    role: Role
    rest: tuple[str, ...]


def parse_folder_name(name: str) -> FolderName:
    """Parse a folder's name.

    >>> parse_folder_name("training_set")
    FolderName(role='train', rest=())
    >>> parse_folder_name("seg_test")
    FolderName(role='test', rest=('seg',))
    >>> parse_folder_name("TestImages2").role, parse_folder_name("Val").role
    ('test', 'validation')
    >>> parse_folder_name("trains").role
    ''
    """
    role: Role = ""
    rest = []
    for word in (found.lower() for found in _WORD.findall(_without_accents(name))):
        meaning = _word_role(word)
        if meaning and not role:
            role = meaning
        elif not meaning and word not in _GENERIC:
            rest.append(word)
    return FolderName(role, tuple(rest))


def split_role(name: str) -> tuple[Role, str]:
    """Split a name into its role in a dataset and the rest of it, as spelled.

    >>> split_role("train_sea"), split_role("testA"), split_role("sea")
    (('train', 'sea'), ('test', 'A'), ('', 'sea'))
    >>> split_role("Big-Forest-Val")
    ('validation', 'Big-Forest')
    """
    spelled = unicodedata.normalize("NFC", name)
    for found in _WORD.finditer(_without_accents(name)):
        role = _word_role(found.group().lower())
        if role:
            before, after = spelled[: found.start()], spelled[found.end() :]
            joined = f"{before.rstrip(_BREAKS)} {after.lstrip(_BREAKS)}".strip()
            return role, joined.strip(_BREAKS)
    return "", name


def name_words(name: str) -> tuple[str, ...]:
    """Return a name's words in lower case, without accents and without numbers.

    >>> name_words("JPEGImages_2")
    ('jpeg', 'images')
    """
    return tuple(word.lower() for word in _WORD.findall(_without_accents(name)))


def is_generic_name(name: str) -> bool:
    """Return whether a folder's name says nothing about a class.

    >>> [is_generic_name(name) for name in ("images", "unknown", "0", "cats")]
    [True, True, True, False]
    """
    words = name_words(name)
    return all(
        word in _GENERIC or word in _NO_LABEL or _word_role(word) == "test" for word in words
    )


_BREAKS = " ._-"


def _without_accents(name: str) -> str:
    """Remove accents, one character for each of the name's NFC form."""
    plain = []
    for letter in unicodedata.normalize("NFC", name):
        parts = unicodedata.normalize("NFD", letter)
        bare = all(unicodedata.category(part) == "Mn" for part in parts[1:])
        plain.append("i" if letter == "ı" else parts[0] if bare else letter)
    return "".join(plain)


def _word_role(word: str) -> Role:
    """Return a word's role, also if a generic word is attached, as in "trainset"."""
    if word in _ROLES:
        return _ROLES[word]
    if not word.isascii():
        return next((role for stem, role in _PLAIN_STEMS.items() if word.startswith(stem)), "")
    for other in _GENERIC:
        for stem in (word.removesuffix(other), word.removeprefix(other)):
            if stem != word and len(stem) > 2 and stem in _ROLES:
                return _ROLES[stem]
    return ""


_PLAIN_STEMS = {_without_accents(stem): role for stem, role in _STEMS.items()}


_IMAGES = frozenset(
    {"image", "images", "img", "imgs", "photo", "photos", "picture", "pictures", "frame", "frames"}
    | {"input", "inputs", "rgb", "original", "originals"}
)
_MASKS = frozenset(
    {"mask", "masks", "label", "labels", "annotation", "annotations", "annot", "annots", "gt"}
    | {"groundtruth", "truth", "segmentation", "segmentations", "seg", "segs", "target", "targets"}
    | {"trimap", "trimaps", "contour", "contours", "bbox", "bboxes"}
)
_BESIDE = frozenset({"jpeg", "jpg", "png", "class", "object", "ground", "set", "sets", "binary"})


def is_mask(name: str) -> bool:
    """Return whether a folder is named like one of masks or annotations.

    >>> is_mask("train_masks"), is_mask("SegmentationClass"), is_mask("cats")
    (True, True, False)
    """
    return not _MASKS.isdisjoint(name_words(name))


def masks_finding(names: Sequence[str], readings: tuple[Reading, ...]) -> Finding | None:
    """Report folders of images and their masks or annotations, which are not classes.

    Args:
        names: the names of all folders that hold images.
        readings: other ways to read the folder.

    Returns:
        None if there is a folder of another kind, or one of the two kinds is missing.
    """
    words = [set(name_words(split_role(name)[1])) - _BESIDE for name in names]
    masks = [name for name in names if is_mask(name)]
    images = [name for name in names if name not in masks]
    only_these = all(name and name <= _IMAGES | _MASKS for name in words)
    if not (masks and images and only_these):
        return None
    return Finding(
        "error",
        "masks",
        f"{join_names(images)} beside {join_names(masks)}: images and their masks or annotations, "
        "as for segmentation or detection, not classes. This program trains classifiers: make one "
        "sub-folder for each class and put its images there.",
        clean_names(names),
        readings=readings,
    )
