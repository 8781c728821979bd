"""The load spec: every option of a load is declared here, with its default and its meaning."""

from __future__ import annotations

import base64
from enum import StrEnum
from typing import Literal as Only
from typing import Self

from pydantic import Field as Doc

from loadstone.spec.fields import Condition, Delimiter, Enclosure, Field, Literal, Part, Test
from loadstone.spec.reading import Reading


class Method(StrEnum):
    """What happens to rows that are in the table already."""

    INSERT = "insert"
    APPEND = "append"
    REPLACE = "replace"
    TRUNCATE = "truncate"
    UPSERT = "upsert"


class Options(Part):
    """OPTIONS of a control file and the same keywords of the command line; absent = not said."""

    skip: int | None = Doc(None, ge=0, description="Logical records to skip at the start of the load; 0.")
    load: int | None = Doc(None, ge=0, description="Logical records to read after the skipped ones; all.")
    errors: int | None = Doc(None, ge=-1, description="Rejects allowed, 50; -1 for any number.")
    discardmax: int | None = Doc(None, ge=0, description="Discards allowed in a data file; any number.")
    rows: int | None = Doc(None, ge=0, description="Rows of a bind array: logged, never the chunk size.")
    bindsize: int | None = Doc(None, ge=0, description="Bytes of the bind array: logged.")
    readsize: int | None = Doc(None, ge=0, description="Bytes of the read buffer: logged.")
    silent: tuple[Only["header", "feedback", "errors", "discards", "partitions", "all"], ...] = Doc(
        (), description="Messages to leave out."
    )
    direct: bool | None = Doc(None, description="Direct path: accepted and logged.")
    parallel: bool | None = Doc(None, description="Accepted and logged.")
    multithreading: bool | None = Doc(None, description="Accepted and logged.")
    skip_index_maintenance: bool | None = Doc(None, description="Accepted and logged.")
    skip_unusable_indexes: bool | None = Doc(None, description="Accepted and logged.")
    streamsize: int | None = Doc(None, ge=0, description="Accepted and logged.")
    columnarrayrows: int | None = Doc(None, ge=0, description="Accepted and logged.")
    date_cache: int | None = Doc(None, ge=0, description="Accepted and logged.")
    resumable: bool | None = Doc(None, description="Accepted.")
    resumable_name: str | None = Doc(None, description="Accepted.")
    resumable_timeout: int | None = Doc(None, ge=0, description="Accepted.")
    external_table: Only["not_used", "generate_only", "execute"] | None = Doc(
        None, description="Accepted; NOT_USED."
    )
    trim: Only["lrtrim", "notrim", "ltrim", "rtrim", "ldrtrim"] | None = Doc(
        None, description="External tables only."
    )
    degree_of_parallelism: str | None = Doc(None, description="Accepted: a number, DEFAULT, AUTO or NONE.")
    direct_path_lock_wait: bool | None = Doc(None, description="Accepted.")
    empty_lobs_are_null: bool | None = Doc(None, description="Empty LOBs become NULL.")
    defaults: str | None = Doc(None, description="Accepted: IGNORE, EVALUATE_ONCE, ...")
    dnfs_enable: bool | None = Doc(None, description="Accepted.")
    dnfs_readbuffers: int | None = Doc(None, ge=0, description="Accepted.")
    no_index_errors: bool | None = Doc(None, description="Accepted.")
    optimize_parallel: bool | None = Doc(None, description="Accepted.")
    partition_memory: int | None = Doc(None, ge=0, description="Accepted.")
    sdf_prefix: str | None = Doc(None, description="Put in front of the file names of LOBFILE.")
    file: str | None = Doc(None, description="Tablespace file for parallel loads: accepted.")


class RecordFormat(Part):
    """How a stream of bytes falls into physical records."""

    kind: Only["stream", "str", "fix", "var"] = Doc(
        "stream", description="Lines, own terminator, fixed or length-prefixed."
    )
    terminator: Literal | None = Doc(None, description="Terminator of kind str.")
    size: int | None = Doc(None, ge=1, description="Bytes of a fix record; digits of a var length (5).")


