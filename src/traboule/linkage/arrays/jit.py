"""Compile loops with Numba, once per machine and version, and cache the machine code beside the source.

A compiled function is compiled on its first call and runs without the interpreter's lock. Arithmetic is strict (sums
are not reordered), so results do not depend on the machine. The cache is invalidated when any file with compiled code
changes; Numba alone checks only the file of the function itself, although the functions it calls are compiled into it.
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

_COMPILED_FOLDERS = ("arrays", "names", "names/similarity", "matching", "things")
Function = TypeVar("Function", bound=Callable[..., object])


@cache
def stamp() -> str:
    """Return 16 hexadecimal digits that change when any file with compiled code changes."""
    digest = blake2b(digest_size=8)
    for folder in _COMPILED_FOLDERS:
        for path in sorted((Path(__file__).parents[1] / folder).glob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


class _StampedCacheFiles(CompileResultCacheImpl):
    def get_filename_base(self, fullname: str, abiflags: str) -> str:
        base: str = super().get_filename_base(fullname, abiflags)  # type: ignore[no-untyped-call]
        return f"{base}-{stamp()}"


class _StampedCache(FunctionCache):
    _impl_class = _StampedCacheFiles


class _LinkedOnlyLibrary(JITCodeLibrary):
    """Hold code that is only ever linked into other code.

    Numba would optimise it and make machine code of it, once by itself and once for each caller. Here only the
    outermost function is compiled, with everything it calls.
    """

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
        """Do nothing: no machine code exists that could use it."""


class _LinkedOnlyCompiler(Compiler):
    def __init__(self, typing: Any, target: Any, library: Any, *options: Any) -> None:
        make: Any = _LinkedOnlyLibrary
        super().__init__(typing, target, library or make(target.codegen(), "inner"), *options)  # type: ignore[no-untyped-call]


def compiled(function: Function) -> Function:
    """Return ``function`` compiled on first use and cached for later runs. It runs without the interpreter's lock."""
    dispatcher = _jitted(function)
    dispatcher._cache = _StampedCache(function)  # type: ignore[no-untyped-call]  # Numba gives its caches no types.
    return cast(Function, dispatcher)


def is_cached(function: Callable[..., object]) -> bool:
    """Tell whether machine code of a :func:`compiled` function is cached on this machine."""
    dispatcher: Any = function
    return Path(dispatcher._cache._cache_file._index_path).exists()


def inner(function: Function) -> Function:
    """Return ``function`` for use inside compiled ones; it is never called from Python.

    It must neither make an array nor return one to a :func:`compiled` function, because Numba's reference counting is
    off: counting at every step costs more than the steps.
    """
    return cast(Function, _jitted(function, no_cpython_wrapper=True, _nrt=False, pipeline_class=_LinkedOnlyCompiler))


def inlined(function: Function) -> Function:
    """Return ``function`` as :func:`inner` does, inlined into each caller: for short, frequent code where passing the
    arrays costs more than the work."""
    return cast(
        Function,
        _jitted(function, no_cpython_wrapper=True, _nrt=False, forceinline=True, pipeline_class=_LinkedOnlyCompiler),
    )


def allocating(function: Function) -> Function:
    """Return ``function`` as :func:`inner` does, but allowed to make arrays."""
    return cast(Function, _jitted(function, no_cpython_wrapper=True, pipeline_class=_LinkedOnlyCompiler))


def _jitted(function: Callable[..., object], **options: object) -> Any:
    make: Any = numba.njit
    return make(nogil=True, error_model="numpy", no_cfunc_wrapper=True, **options)(function)
