"""What a rule must hold that an officer enters: source, period and evidence, in harmless words.

Stricter than the table itself: `cemetery_rule_table.rule_of` reads what is there, this is asked of
what comes in.
"""

from collections.abc import Mapping
from types import MappingProxyType

from civgeo.domain.cemetery_rules import Topic
from civgeo.domain.standard import first_day
from civgeo.errors import InvalidInput

__all__ = ["COLUMN_TITLES", "LONGEST_CELL", "entry_problems"]


def _(text: str) -> str:
    """`text` itself; the mark by which the catalogue of English words finds it."""
    return text


LONGEST_CELL = 500
LONGEST_ID = 80
COLUMN_TITLES: Mapping[str, str] = MappingProxyType(
    {
        "id": _("编号"),
        "topic": _("事项"),
        "subjects": _("对象"),
        "levels": _("级别"),
        "operation": _("性质"),
        "only_on": _("只在这些地上"),
        "choice": _("任选一项"),
        "place": _("地区"),
        "adcode": _("区划代码"),
        "regulation": _("法规或文件"),
        "document_no": _("文号"),
        "article": _("条款"),
        "valid_from": _("施行日期"),
        "valid_to": _("最后有效日期"),
        "quantity": _("内容"),
        "operator": _("比较"),
        "value": _("数值"),
        "unit": _("单位"),
        "applies_to": _("适用对象"),
        "force": _("效力"),
        "evidence": _("证据"),
        "note": _("说明"),
        "enabled": _("启用"),
        "standard": _("标准编号"),
    }
)
"""Chinese title by column."""

_FORMULA = "=+-@＝＋－＠"
_NEEDED = ("regulation", "quantity", "valid_from", "evidence")
_NO_SOURCE = "-"


def entry_problems(cells: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with the words of a row that is entered, by column.

    A cell may not be long, hold control characters, or begin as a formula of a spreadsheet does.
    A rule in use names its regulation, what it says, its first day and its evidence; the last day
    is not before the first.

    Examples
    --------
    >>> entry_problems({"id": "a", "enabled": "false", "note": "=1+1"})
    {'note': '不能以 = + - @ 开头：电子表格会当作公式'}
    """
    found = {name: told for name, cell in cells.items() if (told := _harm(name, cell.strip()))}
    if _is_off(cells):
        return found
    for name in _NEEDED:
        if not cells.get(name, "").strip() and not _is_waiting(cells, name):
            found.setdefault(name, "不能为空")
    if cells.get("evidence", "").strip() == _NO_SOURCE and not _is_waiting(cells, "evidence"):
        found.setdefault("evidence", "录入的规定要有出处：S 已核全文，E 摘录，C 推算，M 凭记忆")
    if "valid_to" not in found and _ends_before_it_begins(cells):
        found["valid_to"] = "早于施行日期"
    return found


def _harm(name: str, cell: str) -> str:
    if len(cell) > LONGEST_CELL:
        return f"超过 {LONGEST_CELL} 个字"
    if not cell.isprintable():
        return "有换行或控制字符，请删去"
    is_dash = name == "evidence" and cell == _NO_SOURCE
    if cell[:1] and cell[0] in _FORMULA and not is_dash:
        return "不能以 = + - @ 开头：电子表格会当作公式"
    is_id = name == "id" and cell
    if is_id and (
        len(cell) > LONGEST_ID or not all(sign.isalnum() or sign in "_-." for sign in cell)
    ):
        return f"只用字母、数字、“_”“-”“.”，不超过 {LONGEST_ID} 个"
    return ""


def _is_off(cells: Mapping[str, str]) -> bool:
    return cells.get("enabled", "").strip().lower() in ("false", "否")


def _is_waiting(cells: Mapping[str, str], name: str) -> bool:
    """Whether the row stands for a text that is not at hand, which may lack its day and source."""
    words = (Topic.TEXT_MISSING.value, Topic.TEXT_MISSING.label_zh)
    return name != "regulation" and cells.get("topic", "").strip() in words


def _ends_before_it_begins(cells: Mapping[str, str]) -> bool:
    try:
        first, last = (
            first_day(cells.get(name, "").strip()) for name in ("valid_from", "valid_to")
        )
    except (InvalidInput, ValueError):
        return False
    return first is not None and last is not None and last < first
