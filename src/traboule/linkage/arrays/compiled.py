"""How loops are compiled: once for each machine and version, kept beside the source, without the
interpreter's lock.

In comes a function over arrays; out goes the same function as machine code, compiled when first called. It promises:
strict arithmetic (no reordering of sums), so that results do not depend on the machine; code kept from an earlier
version of any file that holds compiled code is never used (Numba by itself looks at the function's own file alone, and
what a function calls is compiled into it).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core.caching import CompileResultCacheImpl, FunctionCache
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler

_ROOMS = ("arrays", "names", "names/alike", "matching", "things")
Function = TypeVar("Function", bound=Callable[..., object])


@cache
def stamp() -> str:
    """Return sixteen hexadecimal digits that change when any file that holds compiled code does."""
    digest = blake2b(digest_size=8)
    for room in _ROOMS:
        for path in sorted((Path(__file__).parents[1] / room).glob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


class _Kept(CompileResultCacheImpl):
    def get_filename_base(self, fullname: str, abiflags: str) -> str:
        base: str = super().get_filename_base(fullname, abiflags)  # type: ignore[no-untyped-call]
        return f"{base}-{stamp()}"


class _Cache(FunctionCache):
    _impl_class = _Kept


class _Linked(JITCodeLibrary):
    """Code that is only ever part of other code. Numba would optimise it, and make machine code of it, by itself and
    once more with each function that calls it; here that is done of the outermost one alone, with all that it calls."""

    def finalize(self) -> None:
        for library in dict.fromkeys(self._linking_libraries):
            self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        self._final_module.verify()
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        return 0

    @property
    def codegen(self) -> Any:
        return self

    def set_env(self, name: str, env: object) -> None:
        """Set nothing: there is no machine code that could ask for it."""


class _Inner(Compiler):
    def __init__(self, typing: Any, target: Any, library: Any, *rest: Any) -> None:
        make: Any = _Linked
        super().__init__(typing, target, library or make(target.codegen(), "inner"), *rest)  # type: ignore[no-untyped-call]


def compiled(function: Function) -> Function:
    """Return ``function`` compiled on first use and kept for later runs; it holds no lock while it runs."""
    made = _made(function)
    made._cache = _Cache(function)  # type: ignore[no-untyped-call]  # Numba gives its caches no types.
    return cast(Function, made)


def is_kept(function: Callable[..., object]) -> bool:
    """Tell whether machine code of a :func:`compiled` function is kept from an earlier run on this machine."""
    made: Any = function
    return Path(made._cache._cache_file._index_path).exists()


def inner(function: Function) -> Function:
    """Return ``function`` for use inside compiled ones, never called by itself.

    It makes no array, and gives none back to a :func:`compiled` one: that would free what it does not own. Numba
    would count who holds which array at every step, which costs more than the steps; here nobody counts.
    """
    return cast(Function, _made(function, no_cpython_wrapper=True, _nrt=False, pipeline_class=_Inner))


def woven(function: Function) -> Function:
    """Return ``function`` as :func:`inner` does, written into each place it is called from: for a few lines that run
    often, where handing over the arrays would cost more than they do."""
    return cast(Function, _made(function, no_cpython_wrapper=True, _nrt=False, forceinline=True, pipeline_class=_Inner))


def making(function: Function) -> Function:
    """Return ``function`` as :func:`inner` does, but it may make arrays."""
    return cast(Function, _made(function, no_cpython_wrapper=True, pipeline_class=_Inner))


def _made(function: Callable[..., object], **options: object) -> Any:
    make: Any = numba.njit
    return make(nogil=True, error_model="numpy", no_cfunc_wrapper=True, **options)(function)
