"""The names that other people's code calls: what they are, and what changed.

``rfbook/api.json`` holds, for every public module, each public name with its signature,
the first line of its docstring, the module that defines it and the claims that its
docstring names. The page of the functions is made from it, and a test compares it with
the code.

``python -m rfbook.api`` writes the file again. A name that is taken away, or whose
signature changes, must stand in the part *Unreleased* of the changelog before.
"""

from __future__ import annotations

import argparse
import inspect
import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from importlib import import_module
from importlib.resources import files
from pathlib import Path

FILE = "api.json"
CHANGELOG = "CHANGELOG.md"
UNRELEASED = "## [Unreleased]"
RECORD = "`python -m rfbook.api` records it"

GROUND = ("ranges", "special", "gaussian", "devices", "records")
FIRST = ("matrices", "features", "activations", "forms", "descent", "fits", "training")
ROOMS = (
    "random_features",
    "polynomial_learning",
    "psi",
    "linear_warmup",
    "single_neuron",
    "quadratic_gap",
    "mixture_gap",
    "counting",
    "feature_learning",
    "staircases",
)
MODULES = ("rfbook", *(f"rfbook.{name}" for name in (*ROOMS, *FIRST, *GROUND)))
"""The public modules: the package's front, the chapters' rooms, what they stand on."""

