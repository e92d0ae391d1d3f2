"""Mutate Python source: list every small change that a test should notice, and make one of them.

In: the source of a module. Out: mutants, in a fixed order. Guaranteed: docstrings, messages, annotations, decorators,
default values and the bodies of classes outside their methods are left alone; the same source gives the same mutants.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.RShift: ast.LShift,
}
_SQL = re.compile(r"\b(SELECT|GRANT|REVOKE|POLICY|USING|CREATE|ALTER|coalesce|AND|RAISE|WHERE)\b")
_SQL_CHANGES = (
    (r"\bAND\b", "OR"),
    (r"\bOR\b(?! REPLACE)", "AND"),
    (r"\bNOT (?!EXISTS|NULL)", ""),
    (r"(?<!ERRCODE) = ", " <> "),
    (r" <> ", " = "),
    (r" > ", " < "),
    (r"\bfalse\b", "true"),
    (r"\btrue\b", "false"),
    (r"\bREVOKE ALL\b", "GRANT ALL"),
    (r"\bFORCE ROW\b", "NO FORCE ROW"),
    (r"\bSECURITY DEFINER\b", "SECURITY INVOKER"),
    (r"\bSELECT, INSERT(?!,)", "SELECT, INSERT, UPDATE, DELETE"),
)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change. ``path`` leads from the module to the changed node; ``first`` .. ``line`` must be executed."""

    function: str
    first: int
    line: int
    change: str
    path: tuple[tuple[str, int], ...]
    replacement: ast.AST

    def tree(self, source: str) -> ast.Module:
        """Return the syntax tree of ``source`` with this change."""
        tree = ast.parse(source)
        holder: ast.AST = tree
        for name, index in self.path[:-1]:
            child = getattr(holder, name)
            holder = child[index] if index >= 0 else child
        name, index = self.path[-1]
        new = ast.fix_missing_locations(copy.deepcopy(self.replacement))
        if index >= 0:
            getattr(holder, name)[index] = new
        else:
            setattr(holder, name, new)
        return tree


def mutants(source: str) -> list[Mutant]:
    """Return every mutant of a module."""
    return list(_of(ast.parse(source), Mutant("", 0, 0, "", (), ast.Pass()), in_class=False))


def _of(node: ast.AST, at: Mutant, *, in_class: bool) -> Iterator[Mutant]:
    """Yield the mutants below ``node``; ``at`` says where it stands."""
    is_function = isinstance(node, ast.FunctionDef)
    for name, child, index in _children(node):
        here = replace(at, path=(*at.path, (name, index)))
        if name in ("decorator_list", "args", "returns", "annotation", "bases", "keywords") and isinstance(
            node, ast.FunctionDef | ast.ClassDef | ast.AnnAssign
        ):
            continue
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            here = replace(here, function=f"{at.function}.{child.name}".lstrip("."))
            yield from _of(child, here, in_class=isinstance(child, ast.ClassDef))
            continue
        if (in_class and not is_function) or _is_left_alone(child):
            continue
        if isinstance(child, ast.stmt):
            here = replace(here, first=child.lineno)
        if hasattr(child, "lineno"):
            here = replace(here, line=child.end_lineno if isinstance(child, ast.expr) else child.lineno)
        for new in _replacements(child, is_top=not at.function):
            yield replace(here, change=_change(child, new), replacement=_placed(new, child))
        yield from _of(child, here, in_class=False)


def _children(node: ast.AST) -> Iterator[tuple[str, ast.AST, int]]:
    for name, value in ast.iter_fields(node):
        if isinstance(value, list):
            yield from ((name, child, index) for index, child in enumerate(value) if isinstance(child, ast.AST))
        elif isinstance(value, ast.AST):
            yield name, value, -1


def _is_left_alone(node: ast.AST) -> bool:
    """Tell whether a statement only imports, documents, speaks or types."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.If) and re.search("TYPE_CHECKING|__main__", ast.unparse(node.test)):
        return True
    names = {ast.unparse(target) for target in getattr(node, "targets", ())}
    return bool(names & {"__all__", "__slots__", "SENTENCES"})


def _replacements(node: ast.AST, *, is_top: bool) -> Iterator[ast.AST]:
    """Yield what may stand in the place of a node. An expression that is a call is left out within a function alone."""
    if isinstance(node, ast.Constant):
        yield from _constants(node.value)
    elif isinstance(node, ast.expr):
        yield from _expressions(node)
    match node:
        case ast.Return(value=value) if value is not None and not _is_constant(value, None):
            yield ast.Return(ast.Constant(None))
        case ast.Raise():
            yield ast.Pass()
        case ast.Expr(value=ast.Call()) if not is_top:
            yield ast.Pass()
        case ast.If(body=body, orelse=orelse):
            yield from (ast.If(ast.Constant(truth), body, orelse) for truth in (True, False))
        case ast.comprehension(target=target, iter=source, ifs=[_, *_]):
            yield ast.comprehension(target, source, [], 0)


def _expressions(node: ast.expr) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(left=left, ops=[operator], comparators=comparators):
            for kind in _COMPARISONS.get(type(operator), ()):
                yield ast.Compare(left, [kind()], comparators)
        case ast.BoolOp(op=operator, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _ARITHMETIC:
            yield ast.BinOp(left, _ARITHMETIC[type(operator)](), right)
        case ast.IfExp(body=body, orelse=orelse):
            yield from (body, orelse)
        case ast.Set(elts=elements) if len(elements) > 1:
            yield from (ast.Set([*elements[:at], *elements[at + 1 :]]) for at in range(len(elements)))


def _constants(value: object) -> Iterator[ast.AST]:
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield from (ast.Constant(value + 1), ast.Constant(value - 1))
    elif isinstance(value, str) and _SQL.search(value):
        for pattern, new in _SQL_CHANGES:
            for match in list(re.finditer(pattern, value))[:4]:
                yield ast.Constant(value[: match.start()] + new + value[match.end() :])


def _is_constant(node: ast.AST, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _placed(new: ast.AST, old: ast.AST) -> ast.AST:
    return ast.copy_location(new, old) if hasattr(old, "lineno") else new


def _change(old: ast.AST, new: ast.AST) -> str:
    """Say what changes; of a long text only the part that differs."""
    if isinstance(old, ast.Set) and isinstance(new, ast.Set):
        missing = {ast.unparse(element) for element in old.elts} - {ast.unparse(element) for element in new.elts}
        return f"without {', '.join(sorted(missing))}"
    if not isinstance(old, ast.Constant):
        return f"{_short(ast.unparse(old))} → {_short(ast.unparse(new))}"
    before, after = str(old.value), str(getattr(new, "value", ""))
    differing = next((at for at, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), 0)
    part = slice(max(0, differing - 24), differing + 24)
    return f"{_short(before[part])} → {_short(after[part])}"


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 90 else f"{plain[:89]}…"
