"""The ``civgeo`` command, one module a group. Heavy imports happen inside the commands."""
