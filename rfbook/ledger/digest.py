"""Digests: of a claim's whole import closure, of the source tree, of versions."""

from __future__ import annotations

import ast
import hashlib
import sys
from functools import cache
from importlib import metadata
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
VERSIONED = ("sympy", "numpy", "scipy", "python-flint", "mpmath")


def versions() -> dict[str, str]:
    """Return the versions that verdicts depend on."""
    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for name in VERSIONED:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "absent"
    return found


def module_path(name: str, package: Path = PACKAGE) -> Path | None:
    """Return the file of a module of rfbook, or None if there is no such module."""
    base = package.joinpath(*name.split(".")[1:])
    for path in (base / "__init__.py", base.with_suffix(".py")):
        if path.is_file():
            return path
    return None


def imports(name: str, package: Path = PACKAGE) -> set[str]:
    """Return the modules of rfbook that a module imports, anywhere in its text."""
    path = module_path(name, package)
    text = path.read_text(encoding="utf-8")
    ours = _named(text, name, path.name == "__init__.py")
    return {m for m in ours if module_path(m, package) is not None}


@cache
def _named(text: str, name: str, is_package: bool) -> frozenset[str]:
    """Return what a module's text imports and is named as if it were of rfbook.

    Many modules share most of their closures: each text is parsed once.
    """
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(name, is_package, node)
            found |= {base} | {f"{base}.{alias.name}" for alias in node.names}
    root = PACKAGE.name
    return frozenset(m for m in found if m == root or m.startswith(root + "."))


def _absolute(name: str, is_package: bool, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = name.split(".")
    keep = len(parts) - node.level + is_package
    return ".".join([*parts[:keep], *([node.module] if node.module else [])])


def closure(name: str, package: Path = PACKAGE) -> list[str]:
    """Return a module and all it imports inside rfbook, and their packages."""
    seen: set[str] = set()
    todo = [name]
    while todo:
        module = todo.pop()
        if module in seen:
            continue
        seen.add(module)
        todo += imports(module, package)
        if "." in module:
            todo.append(module.rpartition(".")[0])
    return sorted(seen)


@cache
def claim_digest(module: str, package: Path = PACKAGE) -> str:
    """Return the digest on which the verdicts of one claims module depend.

    It covers the text of the whole import closure, the data files that this text names,
    and the versions of Python and of the libraries that decide. Seeds are in the text.
    """
    lines = [f"{name} {version}" for name, version in sorted(versions().items())]
    for name in closure(module, package):
        path = module_path(name, package)
        lines.append(f"{name} {_hash(path)}")
        lines += [f"{data.name} {_hash(data)}" for data in data_files(path, package)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def module_digest(*names: str) -> str:
    """Return the digest of modules of rfbook and of all that they import inside it.

    Names of modules elsewhere are left out.

    Examples
    --------
    >>> module_digest("rfbook.ranges", "json") == module_digest("rfbook.ranges")
    True
    """
    inside = [n for n in names if n.split(".")[0] == PACKAGE.name and module_path(n)]
    modules = sorted({module for name in inside for module in closure(name)})
    lines = [f"{module} {_hash(module_path(module))}" for module in modules]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def data_files(path: Path, package: Path = PACKAGE) -> list[Path]:
    """Return the package's data files that a module names in a string.

    With a proof comes the record of what Coq said of it.
    """
    text = path.read_text(encoding="utf-8")
    named = {file for file in _known_data(package) if f'"{file.name}"' in text}
    records = {file.with_suffix(".json") for file in named if file.suffix == ".v"}
    return sorted(named | {record for record in records if record.is_file()})


@cache
def _known_data(package: Path) -> list[Path]:
    """Return all data files of a package."""
    kinds = ("json", "npz", "v")
    return [file for kind in kinds for file in package.rglob(f"*.{kind}")]


def tree_digest(package: Path = PACKAGE) -> str:
    """Return the digest of all of rfbook's source files."""
    lines = [
        f"{path.relative_to(package).as_posix()} {_hash(path)}"
        for path in sorted(package.rglob("*.py"))
        if "__pycache__" not in path.parts
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