class InputFile(Part):
    """One INFILE with its own bad and discard files; no path means the data in the control file (*)."""

    path: str | None = Doc(None, description="Path, as written; wildcards allowed.")
    record_format: RecordFormat = Doc(RecordFormat(), description="How records end.")
    os_options: str | None = Doc(None, description="Other words of the system-dependent clause, accepted.")
    bad: str | None = Doc(None, description="BADFILE.")
    discard: str | None = Doc(None, description="DISCARDFILE.")
    discardmax: int | None = Doc(None, ge=0, description="DISCARDMAX of this file.")
    member: str | None = Doc(
        None,
        description="Name or pattern of the member of an archive; of archives in one another, parted by //. The only one when absent.",
        min_length=1,
    )
    reading: Reading | None = Doc(
        None, description="How rows are read from a file that is no delimited or fixed-width text."
    )


class InlineData(Part):
    """The bytes after BEGINDATA, as text where they are UTF-8, else in base64."""

    text: str | None = Doc(None, description="The data.")
    base64: str | None = Doc(None, description="The data, in base64.")

    @classmethod
    def of(cls, data: bytes) -> Self:
        """The inline form of ``data``."""
        try:
            text = data.decode()
        except UnicodeDecodeError:
            return cls(base64=base64.b64encode(data).decode())
        return cls(text=text)

    def bytes(self) -> bytes:
        """The data itself."""
        return base64.b64decode(self.base64) if self.base64 is not None else (self.text or "").encode()


class Concatenate(Part):
    """CONCATENATE n: that many physical records make a logical one."""

    kind: Only["concatenate"] = "concatenate"
    count: int = Doc(ge=1, description="Physical records of a logical one.")


class ContinueIf(Part):
    """CONTINUEIF: physical records are joined while a condition holds."""

    kind: Only["continueif"] = "continueif"
    where: Only["this", "next", "last"] = Doc("this", description="Which record is tested.")
    preserve: bool = Doc(False, description="Keep the tested columns.")
    test: Test = Doc(description="Positions in the physical record (none for LAST), operator and literal.")


class FieldNames(StrEnum):
    """FIELD NAMES: which data files begin with a record of field names, and whether their order counts."""

    FIRST_FILE = "first_file"
    FIRST_FILE_IGNORE = "first_file_ignore"
    ALL_FILES = "all_files"
    ALL_FILES_IGNORE = "all_files_ignore"
    NONE = "none"


class CsvFormat(Part):
    """FIELDS CSV: comma and double quote by default; with embedded record ends or without."""

    embedded: bool | None = Doc(
        None, description="WITH (true) or WITHOUT (false) EMBEDDED; WITHOUT when absent."
    )


class TableName(Part):
    """A table, with its schema where it was given; names are upper case unless they were quoted."""

    name: str = Doc(description="Table name.")
    schema_name: str | None = Doc(None, description="Schema name.")
    name_quoted: bool = Doc(False, description="The name was quoted.")
    schema_quoted: bool = Doc(False, description="The schema was quoted.")
    partition: str | None = Doc(None, description="PARTITION.")
    subpartition: str | None = Doc(None, description="SUBPARTITION.")

    def __str__(self) -> str:
        """SCHEMA.NAME as the log shows it."""
        return f"{self.schema_name}.{self.name}" if self.schema_name else self.name


class Format(Part):
    """DATE FORMAT and TIMESTAMP FORMAT of a table."""

    kind: Only["date", "timestamp", "timestamp_tz", "timestamp_ltz"] = Doc(
        description="Which fields it serves."
    )
    mask: str = Doc(description="The mask.")


