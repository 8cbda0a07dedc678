"""What refers to an entry of the boundary registers, and what it therefore may not become."""

from collections.abc import Mapping

from civgeo.domain.marker_work import next_step
from civgeo.domain.round_forms import RoundState
from civgeo.errors import RuleViolation
from civgeo.formats.boundary_rules import marker_work_steps
from civgeo.services.work_records import WorkFile, work_files
from civgeo.store.editing import ChangedValue
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection

__all__ = ["open_works", "refuse_ending", "refuse_new_code", "refuse_old_course"]
__all__ += ["refuse_while_worked_on"]

_ALONG = (Collection.BOUNDARY_POINTS, Collection.BOUNDARY_MARKERS)
_REFERRING = (
    *(*_ALONG, Collection.BOUNDARY_ARCHIVES, Collection.INSPECTION_ROUNDS),
    *(Collection.INSPECTIONS, Collection.MARKER_WORKS, Collection.BOUNDARY_DISPUTES),
    Collection.YEARLY_CHECKS,
)
_Values = Mapping[str, ChangedValue]


def open_works(reading: Reading, **where: str) -> list[WorkFile]:
    """Works that are neither finished nor withdrawn, of a ``marker``, ``line`` or ``name``."""
    found = work_files(reading.features(Collection.MARKER_WORKS, where=where))
    return [file for file in found if next_step(file.work, marker_work_steps()) is not None]


def refuse_while_worked_on(reading: Reading, marker: str) -> None:
    """Refuse to move or end a marker on which works are open: their last step would fail.

    Raises
    ------
    RuleViolation
        ``work_open``.
    """
    for file in open_works(reading, marker=marker):
        text = (
            f"界桩 {file.name} 的“{file.work.kind.label_zh}”（编号 {file.id}）尚未办完，"
            "登记位置不能改，也不能注销或恢复：请先办完或撤回"
        )
        raise RuleViolation(text, code="work_open")


def refuse_new_code(reading: Reading, before: _Values, changes: _Values) -> None:
    """Refuse another code of a line to which records refer; raises ``line_in_use``."""
    code = str(before["code"])
    if changes.get("code", code) == code:
        return
    held = sum(reading.count(collection, where={"line": code}) for collection in _REFERRING)
    if held:
        text = (
            f"界线代码 {code} 已被 {held} 条记录（界桩、联检、档案等）引用，不能改："
            "请先改那些记录，或另行登记新代码的界线"
        )
        raise RuleViolation(text, code="line_in_use")


def refuse_ending(reading: Reading, line: str) -> None:
    """Refuse to end a line on which something stands or goes on; raises ``line_in_use``."""
    rounds = reading.features(Collection.INSPECTION_ROUNDS, where={"line": line})
    held = {
        "界桩、边界点": _standing(reading, line),
        "未备案的联检": int((rounds["state"] != RoundState.FILED.value).sum()),
        "未办完的界桩变动": len(open_works(reading, line=line)),
    }
    told = "、".join(f"{title} {count} 条" for title, count in held.items() if count)
    if told:
        text = f"界线 {line} 还有{told}，不能注销：请先处理；因区划变更不再使用的，请改勘定状态"
        raise RuleViolation(text, code="line_in_use")


def refuse_old_course(reading: Reading, line: str) -> None:
    """Refuse an earlier version of a line with markers: their chainage is of today's course."""
    if held := _standing(reading, line):
        text = (
            f"界线 {line} 上有 {held} 个界桩、边界点，里程按现在的走向算出，不能整版恢复："
            "请用更正改回所要的内容，里程随之重算"
        )
        raise RuleViolation(text, code="line_in_use")


def _standing(reading: Reading, line: str) -> int:
    return sum(reading.count(collection, where={"line": line}) for collection in _ALONG)
