"""The tables of people: persons, accounts, units, roles; and those of the sign-in path, which nothing else reads."""

from __future__ import annotations

from django.db import models

from traboule.database.row_security import Wall


class AccountHolder(models.Model):
    """A human being who uses the desk. ``id`` is the login of the first account.

    ``folded`` is the name as two spellings of it compare: no two persons have the same.
    """

    append_only = True
    wall = Wall.DIRECTORY

    id = models.TextField(primary_key=True)
    name = models.TextField()
    folded = models.TextField(unique=True)
    added_at = models.DateTimeField()
    added_by = models.TextField()


class PoliceUnit(models.Model):
    """A unit of a state's police. ``agencies`` are those it files for; an empty list means every agency of the state.

    A unit whose code is the state's own stands for the whole state.
    """

    wall = Wall.DIRECTORY

    code = models.TextField(primary_key=True)
    state = models.TextField()
    name = models.TextField()
    agencies = models.JSONField()
    added_at = models.DateTimeField()
    added_by = models.TextField()


class Account(models.Model):
    """One login of one person. An account is never deleted, so that no login comes to mean somebody else."""

    wall = Wall.DIRECTORY

    login = models.TextField(primary_key=True)
    person = models.ForeignKey(AccountHolder, on_delete=models.PROTECT, related_name="accounts")
    opened_at = models.DateTimeField()
    opened_by = models.TextField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(default="")


class RoleHeld(models.Model):
    """A role of an account from one instant to another. ``unit`` is what it speaks for; None means any state."""

    wall = Wall.DIRECTORY

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="roles")
    role = models.TextField()
    unit = models.ForeignKey(PoliceUnit, on_delete=models.PROTECT, null=True, related_name="+", db_column="unit_code")
    granted_at = models.DateTimeField()
    granted_by = models.TextField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "role", "unit"],
                condition=models.Q(ended_at=None),
                nulls_distinct=False,
                name="accounts_role_once",
            )
        ]


class Credential(models.Model):
    """How an account proves itself. An empty ``password_hash`` lets no password in.

    ``is_provisional``: the password was made for its owner, who must choose another before ``valid_until``.
    ``code_secret`` is the sealed secret of one-time codes, in force once ``code_confirmed``; ``code_counter`` is the
    last time step used, so that no code works twice.
    """

    wall = Wall.CREDENTIAL

    account = models.OneToOneField(Account, on_delete=models.PROTECT, primary_key=True, related_name="credential")
    password_hash = models.TextField(default="")
    is_provisional = models.BooleanField(default=False)
    valid_until = models.DateTimeField(null=True)
    code_secret = models.TextField(default="")
    code_confirmed = models.BooleanField(default=False)
    code_counter = models.BigIntegerField(default=0)


class Passkey(models.Model):
    """A public key by which an account signs in alone: the private key is in an authenticator of its owner.

    ``credential_id`` is base64url, as the browser writes it. ``site`` is the relying party's id, the name under which
    the room was served; ``user_handle`` is what the authenticator calls the account. ``sign_count`` is the
    authenticator's counter as seen last; a key whose counter did not go on was copied: refused since ``copied_at``.
    """

    wall = Wall.CREDENTIAL

    credential_id = models.TextField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="passkeys")
    name = models.TextField()
    site = models.TextField()
    public_key = models.BinaryField()
    user_handle = models.TextField()
    sign_count = models.BigIntegerField()
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    copied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="accounts_passkey_name_once")]


class BoundIdentity(models.Model):
    """An identity at an OpenID provider that signs in an account, from one instant to another.

    ``issuer`` and ``subject`` are as the provider says them; together they are one person, never another's.
    """

    wall = Wall.DIRECTORY

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="identities")
    issuer = models.TextField()
    subject = models.TextField()
    bound_at = models.DateTimeField()
    bound_by = models.TextField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"], condition=models.Q(ended_at=None), name="accounts_identity_once"
            )
        ]


class SpentChallenge(models.Model):
    """A challenge that was answered, until it expires: a second answer to it is refused."""

    wall = Wall.CREDENTIAL

    challenge_hash = models.TextField(primary_key=True)
    expires_at = models.DateTimeField(db_index=True)
    is_spent = models.BooleanField(default=False)


class FailedSignIns(models.Model):
    """Failed sign-ins in a row under one login, whether or not there is such an account.

    ``login_hash`` is keyed. Nobody is let in before ``retry_at``.
    """

    wall = Wall.CREDENTIAL

    login_hash = models.TextField(primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    retry_at = models.DateTimeField(null=True)


class SessionKey(models.Model):
    """A session. ``key_hash`` is the keyed hash of its token; the token itself is with its user alone.

    ``name``: what its owner calls the token of a program; empty for somebody who signed in. ``seen_at``: when a verb
    was last asked for in it, to the minute. ``client``: from what kind of program somebody signed in, as codes.
    """

    wall = Wall.CREDENTIAL

    key_hash = models.TextField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="sessions")
    begun_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    name = models.TextField(default="")
    seen_at = models.DateTimeField(null=True)
    client = models.TextField(default="")


class DemoMark(models.Model):
    """A row here says that the database is a demo's: its accounts act without a password."""

    append_only = True
    wall = Wall.DIRECTORY

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    marked_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="accounts_one_mark")]
