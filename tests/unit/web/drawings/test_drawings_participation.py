"""The grid of states and days: what each day says, how far it reaches, and that no two statuses look alike."""

from __future__ import annotations

from datetime import date, timedelta

from traboule.web.drawings.participation import STATUSES, key, participation_grid

START, END = date(2024, 9, 29), date(2024, 10, 4)


def statuses(*arrivals: tuple[str, date, str], today: date = END + timedelta(days=2)) -> dict[str, str]:
    grid = participation_grid(arrivals, {"ML", "TG"}, {"ML"}, (START, END), today)
    letters = {"received": "R", "withdrawn": "W", "in": "i", "silent": ".", "overdue": "!", "ahead": " "}
    return {line.state: "".join(letters[status] for status in line.statuses) for line in grid.lines}


def test_a_day_is_received_in_silent_overdue_withdrawn_or_to_come() -> None:
    late = END + timedelta(days=2)
    assert statuses(today=START) == {"ML": ".     ", "TG": ".     "}
    assert statuses(("TG", START, "rows")) == {"ML": "......", "TG": "Riiiii"}
    assert statuses(("TG", START, "rows"), ("TG", START + timedelta(1), "withdrawn"))["TG"] == "RW...."
    assert statuses(("TG", late, "nil")) == {"ML": "......!!", "TG": ".......R"}


def test_days_run_on_to_the_last_arrival_and_no_further_than_four_weeks() -> None:
    grid = participation_grid([("ML", END + timedelta(days=90), "rows")], {"ML"}, {"ML"}, (START, END), END)
    assert len(grid.days) == 28
    assert grid.days[-1] == END + timedelta(days=90)


def test_every_status_has_a_shape_of_its_own() -> None:
    assert len({path for _, path in key()}) == len(STATUSES)


def test_what_was_filed_before_the_first_day_shown_is_in_and_nobody_is_overdue_for_it() -> None:
    late = END + timedelta(days=90)
    assert statuses(("ML", START, "rows"), ("TG", late, "rows"), today=late) == {"ML": "i" * 28, "TG": "." * 27 + "R"}
    withdrawn = (("ML", START, "rows"), ("ML", END, "withdrawn"), ("TG", late, "rows"))
    assert statuses(*withdrawn, today=late)["ML"] == "!" * 28
