"""The small changes: one constant, operator, comparison, term, sign or argument.

What a function promises in words is left alone: docstrings, annotations, messages of
errors, and what stands below ``raise``.
"""

from __future__ import annotations

import ast
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

ARITHMETIC: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.MatMult: ast.Mult,
}
"""What an operator is changed into."""

COMPARISONS: dict[type, type] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
"""What a comparison is changed into: the boundary moves, or the answer turns."""

WORDS = (ast.Import, ast.ImportFrom, ast.Raise, ast.Assert, ast.JoinedStr)
"""What is left alone."""

WIDTH = 60
"""Letters of an expression that a mutant's name keeps."""


@dataclass(frozen=True)
class Mutant:
    """One changed place.

    Attributes
    ----------
    path : str
        The file, from the root of the tree.
    function : str
        The function around the place, ``Class.method`` in a class, else ``module``.
    operator : str
        The kind of change.
    before, after : str
        The expression, its spaces as `ast.unparse` sets them.
    count : int
        The how manyeth of the function's places with the same words, from 1 on.
    line, last : int
        The first and the last line of the place.
    start, stop : int
        The place in the file's bytes.
    """

    path: str
    function: str
    operator: str
    before: str
    after: str
    count: int
    line: int
    last: int
    start: int
    stop: int

    @property
    def name(self) -> str:
        """What identifies the mutant, wherever its function stands in the file."""
        before, after = (shorten(text) for text in (self.before, self.after))
        number = f" #{self.count}" if self.count > 1 else ""
        where = f"{self.path}::{self.function}::{self.operator}"
        return f"{where}: {before} -> {after}{number}"

    def apply(self, text: str) -> str:
        """Return the text of the file with the change.

        Examples
        --------
        >>> [m.apply("x = a + 1") for m in mutants("x = a + 1", "a.py")]
        ['x = (a - 1)', 'x = (a)', 'x = a + 2', 'x = a + 0']
        """
        data = text.encode()
        new = self.after if self.operator in WHOLE else f"({self.after})"
        return (data[: self.start] + new.encode() + data[self.stop :]).decode()


WHOLE = ("number", "step")
"""The changes of a place that needs no brackets around it."""


def shorten(text: str) -> str:
    """Return the head and the tail of a long text.

    Examples
    --------
    >>> shorten("a + b"), len(shorten("a" * 100))
    ('a + b', 60)
    """
    half = (WIDTH - 5) // 2
    if len(text) <= WIDTH:
        return text
    return f"{text[: WIDTH - 5 - half]} ... {text[-half:]}"


def mutants(text: str, path: str) -> list[Mutant]:
    r"""Return every mutant of a module's text, in the order of the text.

    Parameters
    ----------
    text : str
        Python source.
    path : str
        The name that the mutants bear.

    Returns
    -------
    list of Mutant

    Examples
    --------
    >>> source = "def f(x):\n    return g(x, 2) if x <= 1 else -x"
    >>> for mutant in mutants(source, "a.py"):
    ...     print(mutant.operator, mutant.before, "->", mutant.after)
    comparison x <= 1 -> x < 1
    number 1 -> 2
    number 1 -> 0
    arguments g(x, 2) -> g(2, x)
    number 2 -> 3
    number 2 -> 1
    sign -x -> x
    """
    finder = _Finder(text)
    finder.visit(ast.parse(text))
    seen: Counter[tuple[str, ...]] = Counter()
    found = []
    for function, operator, node, new in finder.found:
        words = (ast.unparse(node), ast.unparse(new))
        # Shortened as in the name, which must not stand for two places.
        key = (function, operator, *map(shorten, words))
        seen[key] += 1
        start, stop = finder.span(node)
        lines = (node.lineno, node.end_lineno or node.lineno)
        place = (seen[key], *lines, start, stop)
        found.append(Mutant(path, function, operator, *words, *place))
    return found


