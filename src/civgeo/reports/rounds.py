"""Workbook of a round of joint inspections: lines by years, and what is overdue."""

from collections.abc import Mapping, Sequence

from civgeo.reports.register_table import register_workbook

__all__ = ["board_workbook"]

_LINE = {
    "level_zh": "级别",
    "code": "界线代码",
    "name": "界线名称",
    "sides_zh": "毗邻各方",
    "leader_zh": "牵头方",
    "last_inspected": "上次联检",
}
_AFTER = {"due": "完成期限", "days": "逾期天数", "status_zh": "勘定状态"}
_LATE = {
    "name": "界线名称",
    "line": "界线代码",
    "level_zh": "级别",
    "sides_zh": "毗邻各方",
    "reason_zh": "事由",
    "due": "期限",
    "days": "逾期天数",
    "basis": "依据",
}
_TOTALS = {"year": "年份", "planned": "计划条数", "filed": "已备案", "overdue": "逾期"}


def board_workbook(
    board: Mapping[str, object],
    *,
    overdue: Sequence[Mapping[str, object]],
    notes: Sequence[str],
) -> bytes:
    """XLSX of a five-year board.

    Parameters
    ----------
    board
        round, first_year, last_year, document, note, on; ``lines`` and ``years`` as
        ``services.round_views.Board`` has them.
    overdue
        line, name, level_zh, sides_zh, reason_zh, due, days, basis.
    notes
        What a reader should know, one line each.

    Returns
    -------
    bytes
        A sheet of lines with one column a year, which holds the state in the year of the plan; a
        sheet of totals; the overdue list; notes.
    """
    first, last = int(str(board["first_year"])), int(str(board["last_year"]))
    years = [str(year) for year in range(first, last + 1)]
    lines, totals = _rows(board["lines"]), _rows(board["years"])
    title = f"第{board['round']}轮联检计划"
    cells = [
        [
            *(row.get(key) for key in _LINE),
            *(row.get("state_zh") if str(row.get("year")) == year else None for year in years),
            *(row.get(key) for key in _AFTER),
        ]
        for row in lines
    ]
    headers = [*_LINE.values(), *years, *_AFTER.values()]
    told = [
        f"{title}（{first}—{last} 年），统计日期 {board['on']}",
        *(f"{name}：{board[key]}" for key, name in _ABOUT.items() if board.get(key)),
        *notes,
    ]
    tables = [
        (title, headers, cells),
        ("各年合计", list(_TOTALS.values()), _table(totals, _TOTALS)),
        ("逾期清单", list(_LATE.values()), _table(overdue, _LATE)),
    ]
    return register_workbook(tables, notes=told, footer="　".join([title, *notes]))


_ABOUT = {"document": "依据", "note": "说明"}


def _rows(value: object) -> list[Mapping[str, object]]:
    return value if isinstance(value, list) else []


def _table(rows: Sequence[Mapping[str, object]], headers: Mapping[str, str]) -> list[list[object]]:
    return [[row.get(key) for key in headers] for row in rows]
