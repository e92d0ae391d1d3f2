"""Prefetch rows that compiled code is about to read: fetching a scattered row takes longer than comparing it.

A prefetch changes no result. The address is only a hint, so one outside the array does no harm.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

_LINE = 64  # Bytes of a cache line.
_READ, _HIGH_LOCALITY, _DATA = 0, 3, 1  # Arguments of LLVM's prefetch.
_code: Any = cgutils  # Numba gives these no types.


def _prefetching(lines: int) -> Any:
    """Return an intrinsic that prefetches the first ``lines`` cache lines of an array's item."""

    def resolve_types(_: Any, array: Any, place: Any) -> tuple[Any, Any]:
        def generate_code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            kind, word = signature.args[0], ir.IntType(32)
            struct = context.make_array(kind)(context, builder, arguments[0])
            places = [arguments[1], *[context.get_constant(types.intp, 0)] * (kind.ndim - 1)]
            pointer = _code.get_item_pointer(context, builder, kind, struct, places)
            item = builder.bitcast(pointer, cgutils.voidptr_t)
            hint = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, word, word, word])
            prefetch = _code.get_or_insert_function(builder.module, hint, "llvm.prefetch.p0")
            for line in range(lines):
                at = _code.pointer_add(builder, item, line * _LINE)
                builder.call(
                    prefetch, [at, *(ir.Constant(word, constant) for constant in (_READ, _HIGH_LOCALITY, _DATA))]
                )
            return context.get_dummy_value()

        return types.void(array, types.intp), generate_code

    return intrinsic(resolve_types)


# (array, place).
prefetch_line, prefetch_two_lines = _prefetching(1), _prefetching(2)
