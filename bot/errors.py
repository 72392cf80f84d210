"""Errors that a person should read, as kind sentences.

Everything that Earshot can foresee going wrong is a `UserError`: edges show its sentence as it
is and keep the traceback out of sight. Anything else is a defect and gets a reference id.
"""

from __future__ import annotations


class UserError(Exception):
    """A stated fault; `str(error)` is a whole sentence that says what to do."""


class ConfigError(UserError):
    """Wrong settings, all of them at once."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Refused(UserError):
    """Not allowed for this person or in this place. Reveals nothing else."""


class NotAllowed(Refused):
    """Not allowed for this person; `right` is a word for what was wanted. Told to the audit."""

    def __init__(self, sentence: str, right: str) -> None:
        super().__init__(sentence)
        self.right = right


class TooMany(UserError):
    """Asked too often; to be tried again a little later."""


class NotFound(UserError):
    """What was asked for is not there."""


class KeyLost(UserError):
    """The key file that makes customers countable is missing or another one."""
