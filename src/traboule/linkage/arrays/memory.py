"""What compiled code asks of memory beyond reading and writing: to fetch rows that will be read in a moment, since
those that lie anywhere take longer to fetch than to compare.

In come arrays and places; out goes nothing. It promises: to ask for a row changes no result, and a place is not looked
at, only asked for, so that one outside the array does no harm.
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


def _asked(lines: int) -> Any:
    """Return code that asks for the first ``lines`` lines of an array's item."""

    def typed(_: Any, array: Any, place: Any) -> tuple[Any, Any]:
        def written(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            kind, word = signature.args[0], ir.IntType(32)
            held = context.make_array(kind)(context, builder, given[0])
            places = [given[1], *[context.get_constant(types.intp, 0)] * (kind.ndim - 1)]
            where = _code.get_item_pointer(context, builder, kind, held, places)
            item = builder.bitcast(where, cgutils.voidptr_t)
            hint = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, word, word, word])
            ask = _code.get_or_insert_function(builder.module, hint, "llvm.prefetch.p0")
            for line in range(lines):
                at = _code.pointer_add(builder, item, line * _LINE)
                builder.call(ask, [at, *(ir.Constant(word, each) for each in (_READ, _OFTEN, _DATA))])
            return context.get_dummy_value()

        return types.void(array, types.intp), written

    return intrinsic(typed)


# (array, place).
ask_line, ask_lines = _asked(1), _asked(2)
