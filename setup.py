"""What pyproject.toml cannot say: `lessons/` becomes `tui/lessons/` in what is installed.

So the program adds one name to site-packages, and the lessons stay at the top of the source.
"""

from __future__ import annotations

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class WithLessons(build_py):
    """Builds the packages, and puts the lessons into one of them."""

    def _lessons(self) -> dict[str, str]:
        """Return where each lesson goes, and where it is."""
        sources = sorted(Path("lessons").glob("*.md"))
        return {str(Path(self.build_lib, "tui", one)): str(one) for one in sources}

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            for target, source in self._lessons().items():
                self.mkpath(str(Path(target).parent))
                self.copy_file(source, target)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        outputs = super().get_outputs(include_bytecode)
        return [*outputs, *(one for one in self._lessons() if one not in outputs)]

    def get_output_mapping(self) -> dict[str, str]:
        return {**super().get_output_mapping(), **self._lessons()}

    def get_source_files(self) -> list[str]:
        return [*super().get_source_files(), *self._lessons().values()]


setup(cmdclass={"build_py": WithLessons})
