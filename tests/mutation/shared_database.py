"""Share one cluster and one database among all trials, so that none has to make its own."""

from __future__ import annotations

import importlib
import shutil
from pathlib import Path
from typing import Any

import psycopg


class SharedDatabase:
    """The cluster and the database of all children of a run."""

    def __init__(self) -> None:
        self.conftest = importlib.import_module("tests.conftest")
        self.running = self.conftest.embedded.start(self.conftest.run_directory(), lasting=False)
        self.started = self.conftest.start(self.conftest.run_directory(), database_name="test_mutants")
        self.conftest.connections.leave()
        self.owner = self.conftest.administered(self.running, self.started).owner
        self.walls = importlib.import_module("traboule.database.row_security")
        self.statements = self.walls.statements()
        self.begun: list[Path] = []  # Where a child has started clusters of its own.
        self.is_rebuilt = False  # Whether a mutant has put up walls of its own.

    def enter(self) -> None:
        """Let the fixtures of this child use the database, emptied and with its walls as they are written."""
        start, embedded = self.conftest.embedded.start, self.conftest.embedded

        def begin(place: Path, **more: Any) -> Any:
            if place == self.conftest.run_directory():
                return self.running
            self.begun.append(place)
            return start(place, **more)

        embedded.start = begin
        self.conftest.start = lambda *_, **__: self.started
        self.conftest.empty(self.conftest.administered(self.running, self.started))
        if self.is_rebuilt:
            self.execute(self.statements)

    def end(self) -> None:
        """Stop and delete the clusters of this child's own, which a test that fails leaves behind."""
        for place in filter(Path.exists, self.begun):
            self.conftest.embedded.stop(place)
            home = (place / "postgres").resolve()
            for folder in (place, home):
                shutil.rmtree(folder, ignore_errors=True)

    def execute(self, statements: list[str]) -> None:
        """Execute statements as the owner of the tables."""
        with psycopg.connect(self.owner.uri()) as connection:
            for statement in statements:
                connection.execute(statement)

    def take_down(self) -> None:
        """Drop every policy, as in a database that has just been migrated."""
        with psycopg.connect(self.owner.uri()) as connection:
            query = "SELECT format('DROP POLICY %I ON %I', policyname, tablename) FROM pg_policies"
            drops = [statement for (statement,) in connection.execute(query)]
        self.execute(drops)

    def leave(self) -> None:
        """Delete the database; the cluster stops with the run of pytest."""
        self.conftest.databases.drop(self.running.address, "test_mutants")