class TableLoad(Part):
    """One INTO TABLE clause."""

    table: TableName = Doc(description="The table.")
    method: Method | None = Doc(None, description="Method of this table; the load's when absent.")
    when: Condition | None = Doc(None, description="Which records go into this table; all when absent.")
    csv: CsvFormat | None = Doc(None, description="FIELDS CSV.")
    terminated: Delimiter | None = Doc(None, description="Default terminator of the fields.")
    enclosed: Enclosure | None = Doc(None, description="Default enclosure of the fields.")
    trailing_nullcols: bool = Doc(False, description="Fields beyond the end of the record are NULL.")
    formats: tuple[Format, ...] = Doc((), description="Default masks.")
    nullif: Test | None = Doc(None, description="NULLIF of every character field; a test without a field.")
    no_nullif: bool = Doc(False, description="NO NULLIF.")
    skip: int | None = Doc(None, ge=0, description="Records to skip for this table (CONTINUE_LOAD).")
    sorted_indexes: tuple[str, ...] = Doc((), description="Accepted and logged.")
    singlerow: bool = Doc(False, description="Accepted and logged.")
    reenable: bool = Doc(False, description="REENABLE DISABLED_CONSTRAINTS: accepted and logged.")
    exceptions: TableName | None = Doc(None, description="EXCEPTIONS table: accepted and logged.")
    evaluate_check_constraints: bool = Doc(False, description="Accepted.")
    table_options: tuple[str, ...] = Doc(
        (), description="OPTIONS of the table, as name=value: accepted and logged."
    )
    resume: Only["yes", "no", "no_replace"] | None = Doc(None, description="RESUME (DB2 form).")
    replace_using: Only["delete", "truncate"] | None = Doc(None, description="REPLACE USING.")
    treat_as: str | None = Doc(None, description="TREAT AS type.")
    object_id: tuple[str, ...] = Doc(
        (), description="OID, SID or XMLTYPE with its argument; refused by targets."
    )
    fields_clause: bool = Doc(True, description="Whether FIELDS stood there.")
    fields: tuple[Field, ...] = Doc((), description="The fields; the table's columns when empty.")
    key: tuple[str, ...] = Doc((), description="Columns that tell rows apart for method upsert.")

    def delimiters(self, one: Field) -> tuple[Delimiter | None, Enclosure | None]:
        """
        Terminator and enclosure of a field: each its own, else the table's, else that of CSV.

        ``b OPTIONALLY ENCLOSED BY '"'`` so takes the terminator of FIELDS, as the manual says (Utilities, table
        "Parameters Used for Specifying Delimiters"); what goes to the end of a file takes no enclosure.
        """
        terminated, enclosed = one.terminated or self.terminated, one.enclosed or self.enclosed
        if one.terminated is not None and one.terminated.eof:
            return terminated, one.enclosed
        if self.csv is not None:
            terminated = terminated or Delimiter(literal=Literal(text=","))
            enclosed = enclosed or Enclosure(left=Literal(text='"'), optional=True)
        return terminated, enclosed

    @property
    def delimited(self) -> bool:
        """Whether all fields that are read from records are delimited, and none has a POSITION."""
        return all(
            one.source is not None or (one.position is None and self.delimiters(one) != (None, None))
            for one in self.fields
        )


class LoadSpec(Part):
    """What files mean and where their rows go."""

    version: Only[1] = Doc(1, description="Version of this form.")
    name: str | None = Doc(None, description="Name of the spec.")
    options: Options = Doc(Options(), description="Options of the run.")
    recoverable: bool | None = Doc(None, description="RECOVERABLE or UNRECOVERABLE: logged.")
    continue_load: bool = Doc(False, description="CONTINUE_LOAD: tables have their own SKIP.")
    default_expression_cache: int | None = Doc(None, ge=0, description="Accepted.")
    charset: str | None = Doc(None, description="Oracle name of the character set of the data files.")
    length_semantics: Only["byte", "char"] | None = Doc(
        None, description="Unit of lengths; BYTE, or CHAR for UTF16."
    )
    byte_order: Only["big", "little"] | None = Doc(
        None, description="Byte order of binary numbers; this machine's."
    )
    byte_order_mark: Only["check", "nocheck"] | None = Doc(
        None, description="Whether a BOM is looked for; CHECK."
    )
    field_names: FieldNames | None = Doc(None, description="Records of field names.")
    inputs: tuple[InputFile, ...] = Doc(
        (),
        description="Data files, in order; the command line's, or the control file's name with .dat, when empty.",
    )
    readsize: int | None = Doc(None, ge=0, description="READSIZE clause: logged.")
    readbuffers: int | None = Doc(None, ge=0, description="READBUFFERS: logged.")
    method: Method | None = Doc(None, description="Method of all tables; INSERT.")
    assemble: Concatenate | ContinueIf | None = Doc(
        None, description="How physical records make logical ones.", discriminator="kind"
    )
    preserve_blanks: bool = Doc(False, description="PRESERVE BLANKS for all fields.")
    tables: tuple[TableLoad, ...] = Doc(min_length=1, description="INTO TABLE clauses, in order.")
    inline_data: InlineData | None = Doc(None, description="Data after BEGINDATA.")
