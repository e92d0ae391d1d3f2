"""An import contract: every module is pure unless the contract lists it.

A pure module imports no package of ``effects`` (Django, the database) and no listed module, and so reaches none of them
by any path. A new module is pure until somebody lists it. An entry is stale, and breaks the contract, when nothing it
covers imports an effect or another listed module. Patterns are those of :mod:`fnmatch`; an entry covers its submodules.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from importlinter import Contract, ContractCheck, fields, output


class PureByDefault(Contract):
    """``effects``: packages that no pure module imports. ``impure_modules``: patterns of modules that may."""

    type_name = "pure_by_default"

    effects = fields.SetField(subfield=fields.StringField())
    impure_modules = fields.ListField(subfield=fields.StringField())

    def check(self, graph: Any, verbose: bool) -> ContractCheck:
        """Compare every import of the graph with the list."""
        effects, patterns = set(self.effects), list(self.impure_modules)
        allowed = {module: covering(module, [*effects, *patterns]) for module in graph.modules}
        used: set[str] = set()
        faults: list[str] = []
        for importer in sorted(graph.modules):
            if covering(importer, effects):
                continue
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                if not allowed[imported]:
                    continue
                if not allowed[importer]:
                    faults.append(f"{importer} imports {imported}")
                elif allowed[imported] != allowed[importer]:
                    used.update(allowed[importer])
        stale = [pattern for pattern in patterns if pattern not in used]
        return ContractCheck(kept=not faults and not stale, metadata={"faults": faults, "stale": stale})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print the imports that are not pure, and the entries that cover nothing."""
        for fault in check.metadata["faults"]:
            output.print_error(f"{fault}: make it pure, or list {fault.partition(' ')[0]} as impure.", bold=False)
        for pattern in check.metadata["stale"]:
            output.print_error(f"{pattern} is listed as impure and imports nothing impure.", bold=False)


def covering(module: str, patterns: Any) -> frozenset[str]:
    """Return those of ``patterns`` that cover ``module`` or a package it lies in."""
    parts = module.split(".")
    names = [".".join(parts[:count]) for count in range(1, len(parts) + 1)]
    return frozenset(pattern for pattern in patterns if any(fnmatchcase(name, pattern) for name in names))
