"""The graph of types as JSON values, as text, and as a picture in SVG."""

from __future__ import annotations

from html import escape
from typing import Any

from loadstone.spec.transactions import When
from loadstone.transactions.plan import TransactionPlan

_WIDTH, _HEIGHT, _GAP_X, _GAP_Y, _MARGIN = 170, 36, 70, 18, 20
"""Pixels of a box, between boxes, and around all."""


def graph_values(plan: TransactionPlan) -> dict[str, Any]:
    """Levels, groups and edges; scripts read these keys, so they stay."""
    return {
        "levels": [list(level) for level in plan.levels],
        "groups": [list(group) for group in plan.groups],
        "types": {
            name: {
                "clauses": [clause + 1 for clause in one.clauses],
                "requires": list(one.needs),
                "after": [other for other in one.before if other not in one.needs],
                "parents": [
                    {"type": key.type, "columns": list(key.columns), "references": list(key.references)}
                    for key in one.spec.parents
                ],
                "if_failed": one.spec.if_failed.value,
                "if_partial": one.spec.if_partial.value,
                "errors": one.spec.errors,
                "priority": one.spec.priority,
                "when": one.spec.when.model_dump(exclude_none=True) if one.spec.when is not None else None,
                "reconcile": {
                    "sums": list(one.spec.reconcile.sums),
                    "hash_totals": list(one.spec.reconcile.hash_totals),
                },
            }
            for name, one in plan.types.items()
        },
    }


def graph_text(plan: TransactionPlan) -> str:
    """The levels, one a line, and below each type what it needs and what becomes of it without."""
    lines = []
    for number, level in enumerate(plan.levels, 1):
        lines.append(f"level {number}: {', '.join(level)}")
        for name in level:
            one = plan.types[name]
            after = [other for other in one.before if other not in one.needs]
            told = [
                f"requires {', '.join(one.needs)} (failed: {one.spec.if_failed}, partial: {one.spec.if_partial})"
            ] * bool(one.needs)
            told += [f"after {', '.join(after)}"] * bool(after)
            told += [
                f"{', '.join(key.columns)} must stand in {key.type} ({', '.join(key.references)})"
                for key in one.spec.parents
            ]
            told += [f"its records are those of which {_when(one.spec.when)}"] * (one.spec.when is not None)
            told += [f"the sum of {column} is reconciled" for column in one.spec.reconcile.sums]
            told += [f"the hash total of {column} is reconciled" for column in one.spec.reconcile.hash_totals]
            lines += [f"  {name}: {text}" for text in told]
    together = [group for group in plan.groups if len(group) > 1]
    lines += [f"in one transaction: {', '.join(group)}" for group in together]
    return "\n".join(lines)


def graph_svg(plan: TransactionPlan) -> str:
    """A picture: a column for each level, an arrow from what is needed to what needs it; dashed where it need not come."""
    place = {
        name: (_MARGIN + column * (_WIDTH + _GAP_X), _MARGIN + row * (_HEIGHT + _GAP_Y))
        for column, level in enumerate(plan.levels)
        for row, name in enumerate(level)
    }
    width = max(x for x, _ in place.values()) + _WIDTH + _MARGIN
    height = max(y for _, y in place.values()) + _HEIGHT + _MARGIN
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        ' font-family="sans-serif" font-size="13" role="img">',
        "<title>Transaction types and what each needs</title>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="#5a6472"/></marker></defs>',
    ]
    for name, one in plan.types.items():
        lines += [_arrow(place[other], place[name], dashed=other not in one.needs) for other in one.before]
    lines += [_box(name, *place[name]) for name in plan.types]
    return "\n".join([*lines, "</svg>\n"])


# Private functions


def _when(when: When | None) -> str:
    if when is None or when.expression is not None:
        return when.expression or "" if when is not None else ""
    return f"{when.field or f'bytes {when.position}'} is {when.equals!r}"


def _arrow(start: tuple[int, int], end: tuple[int, int], *, dashed: bool) -> str:
    x0, y0, x1, y1 = start[0] + _WIDTH, start[1] + _HEIGHT // 2, end[0], end[1] + _HEIGHT // 2
    bend = (x1 - x0) // 2
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    return (
        f'<path d="M{x0} {y0}C{x0 + bend} {y0} {x1 - bend} {y1} {x1} {y1}" fill="none" stroke="#5a6472"{dash}'
        ' marker-end="url(#tip)"/>'
    )


def _box(name: str, x: int, y: int) -> str:
    shown = name if len(name) <= 22 else f"{name[:21]}…"
    return (
        f'<g><title>{escape(name)}</title><rect x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="6"'
        f' fill="#eef3fb" stroke="#33558b"/><text x="{x + _WIDTH // 2}" y="{y + _HEIGHT // 2 + 5}" text-anchor="middle"'
        f' fill="#16233a">{escape(shown)}</text></g>'
    )
