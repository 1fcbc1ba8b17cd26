"""The rooms whose formulas are changed, and the tests that should notice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Room:
    """A part of the package and its own tests.

    Attributes
    ----------
    name : str
    sources : tuple of str
        Patterns of the files that are changed, from the root of the tree. Their
        doctests are among the tests.
    tests : tuple of str
        Patterns of the files with its tests.
    """

    name: str
    sources: tuple[str, ...]
    tests: tuple[str, ...]

    def files(self, root: Path) -> list[str]:
        """Return the files that are changed, by their names from the root.

        Raises
        ------
        ValueError
            If a pattern fits no file.
        """
        return _find(root, self.sources)

    def suite(self, root: Path) -> list[str]:
        """Return the files with tests: the room's own, then those with its doctests.

        In this order pytest finds the modules imported when it comes to their doctests.
        Else it would import them a second time, and tests that replace something in a
        module would replace it in the wrong one.

        Raises
        ------
        ValueError
            If a pattern fits no file.
        """
        return [*_find(root, self.tests), *_find(root, self.sources)]


def _find(root: Path, patterns: tuple[str, ...]) -> list[str]:
    """Return the files that patterns fit, in the order of the names."""
    found: set[str] = set()
    for pattern in patterns:
        paths = [path.relative_to(root).as_posix() for path in root.glob(pattern)]
        if not paths:
            raise ValueError(f"a room's pattern must fit a file, got {pattern!r}")
        found |= set(paths)
    return sorted(found)


def _room(name: str, *tests: str, package: bool = False) -> Room:
    """Return a room: a module or a package, and its tests."""
    files = f"rfbook/{name}/*.py" if package else f"rfbook/{name}.py"
    return Room(name, (files,), tests or (f"tests/test_{name}*.py",))


GAPS = ("tests/test_quadratic_gap_[fnt]*.py", "tests/test_mixture_gap_[efnt]*.py")
"""The tests of the risks, which rest on the shared algebra."""

RUNS = "tests/test_reproduce.py"
"""The tests of the papers' figures at any size, which call the rooms' cells."""

SCAN = "tests/test_experiments.py"
"""The tests of the scan of what the protocol leaves open."""

ROOMS = {
    room.name: room
    for room in (
        _room("special", "tests/test_special.py"),
        _room("gaussian"),
        _room("matrices", "tests/test_matrices.py", *GAPS),
        _room("activations"),
        _room("features", "tests/test_features.py", *GAPS),
        _room("forms"),
        _room("training"),
        _room(
            "descent",
            "tests/test_descent.py",
            "tests/test_quadratic_gap_descent.py",
            "tests/test_mixture_gap_training.py",
            package=True,
        ),
        _room("psi", "tests/test_psi.py"),
        _room("linear_warmup", "tests/test_linear_warmup.py"),
        _room("single_neuron", "tests/test_single_neuron_[!e]*.py", package=True),
        _room(
            "quadratic_gap",
            "tests/test_quadratic_gap_[!e]*.py",
            SCAN,
            RUNS,
            package=True,
        ),
        _room(
            "mixture_gap",
            "tests/test_mixture_gap_[!e]*.py",
            "tests/test_mixture_gap_errors.py",
            RUNS,
            package=True,
        ),
        _room(
            "random_features",
            "tests/test_random_features.py",
            "tests/test_random_features_coupling.py",
            package=True,
        ),
        _room(
            "polynomial_learning",
            "tests/test_polynomial_[!l]*.py",
            "tests/test_polynomial_legendre.py",
            package=True,
        ),
        _room("counting", "tests/test_counting.py", package=True),
        _room(
            "feature_learning",
            "tests/test_feature_learning.py",
            package=True,
        ),
        _room("staircases", "tests/test_staircases.py", package=True),
    )
}
"""Every room that holds formulas, by name: the ground floor first."""
