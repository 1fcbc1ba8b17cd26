"""Imports run downwards only, and the floors are those of the design."""

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
