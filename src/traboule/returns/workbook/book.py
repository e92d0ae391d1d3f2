"""A workbook of XlsxWriter that writes its shared strings with less work.

In: sheets, as XlsxWriter takes them, and the first of the shared strings where they are the same in every file. Out:
the bytes that XlsxWriter writes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO

from xlsxwriter import Workbook
from xlsxwriter.packager import Packager
from xlsxwriter.sharedstrings import SharedStrings, SharedStringTable

# What must be escaped, or tells a text that is no plain one.
_ESCAPED = re.compile('["&<>\x00-\x1f\ufffe\uffff]|_x')


@dataclass(frozen=True, slots=True)
class FirstStrings:
    """The first shared strings of a workbook: each with its number, how often they are used, and as XML."""

    numbers: Mapping[str, int]
    count: int
    xml: str


_NO_STRINGS = FirstStrings({}, 0, "")


class FormBook(Workbook):  # type: ignore[misc]  # XlsxWriter has no types.
    """A workbook that writes the same bytes as XlsxWriter's in less time."""

    first_strings = _NO_STRINGS

    def begin_with(self, strings: FirstStrings) -> None:
        """Take the first shared strings. Raises ValueError where the workbook has any already."""
        if self.str_table.count:
            raise ValueError("the workbook has strings already")
        self.first_strings = strings
        self.str_table.string_table = dict(strings.numbers)
        self.str_table.unique_count = len(strings.numbers)
        self.str_table.count = strings.count

    def _get_packager(self) -> FormPackager:
        return FormPackager()


def first_strings(table: SharedStringTable) -> FirstStrings:
    """Return the strings of ``table`` for other workbooks to begin with."""
    return FirstStrings(dict(table.string_table), table.count, "".join(map(_xml, table.string_table)))


class FormPackager(Packager):  # type: ignore[misc]
    """Writes the parts of a :class:`FormBook`."""

    def _write_shared_strings_file(self) -> None:
        if self.workbook.str_table.count:
            writer = _Strings()
            writer.first = self.workbook.first_strings
            writer.string_table = self.workbook.str_table
            writer._set_xml_writer(self._filename("xl/sharedStrings.xml"))
            writer._assemble_xml_file()


class _Strings(SharedStrings):  # type: ignore[misc]
    """The part of the shared strings: plain texts are written without a look at each of their characters."""

    first = _NO_STRINGS

    def _write_sst_strings(self) -> None:
        self.fh.write(self.first.xml)
        self.fh.write("".join(map(_xml, self.string_table.string_array[len(self.first.numbers) :])))


def _xml(string: str) -> str:
    """Return a shared string as XML."""
    if not _ESCAPED.search(string) and string == string.strip():
        return f"<si><t>{string}</t></si>"
    writer, target = SharedStrings(), StringIO()
    writer._set_filehandle(target)
    writer._write_si(string)
    return target.getvalue()
