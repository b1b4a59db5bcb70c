"""Small formulas in lesson files, such as ``weight(1)[0, 0] * 2``: computed, never executed."""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

MOST_LETTERS = 400
MOST_NODES = 80
LARGEST_POWER = 64

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
    ast.FloorDiv: operator.floordiv,
    ast.Pow: operator.pow,
    ast.MatMult: operator.matmul,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


class Expression:
    """A formula of numbers, names, functions, indices, comparisons, ``and``, ``or`` and ``a if b else c``.

    Parameters
    ----------
    text

    Raises
    ------
    ValueError
        If it is no such formula; the sentence says what cannot be.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        if len(text) > MOST_LETTERS:
            raise ValueError(f"a formula has at most {MOST_LETTERS} letters")
        try:
            self._tree = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise ValueError(f"{text!r} is no formula") from error
        nodes = list(ast.walk(self._tree))
        if len(nodes) > MOST_NODES:
            raise ValueError(f"{text!r} is too long a formula")
        for node in nodes:
            _check(node, text)
        self.names = frozenset(node.id for node in nodes if isinstance(node, ast.Name))

    def check_names(self, known: Mapping[str, Any] | frozenset[str]) -> None:
        """See to it that all names are known; ValueError names the first that is not."""
        for name in sorted(self.names):
            if name not in known:
                raise ValueError(
                    f"{self.text!r}: there is no {name!r}; known are: {', '.join(sorted(known))}"
                )

    def value(self, names: Mapping[str, Any]) -> Any:
        """The value with names and functions as given.

        Raises
        ------
        ValueError
            If it cannot be computed; the sentence says why.
        """
        self.check_names(names)
        try:
            return _value(self._tree, names)
        except (TypeError, IndexError, KeyError, ZeroDivisionError, OverflowError, AttributeError) as error:
            raise ValueError(f"{self.text!r} cannot be computed: {error}") from error


def _check(node: ast.AST, text: str) -> None:
    allowed = (
        ast.BinOp,
        ast.UnaryOp,
        ast.BoolOp,
        ast.Compare,
        ast.IfExp,
        ast.Call,
        ast.Name,
        ast.Subscript,
        ast.Constant,
        ast.Tuple,
        ast.Slice,
        ast.Load,
        ast.And,
        ast.Or,
        *_BINARY,
        *_UNARY,
        *_COMPARISONS,
    )
    if not isinstance(node, allowed):
        raise ValueError(f"{text!r}: a formula has no {type(node).__name__}")
    if isinstance(node, ast.Constant) and type(node.value) not in (int, float, str, bool):
        raise ValueError(f"{text!r}: {node.value!r} is no number")
    if isinstance(node, ast.Call) and (not isinstance(node.func, ast.Name) or node.keywords):
        raise ValueError(f"{text!r}: functions are called by name, with values in their order")


def _value(node: ast.AST, names: Mapping[str, Any]) -> Any:
    def of(part: ast.AST) -> Any:
        return _value(part, names)

    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return names[name]
        case ast.Tuple(elts=parts):
            return tuple(map(of, parts))
        case ast.Slice(lower=low, upper=high, step=step):
            return slice(*(None if part is None else of(part) for part in (low, high, step)))
        case ast.Subscript(value=whole, slice=index):
            return of(whole)[of(index)]
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return names[name](*map(of, arguments))
        case ast.UnaryOp(op=sign, operand=part):
            return _UNARY[type(sign)](of(part))
        case ast.BinOp(left=left, op=sign, right=right):
            return _binary(sign, of(left), of(right))
        case ast.BoolOp(op=sign, values=parts):
            wanted = isinstance(sign, ast.Or)
            return next((wanted for part in parts if bool(of(part)) == wanted), not wanted)
        case ast.IfExp(test=test, body=yes, orelse=no):
            return of(yes) if of(test) else of(no)
        case ast.Compare(left=left, ops=signs, comparators=others):
            values = [of(left), *map(of, others)]
            pairs = zip(values, signs, values[1:], strict=False)
            return all(bool(_COMPARISONS[type(sign)](a, b)) for a, sign, b in pairs)
    raise TypeError(f"{type(node).__name__} is not known")


def _binary(sign: ast.operator, left: Any, right: Any) -> Any:
    if isinstance(sign, ast.Pow) and (isinstance(right, np.ndarray) or abs(right) > LARGEST_POWER):
        raise ValueError(f"powers go up to {LARGEST_POWER}")
    if any(isinstance(side, str) for side in (left, right)):
        raise TypeError("words are compared, not computed with")
    return _BINARY[type(sign)](left, right)
