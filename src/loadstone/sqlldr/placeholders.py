"""Placeholders of template languages: filled in where a value is given, else named."""

from __future__ import annotations

import re
from collections.abc import Mapping

_PATTERN = re.compile(
    r"""
      \$\{[^}\n]*\}              # ${name}
    | \$\([^)\n]*\)              # $(name)
    | \$[A-Za-z_]\w*             # $name
    | \{\{[^}\n]*\}\}            # {{ name }}
    | \{%[^\n]*?%\}              # {% if %}
    | \{[\w .:-]*\}              # {name}
    | \[%[^\n]*?%\]              # [% name %]
    | &&?\w+\.?                  # &name, &1
    | %\([\w.]+\)[a-z]           # %(name)s
    | %\w+%                      # %NAME%
    | %[sd]\b                    # %s
    | %%\w+%%                    # %%NAME%%
    | @@?[\w.-]+@@?              # @NAME@
    | <%[^\n]*?%>                # <%= name %>
    | </?[#@][^>\n]*>          # <#if name>
    | <[A-Za-z][\w ./:-]*>       # <name>
    | <<[\w ./:-]+>>             # <<name>>
    | \#\w+\#                    # #NAME#
    | \#\{[^}\n]*\}              # #{name}
    | \?\w*                      # ?
    """,
    re.VERBOSE,
)

_FORMS = (
    *(r"\$\{NAME\}", r"\$\(NAME\)", r"\{\{\s*NAME\s*\}\}", r"#\{NAME\}", r"<<NAME>>", r"<%=\s*NAME\s*%>"),
    *(r"%\(NAME\)s", r"%%NAME%%", r"%NAME%", r"@@NAME@@", r"@NAME@", r"#NAME#", r"<NAME>", r"\{NAME\}"),
    *(r"&&?NAME(?!\w)\.?", r"\$NAME(?!\w)"),
)
_IN_STRING = re.compile(r"\$\{[^}\n]*\}|\{\{[^}\n]*\}\}|&&?\w+|%\(\w+\)s|(?<!\w)@\w+@|<[A-Za-z]\w*>|#\w+#")
_WHOLE_PATH = re.compile(r"\$\{|\$\(|\{|&|%\(|@|<|#|\[%|\?$|%%", re.ASCII)


def fill(text: str, values: Mapping[str, str]) -> str:
    """``text`` with the placeholders of the names in ``values``, in any of the usual spellings, filled in."""
    if not values:
        return text
    names = "|".join(re.escape(name) for name in sorted(values, key=len, reverse=True))
    pattern = re.compile("|".join(form.replace("NAME", f"(?:{names})") for form in _FORMS))
    inner = re.compile(names)

    def value(found: re.Match[str]) -> str:
        name = inner.search(found.group())
        return values[name.group()] if name is not None else found.group()

    return pattern.sub(value, text)


def placeholder_at(text: str, offset: int) -> str | None:
    """The placeholder that begins at ``offset`` of ``text``, or None."""
    found = _PATTERN.match(text, offset)
    return found.group() if found else None


def placeholder_in_string(text: str) -> str | None:
    """A placeholder inside a quoted file name, which is legal text and hardly meant so."""
    found = _IN_STRING.search(text)
    return found.group() if found else None


def placeholder_of_path(path: str) -> str | None:
    """The placeholder that a bare file name begins with; ``$NAME`` and ``%NAME%`` are variables."""
    return placeholder_at(path, 0) if _WHOLE_PATH.match(path) else None
