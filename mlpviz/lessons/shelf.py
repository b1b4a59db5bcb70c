"""Where lessons stand: those that come with the program, and those of the user."""

from pathlib import Path

import platformdirs

from mlpviz.data import unknown_name
from mlpviz.lessons.lesson import Lesson
from mlpviz.lessons.reading import read_lesson
from mlpviz.locations import resource_path


def own_folder() -> Path:
    """Where a teacher puts lessons: one file each, ending in .md."""
    return platformdirs.user_data_path("mlpviz", appauthor=False) / "lessons"


def lesson_paths() -> dict[str, Path]:
    """The files of all lessons by their names; one of the user's takes the place of ours."""
    found = {path.stem: path for path in sorted(resource_path("lessons").glob("*.md"))}
    if own_folder().is_dir():
        found |= {path.stem: path for path in sorted(own_folder().glob("*.md"))}
    return {name: path for name, path in found.items() if name != "README"}


def load_lesson(name: str) -> Lesson:
    """The lesson of that name.

    Raises
    ------
    ValueError
        If there is none, or its file has a mistake.
    """
    paths = lesson_paths()
    if name not in paths:
        raise unknown_name("lesson", name, paths)
    return read_lesson(paths[name])


def find_lesson(name_or_path: str) -> Lesson:
    """The lesson in a file, or the one of that name."""
    path = Path(name_or_path)
    if path.suffix == ".md" or path.exists():
        return read_lesson(path)
    return load_lesson(name_or_path)


def all_lessons() -> tuple[list[Lesson], list[str]]:
    """All lessons in their order, and a sentence for each file that has a mistake."""
    lessons, mistakes = [], []
    for path in lesson_paths().values():
        try:
            lessons.append(read_lesson(path))
        except ValueError as error:
            mistakes.append(str(error))
    return sorted(lessons, key=lambda lesson: (lesson.order, lesson.name)), mistakes
