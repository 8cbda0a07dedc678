"""Where each rule on cemeteries comes from, and whether it counts."""

from civgeo.domain.cemetery_rules import CemeteryRule, Topic
from civgeo.domain.labelled import Labelled
from civgeo.formats.cemetery_rules import cemetery_rules

__all__ = ["RuleState", "state_of"]


def _(text: str) -> str:
    """`text` itself; the mark by which the catalogue of English words finds it."""
    return text


class RuleState(Labelled):
    """Origin of a rule, and whether it is applied."""

    PACKAGED = "packaged", _("随带")
    OWN = "own", _("本局录入")
    REPLACED = "replaced", _("本局更改")
    OFF = "off", _("本局停用")
    MISSING = "missing", _("条文待录入")
    DRAFT = "draft", _("未启用")


def state_of(rule: CemeteryRule) -> RuleState:
    """State of a rule, beside the packaged rules of today."""
    packaged = cemetery_rules().find(rule.id)
    if not rule.enabled:
        return RuleState.OFF if packaged is None or packaged.enabled else RuleState.DRAFT
    if rule.topic is Topic.TEXT_MISSING:
        return RuleState.MISSING
    if packaged is None:
        return RuleState.OWN
    return RuleState.PACKAGED if rule == packaged else RuleState.REPLACED
