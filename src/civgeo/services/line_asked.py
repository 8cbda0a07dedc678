"""The one line that somebody asks for by code, name or id."""

from civgeo.domain.secrecy import Secrecy
from civgeo.errors import InvalidInput, NotFound
from civgeo.services.boundary_records import LineEntry, line_entries
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection

__all__ = ["one_line"]

_PUBLIC: dict[str, str | bool] = {"public": True, "secrecy": Secrecy.PUBLIC.value}


def one_line(reading: Reading, asked: str, *, public: bool) -> LineEntry:
    """The line of that code, name or id.

    Parameters
    ----------
    reading
        A read of the store.
    asked
        Code, name or register id.
    public
        Whether a line that is not public counts as missing.

    Raises
    ------
    NotFound
        ``unknown_line`` when there is none.
    InvalidInput
        ``ambiguous_line`` when several are called so.
    """
    wanted = asked.strip()
    lines = line_entries(reading)
    if public:
        shown = set(reading.features(Collection.BOUNDARY_LINES, where=_PUBLIC).index)
        lines = [line for line in lines if line.id in shown]
    found = [line for line in lines if wanted in (line.facts.code, line.facts.name, line.id)]
    if not found:
        hidden = "，或它不公开" if public else "：请先登记界线，或核对代码"
        text = f"没有代码、名称或编号为“{wanted[:80]}”的界线{hidden}"
        raise NotFound(text, code="unknown_line")
    if len(found) > 1:
        codes = "、".join(line.facts.code for line in found[:5])
        text = f"有 {len(found)} 条界线叫“{wanted[:80]}”，请改用代码：{codes}"
        raise InvalidInput(text, code="ambiguous_line")
    return found[0]
