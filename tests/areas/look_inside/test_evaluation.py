"""Predicting all images, without a screen: how far it is, what came out, and what is wrong."""

from __future__ import annotations

from tests.unit.inspection.test_client import child
from tui.areas.look_inside.evaluation import Evaluation
from tui.inspection.answers import Evaluated
from tui.inspection.inspection_session import InspectionSession

ANSWERS = (
    "one = next_request()\n"
    "send(Progress(id=one.id, done=1, total=3))\n"
    "send(Evaluated(id=one.id, classes=('cat', 'dog'), confusion=((2, 0), (1, 0)), mistakes=(),\n"
    "    unreadable=('x.png',)))\n"
    "next_request()\n"
)
REFUSES = (
    "one = next_request()\n"
    "send(Refused(id=one.id, what='There are no images.', cure='Name a folder.'))\n"
    "next_request()\n"
)


class Watched:
    """An evaluation, and the texts that a screen would have shown."""

    def __init__(self, program: str, *, has_images: bool = True) -> None:
        self.session = InspectionSession(lambda layer: (1, 1, 1), lambda: None)
        self.session.client = child(program)
        self.texts: list[str] = []
        self.evaluation = Evaluation(self.session, self._note, has_images=has_images)

    def _note(self) -> None:
        self.texts.append(self.evaluation.text().plain)


async def test_first_how_far_it_is_then_the_accuracy() -> None:
    watched = Watched(ANSWERS)
    evaluation = watched.evaluation
    async with watched.session.client:
        assert evaluation.needs_computing() and evaluation.result is None
        await evaluation.compute()
    assert watched.texts[0] == "Predicting the images …"
    assert "1 of 3 images" in watched.texts[1]
    assert "2 of 3 right" in watched.texts[-1]
    assert watched.texts[-1].endswith("\n1 image could not be read.")
    assert isinstance(evaluation.finished, Evaluated) and not evaluation.needs_computing()


async def test_of_another_folder_nothing_is_known_yet() -> None:
    watched = Watched(ANSWERS)
    async with watched.session.client:
        await watched.evaluation.compute()
    watched.evaluation.folder = "/pets/test"
    assert watched.evaluation.result is None and watched.evaluation.needs_computing()


async def test_why_it_is_refused_is_said() -> None:
    watched = Watched(REFUSES)
    async with watched.session.client:
        await watched.evaluation.compute()
    assert watched.texts[-1] == "There are no images. Name a folder."
    assert watched.evaluation.finished is None


def test_a_file_from_elsewhere_needs_a_folder() -> None:
    watched = Watched("", has_images=False)
    assert not watched.evaluation.needs_computing()
    assert watched.texts == ["This file has no images of its own: press d to name a folder."]
    watched.evaluation.folder = "/pets/test"
    assert watched.evaluation.needs_computing()
