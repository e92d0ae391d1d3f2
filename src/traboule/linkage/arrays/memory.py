"""What compiled code asks of memory beyond reading and writing: to fetch rows that will be read in a moment, since
those that lie anywhere take longer to fetch than to compare; to copy many letters at once.

In come arrays and places; out goes nothing. It promises: to ask for a row changes no result, and a place is not looked
at, only asked for, so that one outside the array does no harm. What is copied must lie within both arrays.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

_LINE = 64  # Bytes that a processor fetches at once.
_READ, _OFTEN, _DATA = 0, 3, 1  # What LLVM is told of it.
_code: Any = cgutils  # Numba gives these no types.


def _item(context: Any, builder: Any, signature: Any, given: Any, array: int) -> Any:
    """Return where the item of an array stands: the argument numbered ``array``, the place being the one behind it."""
    kind = signature.args[array]
    held = context.make_array(kind)(context, builder, given[array])
    places = [given[array + 1], *[context.get_constant(types.intp, 0)] * (kind.ndim - 1)]
    return builder.bitcast(_code.get_item_pointer(context, builder, kind, held, places), cgutils.voidptr_t)


def _asked(lines: int) -> Any:
    """Return code that asks for the first ``lines`` lines of an array's item."""

    def typed(_: Any, array: Any, place: Any) -> tuple[Any, Any]:
        def written(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            item, word = _item(context, builder, signature, given, 0), ir.IntType(32)
            hint = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, word, word, word])
            ask = _code.get_or_insert_function(builder.module, hint, "llvm.prefetch.p0")
            for line in range(lines):
                at = _code.pointer_add(builder, item, line * _LINE)
                builder.call(ask, [at, *(ir.Constant(word, each) for each in (_READ, _OFTEN, _DATA))])
            return context.get_dummy_value()

        return types.void(array, types.intp), written

    return intrinsic(typed)


def _copied() -> Any:
    """Return code that copies so many bytes from a place in one array to a place in another."""

    def typed(_: Any, into: Any, at: Any, source: Any, begin: Any, many: Any) -> tuple[Any, Any]:
        def written(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            target, letters = (_item(context, builder, signature, given, array) for array in (0, 2))
            _code.raw_memcpy(builder, target, letters, given[4], 1)
            return context.get_dummy_value()

        return types.void(into, types.intp, source, types.intp, types.intp), written

    return intrinsic(typed)


# (array, place); (into, at, letters, begin, many): of bytes.
ask_line, ask_lines, copy_letters = _asked(1), _asked(2), _copied()