class _Finder(ast.NodeVisitor):
    """Walks through what computes, and keeps each place with each of its changes."""

    def __init__(self, text: str) -> None:
        self.starts = [0]
        for line in text.encode().splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.around: list[str] = []
        self.found: list[tuple[str, str, ast.AST, ast.AST]] = []

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Return where a node stands in the bytes of the text."""
        start = self.starts[node.lineno - 1] + node.col_offset
        return start, self.starts[node.end_lineno - 1] + node.end_col_offset

    def generic_visit(self, node: ast.AST) -> None:
        where = ".".join(self.around) or "module"
        self.found += [(where, *change, new) for *change, new in changes(node)]
        super().generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.around.append(node.name)
        defaults = [value for value in node.args.kw_defaults if value is not None]
        for part in (*node.args.defaults, *defaults, *node.body):
            self.visit(part)
        self.around.pop()

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.around.append(node.name)
        for part in node.body:
            self.visit(part)
        self.around.pop()

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_If(self, node: ast.If) -> None:
        """Leave out what is there for type checkers and for the command line."""
        test = ast.unparse(node.test)
        if test != "TYPE_CHECKING" and not test.startswith("__name__"):
            self.generic_visit(node)

    def visit(self, node: ast.AST) -> None:
        """Go no further at names, and at words for a reader."""
        if not isinstance(node, WORDS):
            super().visit(node)


def changes(node: ast.AST) -> Iterator[tuple[str, ast.AST, ast.AST]]:
    """Yield (operator, node, changed node) for each change of one node.

    Examples
    --------
    >>> tree = ast.parse("a / b", mode="eval").body
    >>> [(name, ast.unparse(new)) for name, _, new in changes(tree)]
    [('operator', 'a * b'), ('dropped', 'a')]
    """
    kinds = {
        ast.Constant: _numbers,
        ast.BinOp: _operations,
        ast.AugAssign: _steps,
        ast.Compare: _comparisons,
        ast.BoolOp: _logic,
        ast.UnaryOp: _signs,
        ast.Call: _arguments,
    }
    if type(node) in kinds:
        for operator, new in kinds[type(node)](node):
            yield operator, node, new


def _numbers(node: ast.Constant) -> Iterator[tuple[str, ast.AST]]:
    """Change an integer by one, up and down; double a float; turn a flag."""
    value = node.value
    if isinstance(value, bool):
        yield "number", ast.Constant(not value)
    elif isinstance(value, int):
        yield "number", ast.Constant(value + 1)
        yield "number", ast.Constant(value - 1)
    elif isinstance(value, float) and math.isfinite(value):
        yield "number", ast.Constant(2 * value if value else 1.0)


def _operations(node: ast.BinOp) -> Iterator[tuple[str, ast.AST]]:
    """Another operator, and a term or a factor dropped."""
    if type(node.op) not in ARITHMETIC:
        return
    new = ARITHMETIC[type(node.op)]()
    yield "operator", ast.BinOp(node.left, new, node.right)
    yield "dropped", node.left
    if isinstance(node.op, ast.Mult | ast.MatMult):
        yield "dropped", node.right


def _steps(node: ast.AugAssign) -> Iterator[tuple[str, ast.AST]]:
    """Another operator in ``+=`` and its like."""
    if type(node.op) in ARITHMETIC:
        new = ARITHMETIC[type(node.op)]()
        yield "step", ast.AugAssign(node.target, new, node.value)


def _comparisons(node: ast.Compare) -> Iterator[tuple[str, ast.AST]]:
    """Another comparison, in a chain each of them."""
    for i, op in enumerate(node.ops):
        ops = [*node.ops[:i], COMPARISONS[type(op)](), *node.ops[i + 1 :]]
        yield "comparison", ast.Compare(node.left, ops, node.comparators)


def _logic(node: ast.BoolOp) -> Iterator[tuple[str, ast.AST]]:
    """``and`` for ``or``, ``or`` for ``and``."""
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield "logic", ast.BoolOp(other, node.values)


def _signs(node: ast.UnaryOp) -> Iterator[tuple[str, ast.AST]]:
    """No minus, no ``not``."""
    if isinstance(node.op, ast.USub | ast.Not):
        yield "sign", node.operand


def _arguments(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    """Exchange the first two arguments."""
    first = node.args[:2]
    if len(first) < 2 or any(isinstance(part, ast.Starred) for part in first):
        return
    if ast.dump(first[0]) != ast.dump(first[1]):
        args = [*reversed(first), *node.args[2:]]
        yield "arguments", ast.Call(node.func, args, node.keywords)


def cached_functions(text: str) -> set[str]:
    r"""Return the functions whose results are kept from one call to the next.

    A test that finds such a result does not run the function's lines.

    Examples
    --------
    >>> cached_functions("@cache\ndef f(x): ...\ndef g(x): ...")
    {'f'}
    """
    return {
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
        and any("cache" in ast.unparse(item) for item in node.decorator_list)
    }