_CLAIMS = re.compile(r"\bClaims?: ((?:[^.]|\.(?!\s|$))*)")
_ID = re.compile(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`")
_PLAIN = (int, float, str, bool, type(None))


@dataclass(frozen=True)
class Name:
    """A public name.

    Parameters
    ----------
    signature : str
        ``(x, a: int)``; of a class that of its constructor; empty for a value.
    says : str
        The first line of its docstring.
    home : str
        The module that defines it.
    claims : tuple of str
        The claims that its docstring names.
    methods : mapping of str to str
        The signatures of a class's public methods; empty for a property.
    """

    signature: str
    says: str
    home: str
    claims: tuple[str, ...] = ()
    methods: Mapping[str, str] = field(default_factory=dict)


Names = dict[str, dict[str, Name]]


# --- what the code has ----------------------------------------------------------------


def current() -> Names:
    """Return the public names of every public module, by inspection."""
    return {
        module: {name: describe(module, name) for name in public(module)}
        for module in MODULES
    }


def public(module: str) -> list[str]:
    """Return the public names of a module: its ``__all__``, or what it defines.

    Examples
    --------
    >>> public("rfbook.gaussian")[:3]
    ['expect', 'log_phi', 'log_tail']
    """
    loaded = import_module(module)
    if hasattr(loaded, "__all__"):
        return sorted(name for name in loaded.__all__ if not name.startswith("_"))
    return sorted(
        name
        for name, value in vars(loaded).items()
        if not name.startswith("_")
        and callable(value)
        and getattr(value, "__module__", "") == module
    )


def describe(module: str, name: str) -> Name:
    """Return what is frozen of a name.

    Examples
    --------
    >>> describe("rfbook.psi", "psi").signature
    '(x, a: int)'
    >>> describe("rfbook.special", "harmonic_dimension").signature
    '(d: int, degree: int) -> int'
    """
    value = getattr(import_module(module), name)
    kinds = (inspect.isclass, inspect.isroutine, inspect.ismodule)
    if not any(kind(inspect.unwrap(value)) for kind in kinds):
        return Name("", f"A value: {type(value).__name__}.", module)
    text = inspect.getdoc(value) or ""
    return Name(
        signature=signature(value),
        says=text.split("\n", 1)[0],
        home=getattr(value, "__module__", None) or module,
        claims=named_claims(text),
        methods=methods(value) if inspect.isclass(value) else {},
    )


def named_claims(text: str) -> tuple[str, ...]:
    r"""Return the ids that follow the word Claim in a docstring.

    Examples
    --------
    >>> named_claims("One.\n\nClaim: `mixture-network`; else `mixture-signs`.")
    ('mixture-network', 'mixture-signs')
    """
    found = [name for part in _CLAIMS.findall(text) for name in _ID.findall(part)]
    return tuple(dict.fromkeys(found))


def signature(value) -> str:
    """Return a signature in the same words on every version of Python.

    A default that is no number, word, fraction or tuple of them is shown as an
    ellipsis.

    Examples
    --------
    >>> def scaled(x, *, by: float = 2.0) -> float: ...
    >>> signature(scaled)
    '(x, *, by: float = 2.0) -> float'
    """
    try:
        found = inspect.signature(value)
    except ValueError:  # an exception's, say
        return ""
    parameters, words, starred = list(found.parameters.values()), [], False
    for parameter in parameters:
        if parameter.kind is parameter.VAR_POSITIONAL:
            starred = True
        elif parameter.kind is parameter.KEYWORD_ONLY and not starred:
            starred = True
            words.append("*")
        words.append(_parameter(parameter))
    returned = _annotation(found.return_annotation)
    return f"({', '.join(words)})" + (f" -> {returned}" if returned else "")


def _parameter(parameter: inspect.Parameter) -> str:
    stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}
    word = stars.get(parameter.kind, "") + parameter.name
    kind, default = _annotation(parameter.annotation), parameter.default
    word += f": {kind}" if kind else ""
    if default is not parameter.empty:
        word += f" = {_default(default)}" if kind else f"={_default(default)}"
    return word


def _annotation(given) -> str:
    if given in (inspect.Parameter.empty, None):
        return ""
    return given if isinstance(given, str) else getattr(given, "__name__", str(given))


def _default(value) -> str:
    from fractions import Fraction

    short = isinstance(value, (*_PLAIN, Fraction)) or (
        isinstance(value, tuple) and all(isinstance(part, _PLAIN) for part in value)
    )
    return repr(value) if short else "..."


def methods(value: type) -> dict[str, str]:
    """Return the public methods of a class of rfbook, the inherited ones too."""
    found = {}
    for base in reversed(value.__mro__):
        if not base.__module__.startswith("rfbook"):
            continue
        for name, member in vars(base).items():
            if name.startswith("_"):
                continue
            if isinstance(member, property):
                found[name] = ""
            elif isinstance(member, staticmethod | classmethod):
                found[name] = signature(member.__func__)
            elif inspect.isfunction(member):
                found[name] = signature(member)
    return dict(sorted(found.items()))


# --- what is frozen, and what differs -------------------------------------------------


def frozen() -> Names:
    """Return the names that are frozen."""
    rows = json.loads((files("rfbook") / FILE).read_text(encoding="utf-8"))
    return {
        module: {
            name: Name(**{**row, "claims": tuple(row["claims"])})
            for name, row in names.items()
        }
        for module, names in rows.items()
    }


def dumps(names: Names) -> str:
    """Return the text of the file."""
    rows = {m: {n: asdict(row) for n, row in own.items()} for m, own in names.items()}
    return json.dumps(rows, indent=1, ensure_ascii=False) + "\n"


@dataclass(frozen=True)
class Difference:
    """What differs at one name: added, removed, changed, or its words alone."""

    kind: str
    name: str
    was: str = ""
    now: str = ""

    @property
    def breaks(self) -> bool:
        """Whether code that calls the name may break."""
        return self.kind in ("removed", "changed")

    def __str__(self) -> str:
        if self.kind in ("added", "removed"):
            return f"{self.kind}: {self.name}{self.was or self.now}"
        return f"{self.kind}: {self.name}: {self.was} -> {self.now}"


def differences(was: Names, now: Names) -> list[Difference]:
    """Return what differs between two states of the names.

    Examples
    --------
    >>> old, new = Name("(x)", "One.", "m"), Name("(x, y)", "One.", "m")
    >>> [str(d) for d in differences({"m": {"f": old}}, {"m": {"f": new, "g": new}})]
    ['changed: m.f: (x) -> (x, y)', 'added: m.g(x, y)']
    """
    old, new = dict(_flat(was)), dict(_flat(now))
    found = []
    for name in sorted(old.keys() | new.keys()):
        if name not in new:
            found.append(Difference("removed", name, was=old[name][0]))
        elif name not in old:
            found.append(Difference("added", name, now=new[name][0]))
        elif old[name][0] != new[name][0]:
            found.append(Difference("changed", name, old[name][0], new[name][0]))
        elif old[name] != new[name]:
            found.append(Difference("words", name, str(old[name]), str(new[name])))
    return found


def lines(names: Names) -> Iterator[tuple[str, str, Name]]:
    """Yield module, name and row of every name, in the order of the modules."""
    for module, own in names.items():
        for name, row in own.items():
            yield module, name, row


def _flat(names: Names) -> Iterator[tuple[str, tuple]]:
    """Yield every name and method with its signature and its words."""
    for module, name, row in lines(names):
        words = (row.says, row.home, row.claims)
        yield f"{module}.{name}", (row.signature, *words)
        for method, shape in row.methods.items():
            yield f"{module}.{name}.{method}", (shape,)


def unsaid(found: list[Difference], changelog: str) -> list[Difference]:
    r"""Return the differences that break callers and that the changelog does not name.

    Parameters
    ----------
    found : list of Difference
    changelog : str
        Its text; the part *Unreleased* counts, and a name in backticks, short or whole.

    Examples
    --------
    >>> gone = Difference("removed", "rfbook.psi.old")
    >>> unsaid([gone], "## [Unreleased]\n\n- `psi.old` is gone.\n\n## [0.1.0]")
    []
    >>> unsaid([gone], "## [Unreleased]\n\n## [0.1.0]\n\n- `psi.old`") == [gone]
    True
    """
    _, _, part = changelog.partition(UNRELEASED)
    part = part.split("\n## ", 1)[0]
    said = {re.sub(r"\(.*", "", word) for word in re.findall(r"`([^`\n]+)`", part)}

    def told(name: str) -> bool:
        parts = name.split(".")
        return any(".".join(parts[i:]) in said for i in range(len(parts)))

    return [d for d in found if d.breaks and not told(d.name)]


def main(argv: list[str] | None = None) -> int:
    """Write the file again, if the changelog says what may break."""
    argparse.ArgumentParser(description=__doc__.split("\n", 1)[0]).parse_args(argv)
    folder = Path(__file__).parent
    path, now = folder / FILE, current()
    was: Names = frozen() if path.is_file() else {}
    found = differences(was, now)
    changelog = (folder.parent / CHANGELOG).read_text(encoding="utf-8")
    for difference in found:
        print(difference)
    if missing := unsaid(found, changelog):
        print(f"{CHANGELOG} does not say:", *missing, sep="\n  ", file=sys.stderr)
        return 1
    path.write_text(dumps(now), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
