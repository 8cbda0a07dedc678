"""The civil time of China: one zone, UTC+8, without summer time.

The day on which a rule is asked is a day in this zone, wherever the machine's clock is set.
"""

from datetime import timedelta, timezone

__all__ = ["BEIJING"]

BEIJING = timezone(timedelta(hours=8), "CST")
