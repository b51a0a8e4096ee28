"""Cases as text: packets, then the records that they make in a dialect.

    case NAME
    PACKET LINES                    (packet_lines.py)
    expect DIALECT
    row                             (one for each record, in the order of the file)
    COLUMN = EXPRESSION

In a document (.md) cases are in fences that begin with ```case.  "no rows" instead of rows means that there are none.
Columns not named are not compared. An expression is a number or arithmetic on numbers with + - * / ** ( ) and sqrt(), so that a case shows how its
value was worked out; any other text is taken literally. "#" begins a comment.
"""
import ast
import math
import operator
from dataclasses import dataclass, field

from programs import DIALECTS

OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
             ast.Pow: operator.pow}


class CaseError(Exception):
    """A case file that cannot be read; the text has file, line and what would be right."""


@dataclass
class Case:
    name: str
    packets: list = field(default_factory=list)  # (line number, text)
    expected: dict = field(default_factory=dict)  # dialect -> list of rows, each {column: expression}


def _evaluate(node):
    if isinstance(node, ast.Expression):
        return _evaluate(node.body)
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return node.value
    if isinstance(node, ast.BinOp):
        return OPERATORS[type(node.op)](_evaluate(node.left), _evaluate(node.right))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_evaluate(node.operand)
    if isinstance(node, ast.Call) and node.func.id == "sqrt":
        return math.sqrt(_evaluate(node.args[0]))
    raise ValueError(ast.dump(node))


def arithmetic(expression):
    """The value of an expression that has an operator; None for a plain number or text, which is compared as it is written."""
    try:
        node = ast.parse(expression, mode="eval")
        plain = isinstance(node.body, ast.Constant) or (
            isinstance(node.body, ast.UnaryOp) and isinstance(node.body.operand, ast.Constant))
        return None if plain else _evaluate(node)
    except (SyntaxError, ValueError, KeyError, AttributeError):
        return None


def _lines(path):
    """(line number, line) of a case file, or of the fences of a document."""
    inside = path.suffix != ".md"
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if path.suffix == ".md" and line.startswith("```"):
            inside = line == "```case"
        elif inside:
            yield number, line


def read(path):
    """The cases of a file."""
    cases, rows = [], None
    for number, line in _lines(path):
        text = line.partition("#")[0].strip()
        if text.startswith("case "):
            cases.append(Case(text.removeprefix("case ")))
            rows = None
        elif text and not cases:
            raise CaseError(f'{path}:{number}: expected "case NAME" first, got: {text}')
        elif text.startswith("expect "):
            rows = _expectation(cases[-1], text.removeprefix("expect "), f"{path}:{number}")
        elif text and rows is None:
            cases[-1].packets.append((number, text))
        elif text:
            _add(rows, text, f"{path}:{number}")
    _require_expectations(path, cases)
    return cases


def _expectation(case, dialect, place):
    if dialect not in DIALECTS:
        raise CaseError(f'{place}: no dialect "{dialect}"; there are {", ".join(DIALECTS)}')
    return case.expected.setdefault(dialect, [])


def _add(rows, text, place):
    column, equals, expression = (part.strip() for part in text.partition("="))
    if text == "row":
        rows.append({})
    elif equals and rows:
        rows[-1][column] = expression
    elif text != "no rows":
        raise CaseError(f'{place}: expected "row", "no rows", or "COLUMN = VALUE" below a row, got: {text}')


def _require_expectations(path, cases):
    for case in cases:
        if not case.expected:
            raise CaseError(f'{path}: case {case.name} expects nothing; add "expect DIALECT" and its rows')
