"""Configurations of handlers: typed, and refused whole when a definition is stored."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Self, TypeVar

from pydantic import Field as Doc
from pydantic import ValidationError, model_validator

from loadstone.bootstrap.control import control_locale
from loadstone.config import resolve_target
from loadstone.errors import FixSpec
from loadstone.jobs.parameters import places
from loadstone.spec import LoadRequest, LoadSpec, OrderPolicy
from loadstone.spec.documents import fault_text
from loadstone.spec.fields import Part


class LoadConfig(Part):
    """What a load step says: the options of ``loadstone load``."""

    control: str | None = Doc(
        None, description="Control file, or spec (.yaml, .yml, .json); left out beside transactions."
    )
    transactions: str | None = Doc(
        None, description="Transaction spec, which names the load; its types are published each as a whole."
    )
    target: str | None = Doc(None, description="Target URL or name; LOADSTONE_TARGET when absent.")
    data: str | list[str] = Doc([], description="Data files instead of the first INFILE.")
    bad: str | None = Doc(None, description="Bad file.")
    discard: str | None = Doc(None, description="Discard file.")
    log: str | None = Doc(None, description="Log file.")
    skip: int | None = Doc(None, ge=0, description="Records to skip.")
    load: int | None = Doc(None, ge=0, description="Records to read after them.")
    errors: int | None = Doc(None, ge=-1, description="Rejects allowed; -1 for any number.")
    discardmax: int | None = Doc(None, ge=0, description="Discards allowed in a data file.")
    ddl: str | list[str] = Doc([], description="Oracle DDL files: make missing tables.")
    create_tables: bool = Doc(False, description="Make missing tables from the spec.")
    schema_map: dict[str, str] = Doc({}, description="Schemas of the spec and of the target.")
    control_schema: str | None = Doc(None, description="Schema of the control tables.")
    workers: int | None = Doc(None, ge=1, description="Parallel sessions.")
    chunk_size_bytes: int | None = Doc(None, ge=1, description="Bytes of a chunk; adapts when absent.")
    adapt: bool = Doc(True, description="Whether the size of chunks may change while it loads.")
    order: OrderPolicy = Doc(
        OrderPolicy.FILE, description="Whether chunks commit in file order, or as they are ready."
    )
    partitions: int | None = Doc(
        None,
        ge=1,
        le=1000,
        description="Ranges of the input that workers load at once; needs order: free, or atomic: true.",
    )
    atomic: bool = Doc(False, description="All or nothing.")
    summed: str | list[str] | None = Doc(
        None,
        description="Columns, or TABLE.COLUMN, whose exact sums over the rows loaded the result tells; a text has commas between them.",
    )
    run_id: str | None = Doc(None, description="Tells loads of the same files apart.")
    business_date: str | None = Doc(None, description="Tells loads of the same files apart, as a date.")

    @model_validator(mode="after")
    def _names_one_load(self) -> Self:
        if (self.control is None) == (self.transactions is None):
            raise ValueError("control or transactions must be there, one of them")
        return self


P = TypeVar("P", bound=Part)


def typed_config(model: type[P], config: Mapping[str, Any]) -> P:
    """
    ``config`` as ``model``.

    Raises:
        FixSpec: LS-7121 names every fault.
    """
    try:
        return model.model_validate(dict(config))
    except ValidationError as error:
        raise _wrong(error.errors()) from error


def check_config(model: type[Part], config: Mapping[str, Any]) -> None:
    """As ``typed_config``, for a configuration whose ``{name}`` places are not filled: those pass as any value."""
    try:
        model.model_validate(dict(config))
    except ValidationError as error:
        faults = [
            one for one in error.errors() if not one["loc"] or not places(config.get(str(one["loc"][0])))
        ]
        if faults:
            raise _wrong(faults) from error


def request_of(config: LoadConfig) -> LoadRequest:
    """The request that a load step makes; the spec is read now."""
    from loadstone.bootstrap import transactions

    if config.transactions is None:
        return _request(config, str(config.control))
    types = transactions.spec_at(config.transactions)
    request = _request(config, transactions.load_path(types, config.transactions))
    return transactions.by_types(types, config.transactions, request)


def spec_at(path: str) -> LoadSpec:
    """A spec by its ending (.yaml, .yml, .json), else a control file."""
    from loadstone.spec.files import is_spec_file, read_spec
    from loadstone.sqlldr.control import read_control

    return read_spec(path) if is_spec_file(path) else read_control(path, locale=control_locale(os.environ))


# Private functions

_OPTIONS = set(LoadConfig.model_fields) - {
    "control", "transactions", "target", "data", "ddl", "schema_map", "partitions", "summed"
}  # fmt: skip
"""Options of a load that go into its request as they are."""


def _request(config: LoadConfig, control: str) -> LoadRequest:
    return LoadRequest(
        spec=spec_at(control),
        spec_path=control,
        target=resolve_target(config.target),
        data=_list(config.data),
        ddl=_list(config.ddl),
        summed=_columns(config.summed),
        schema_map={old.upper(): new for old, new in config.schema_map.items()},
        **config.model_dump(include=_OPTIONS),
    )


def _list(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _columns(value: str | list[str] | None) -> tuple[str, ...]:
    names = value.split(",") if isinstance(value, str) else value or ()
    return tuple(name.strip() for name in names if name.strip())


def _wrong(faults: Sequence[Any]) -> FixSpec:
    told = [fault_text(one["loc"], one["type"], one["msg"]) for one in faults]
    return FixSpec("LS-7121", f"a step's configuration is wrong: {'; '.join(told)}")
