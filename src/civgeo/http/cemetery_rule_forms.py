"""The form of a rule on cemeteries, and the history of the rules, as pages."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from fastapi import Request, Response
from starlette.datastructures import FormData

from civgeo.domain.cemetery_rule_entry import COLUMN_TITLES
from civgeo.domain.cemetery_rule_table import COLUMNS, row_of
from civgeo.domain.cemetery_rules import (
    CemeteryLevel,
    CemeteryRule,
    Comparison,
    Force,
    Operation,
    PlotClass,
    Share,
    Topic,
)
from civgeo.domain.clock import BEIJING
from civgeo.domain.site_features import SiteFeature
from civgeo.domain.standard import EVIDENCE_ZH
from civgeo.errors import NotFound
from civgeo.http.context import desk_of, is_simulated, speak
from civgeo.http.templates import page
from civgeo.services.cemetery_rule_history import rule_history
from civgeo.services.cemetery_rule_rows import Row, RowFinding
from civgeo.services.cemetery_rule_saving import Saved, current_mark
from civgeo.services.cemetery_rule_states import RuleState, state_of
from civgeo.services.cemetery_rules import rules_in_force
from civgeo.services.city import City
from civgeo.store.rule_editions import NO_FILE

__all__ = ["RuleForm", "blank_table", "form_page", "history_page"]

_NO_STORE = {"Cache-Control": "no-store"}
_MANY = ("subjects", "levels", "only_on")
_KEPT = ("id", "unit", "standard", "enabled")
_EDIT = ("actor", "document", "document_date")
_CLAUSES = ("article", "topic", "subjects", "quantity", "operator", "value", "evidence", "note")


def _(text: str) -> str:
    """`text` itself; the mark by which the catalogue of English words finds it."""
    return text


_COMPARISONS: Mapping[Comparison, str] = {
    Comparison.AT_LEAST: _("不小于"),
    Comparison.MORE_THAN: _("大于"),
    Comparison.AT_MOST: _("不超过"),
    Comparison.LESS_THAN: _("小于"),
    Comparison.FORBIDDEN: _("禁止"),
    Comparison.APPROVAL: _("须经批准"),
    Comparison.NEAR: _("附近、两侧（没有米数）"),
}
_GROUPS = ((_("地类与地物"), SiteFeature), (_("墓穴"), PlotClass), (_("比例"), Share))


@dataclass(frozen=True, slots=True)
class RuleForm:
    """What the form holds.

    Parameters
    ----------
    id
        The rule that is changed; empty for a new one.
    text
        The missing text that is entered; empty for none.
    edition
        Checksum of the bureau's file that the form was made from.
    cells
        Columns of the rule.
    edit
        Who, on the strength of what.
    whole
        Whether the clauses are all that the text says.
    token
        The write token, kept for the next step.
    """

    id: str
    text: str
    edition: str
    cells: Row
    edit: Mapping[str, str] = field(default_factory=dict)
    whole: bool = False
    token: str = field(default="", repr=False)

    @classmethod
    def opened(cls, city: City, id: str, text: str) -> "RuleForm":
        """Form as it is first shown; raises NotFound for a rule that is not there."""
        rule = _rule(city, id or text) if id or text else None
        if rule is None:
            with city.store.read() as reading:
                own = reading.register()
            cells = {"place": own.name, "adcode": own.city, "force": Force.LEGAL.value}
        elif text:
            known = row_of(rule)
            names = ("place", "adcode", "regulation", "document_no", "valid_from", "force")
            cells = {name: known[name] for name in names}
        else:
            cells = row_of(rule)
        return cls(id, text, current_mark(city.store.file.parent), cells)

    @classmethod
    def sent(cls, form: FormData) -> "RuleForm":
        """Form as it was posted."""
        cells = {name: _posted(form, name) for name in COLUMNS if name not in _KEPT}
        cells["id"] = _posted(form, "new_id")
        if _posted(form, "enabled"):
            cells["enabled"] = "true"
        return cls(
            _posted(form, "id"),
            _posted(form, "text"),
            _posted(form, "edition"),
            cells,
            {name: text for name in _EDIT if (text := _posted(form, name))},
            bool(_posted(form, "whole")),
            _posted(form, "token"),
        )

    def after(self, saved: Saved) -> "RuleForm":
        """The form once it was saved: made from the edition that is there now."""
        return replace(self, edition=saved.mark)


def form_page(
    request: Request,
    city: City,
    form: RuleForm,
    *,
    problem: str = "",
    findings: Sequence[RowFinding] = (),
    saved: Saved | None = None,
    status: int = 200,
) -> Response:
    """The form with what is wrong with it, or with what was checked or saved."""
    rule = _known(city, form.id)
    text = _known(city, form.text)
    answer = page(
        request,
        "cemetery_rule_form.html",
        lang=speak(request),
        simulated=is_simulated(city),
        open=bool(desk_of(request).write_token),
        form=form,
        rule=rule,
        state=None if rule is None else state_of(rule),
        states=RuleState,
        text=text,
        problem=problem,
        findings=findings,
        titles=COLUMN_TITLES,
        saved=saved,
        many={name: form.cells.get(name, "").split() for name in _MANY},
        labels={item.value: item.label_zh for item in Topic},
        options=_options(),
        groups=_GROUPS,
        levels=list(CemeteryLevel),
    )
    answer.status_code = status
    answer.headers.update(_NO_STORE)
    return answer


def _options() -> dict[str, dict[str, str]]:
    """Words and labels of the columns that hold one of a few."""
    topics = [item for item in Topic if item is not Topic.TEXT_MISSING]
    return {
        "topic": {item.value: item.label_zh for item in topics},
        "operator": {item.value: told for item, told in _COMPARISONS.items()},
        "force": {item.value: item.label_zh for item in Force},
        "evidence": {word: told for word, told in EVIDENCE_ZH.items() if word != "-"},
        "operation": {item.value: item.label_zh for item in Operation},
    }


def history_page(request: Request, city: City, told: str = "") -> Response:
    """Editions of the bureau's rules, the newest first."""
    folder = city.store.file.parent
    return page(
        request,
        "cemetery_rule_history.html",
        lang=speak(request),
        simulated=is_simulated(city),
        open=bool(desk_of(request).write_token),
        edits=[(item, _office_time(item.entry.recorded_at)) for item in rule_history(folder)],
        mark=current_mark(folder),
        no_file=NO_FILE,
        told=told,
    )


def blank_table(city: City, text: str) -> bytes:
    """Table for the clauses of a text: the columns that the text does not give, and one row."""
    rule = _rule(city, text)
    made = io.StringIO(newline="")
    writer = csv.writer(made)
    writer.writerow([COLUMN_TITLES[name] for name in _CLAUSES])
    first = Topic(rule.subjects[0]).label_zh if rule.subjects else ""
    writer.writerow(["", first] + [""] * (len(_CLAUSES) - 2))
    return made.getvalue().encode("utf-8-sig")


def _office_time(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")


def _rule(city: City, id: str) -> CemeteryRule:
    found = rules_in_force(city.store.file.parent).find(id)
    if found is None:
        raise NotFound(f"没有规定 {id[:80]!r}", code="rule_missing")
    return found


def _known(city: City, id: str) -> CemeteryRule | None:
    return rules_in_force(city.store.file.parent).find(id) if id else None


def _posted(form: FormData, name: str) -> str:
    values = [item.strip() for item in form.getlist(name) if isinstance(item, str)]
    return " ".join(values) if name in _MANY else (values[0] if values else "")
