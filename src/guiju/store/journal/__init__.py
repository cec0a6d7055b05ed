"""Records on disk before they are in the database: one preallocated file per writer, one synced write per commit.

`frames` has the format, `file` the living end, `recovery` brings what a dead writer left into the database.
``docs/design/0006-journal.md`` has the reasons and the figures.
"""
