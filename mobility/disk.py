"""Whether something failed for want of room: on the disk of the files, or on that of the database."""

import errno


def is_disk_full(error: BaseException) -> bool:
    """As files and the database drivers say it: PostgreSQL's SQLSTATE, SQLite's name of the error."""
    cause = error.__cause__ or error
    return (
        getattr(cause, "sqlstate", None) == "53100"
        or getattr(cause, "sqlite_errorname", None) in ("SQLITE_FULL", "SQLITE_IOERR_WRITE")
        or getattr(cause, "errno", None) in (errno.ENOSPC, errno.EDQUOT)
    )
