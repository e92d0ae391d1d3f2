"""Tell which states a person speaks for, in any account.

In: a person. Out: states. Guaranteed: who has a national role without a unit is told from no state's officers.
"""

from __future__ import annotations

from traboule.accounts.models import RoleHeld
from traboule.core.permissions import Role


def speaks_for(person: str, state: str) -> bool:
    """Tell whether ``person`` is an officer of ``state``, or of any state, in an account that is in force."""
    roles = RoleHeld.objects.filter(
        account__person_id=person, account__ended_at=None, ended_at=None, role=Role.NATIONAL.value
    )
    return any(unit is None or unit == state for unit in roles.values_list("unit__state", flat=True))
