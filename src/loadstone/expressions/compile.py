"""An expression, compiled: read, typed, and made computable; what is not on the whitelist is refused with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from loadstone.expressions.compute import callable_of
from loadstone.expressions.model import BindType, Compiled, Context, ResultType, Term
from loadstone.expressions.parse import parse_expression
from loadstone.expressions.resolve import Resolver
from loadstone.expressions.tokens import wrong


def compile_expression(
    text: str, *, binds: Mapping[str, BindType], context: Context, wanted: ResultType | None = None
) -> Compiled:
    """
    Compile one expression; binds are found whatever their case. ``wanted`` is the type of the result.

    Raises:
        FixSpec: LS-5001 grammar, LS-5002 an unknown function, LS-5003 an unknown name, LS-5004 a wrong
            number of arguments, LS-5005 types that do not fit, LS-5006 a user function that calls itself,
            LS-501x a sub-SELECT that cannot be a lookup; each with line and column within the expression.
    """
    try:
        return _compiled(text, binds, context, wanted)
    except RecursionError:
        raise wrong(text, 0, "it has too many operators", hints=("compute it in two columns.",)) from None


def terms_of(term: Term) -> Iterator[Term]:
    """The term and all below it."""
    yield term
    for part in term.parts:
        yield from terms_of(part)


# Private functions


def _compiled(
    text: str, binds: Mapping[str, BindType], context: Context, wanted: ResultType | None
) -> Compiled:
    resolver = Resolver(text, {name.upper(): (name, kind) for name, kind in binds.items()}, context)
    term = resolver.to(resolver.value(parse_expression(text)), wanted)
    terms = list(terms_of(term))
    return Compiled(
        text=text,
        sql=" ".join(text.split()),
        result=term.type,
        binds=tuple(sorted(resolver.used)),
        numbers=tuple(sorted({t.name for t in terms if t.op == "bind" and t.type is ResultType.NUMBER})),
        sequences=tuple(sorted(resolver.sequences)),
        lookups=tuple(one.lookup for one in terms if one.lookup is not None),
        term=term,
        compute=callable_of(term, context.nls),
        nls=context.nls,
    )
