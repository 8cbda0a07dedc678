"""What can go wrong, in an officer's words.

::

    CivgeoError
    ├── InvalidInput        a value that cannot be read: a bad code, number, date or key
    ├── NotFound            no such entry, collection or file
    │   └── DataPackageMissing   an optional data package is not installed
    ├── RuleViolation       a rule of the law or of the register forbids it
    │   └── VersionRequired      an update does not say which version it was made from
    ├── StaleEdit           somebody else changed the entry first
    ├── NotPermitted        this account may not do that
    ├── CrsError            a coordinate system is missing, unknown, or mixed
    ├── OwnFileBroken       a file that the bureau keeps beside its store cannot be used
    ├── ImportRejected      a file was refused as a whole
    └── StoreUnavailable    the store cannot be opened, read or written

Messages say what was wrong, where, and what to do next. HTTP status codes and exit codes are
assigned elsewhere, each in one table.
"""


class CivgeoError(Exception):
    """Base of every error that civgeo raises on purpose.

    Parameters
    ----------
    message
        For officers: what was wrong, where, and what to do next.
    code
        A stable machine word for scripts, such as ``unknown_key``; by default the class's own.
    """

    default_code = "error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code


class InvalidInput(CivgeoError):
    """A value cannot be read: a malformed code, number, date, or an unknown key."""

    default_code = "invalid_input"


class NotFound(CivgeoError):
    """The entry, collection or file that was asked for is not there."""

    default_code = "not_found"


class DataPackageMissing(NotFound):
    """An optional data package is not installed; the message holds the command that mends it."""

    default_code = "data_package_missing"


class RuleViolation(CivgeoError):
    """A rule of the law or of the register forbids what was asked."""

    default_code = "rule_violation"


class VersionRequired(RuleViolation):
    """An update does not say which version of the entry it was made from."""

    default_code = "version_required"


class StaleEdit(CivgeoError):
    """The entry was changed by somebody else since it was read."""

    default_code = "stale_edit"


class NotPermitted(CivgeoError):
    """The account may not do what was asked."""

    default_code = "not_permitted"


class CrsError(CivgeoError):
    """A coordinate reference system is missing, unknown, mixed, or does not fit the data."""

    default_code = "crs_error"


class OwnFileBroken(CivgeoError):
    """A list, rule or template that the bureau keeps beside its store cannot be used."""

    default_code = "own_file_broken"


class ImportRejected(CivgeoError):
    """A file was refused as a whole; nothing of it was stored."""

    default_code = "import_rejected"


class StoreUnavailable(CivgeoError):
    """The store cannot be opened, read or written."""

    default_code = "store_unavailable"
