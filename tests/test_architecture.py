"""Imports run downwards only, on the floors of the design; tolerances are whole."""

import ast
from pathlib import Path

import pytest

from rfbook.ledger.digest import PACKAGE, imports

GROUND = {"ranges", "special", "gaussian", "devices", "records"}
FIRST = {
    "activations",
    "descent",
    "experiments",
    "exercises",
    "features",
    "fits",
    "forms",
    "ledger",
    "matrices",
    "sweeps",
    "training",
}
ROOF = {
    "api",
    "chapters",
    "cli",
    "cover",
    "dev",
    "doctor",
    "epub",
    "footprints",
    "golden",
    "headlines",
    "launch",
    "mutants",
    "panels",
    "pdf",
    "places",
    "plain",
    "planted",
    "plots",
    "prove",
    "release",
    "reproduce",
    "sphinxext",
    "terms",
    "trials",
    "trust",
    "truetype",
    "weights",
    "__main__",
}
# The package's own front is read by everyone; it imports its parts when asked.
FRONT = ""


def floor(module: str) -> int:
    """Return 0 to 4: ground, first, a chapter's room, claims, roof."""
    top = module.removeprefix("rfbook").lstrip(".").split(".")[0]
    if top == FRONT or top in GROUND:
        return 0
    if top in FIRST:
        return 1
    if top == "claims":
        return 3
    return 4 if top in ROOF else 2


def modules() -> list[str]:
    """Return the names of all modules of rfbook."""
    paths = [p for p in PACKAGE.rglob("*.py") if "__pycache__" not in p.parts]
    names = []
    for path in paths:
        parts = [PACKAGE.name, *path.relative_to(PACKAGE).with_suffix("").parts]
        names.append(".".join(p for p in parts if p != "__init__"))
    return sorted(names)


# The registry gathers the claims by importing them, when it is first asked for.
EXCEPTIONS = {("rfbook.ledger.registry", "rfbook.claims"), ("rfbook", "rfbook.claims")}


@pytest.mark.parametrize("module", modules())
def test_imports_run_downwards(module):
    wrong = [
        name
        for name in imports(module)
        if floor(name) > floor(module) and (module, name) not in EXCEPTIONS
    ]
    assert not wrong


def half_tolerances(source: str) -> list[int]:
    """Return the lines where approx has a relative tolerance, no absolute one."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        given = {keyword.arg for keyword in node.keywords}
        given |= set(("expected", "rel", "abs")[: len(node.args)])
        if name == "approx" and "rel" in given and "abs" not in given:
            lines.append(node.lineno)
    return lines


def test_a_relative_tolerance_is_one():
    """Left to itself abs is 1e-12, which a number below 1e-12 / rel never misses."""
    tests = Path(__file__).parent
    found = {p: half_tolerances(p.read_text("utf-8")) for p in tests.rglob("*.py")}
    assert not {path: lines for path, lines in found.items() if lines}


@pytest.mark.parametrize(
    ("call", "caught"),
    [
        ("pytest.approx(1e-30, rel=1e-9)", True),
        ("approx(1e-30, rel=1e-9)", True),
        ("pytest.approx(1e-30, 1e-9)", True),
        ("pytest.approx(1e-30, rel=1e-9, abs=0)", False),
        ("pytest.approx(1e-30, 1e-9, 0)", False),
        ("pytest.approx(1e-30, abs=1e-35)", False),
    ],
)
def test_half_a_tolerance_is_found(call, caught):
    assert half_tolerances(f"def test():\n    assert x == {call}\n") == [2] * caught
