"""What the check of a name finds: codes, how grave each is, and the article that it rests on."""

from dataclasses import dataclass
from enum import StrEnum

from civgeo.domain.labelled import Labelled

__all__ = ["Citation", "Finding", "FindingCode", "Severity"]


class Severity(Labelled):
    """What a finding asks of the officer; the gravest first."""

    BLOCK = "block", "不得使用"
    JUSTIFY = "justify", "须说明理由"
    ADVISE = "advise", "提示"


class FindingCode(StrEnum):
    """Kinds of finding, with their usual severity and Chinese label.

    地名管理条例 (国务院令第 753 号) article 9, and 地名管理条例实施办法 (民政部令第 71 号)
    articles 3 and 4: names of persons and enterprises need an officer's word on whether there is
    a specific link, the other prohibitions hold as they stand.
    """

    severity: Severity
    label_zh: str

    def __new__(cls, value: str, severity: Severity, label_zh: str) -> "FindingCode":
        """Member with its severity and label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.severity = severity
        member.label_zh = label_zh
        return member

    DUPLICATE = "duplicate", Severity.BLOCK, "重名"
    HOMOPHONE = "homophone", Severity.BLOCK, "同音（声调相同）"
    HOMOPHONE_TONELESS = "homophone_toneless", Severity.ADVISE, "近音（仅声调不同）"
    SCOPE_UNKNOWN = "scope_unknown", Severity.JUSTIFY, "重名范围不明"
    LEADER_NAME = "leader_name", Severity.BLOCK, "国家领导人姓名"
    FOREIGN_NAME = "foreign_name", Severity.BLOCK, "外国人名、地名"
    PERSON_NAME = "person_name", Severity.JUSTIFY, "人名"
    ENTERPRISE_NAME = "enterprise_name", Severity.JUSTIFY, "企业名称、商标名称"
    FAMOUS_ENTITY = "famous_entity", Severity.BLOCK, "著名实体作政区专名"
    RARE_CHARACTER = "rare_character", Severity.ADVISE, "生僻字"
    UNFIT_MEANING = "unfit_meaning", Severity.JUSTIFY, "含义与实体不符"
    FORM = "form", Severity.ADVISE, "书写形式"


@dataclass(frozen=True, slots=True)
class Citation:
    """Regulation, article and item that a finding rests on; empty where they are not known."""

    regulation: str
    article: str = ""
    item: str = ""

    @property
    def text(self) -> str:
        """The source as it is printed.

        Examples
        --------
        >>> Citation("地名管理条例", "9", "8").text
        '《地名管理条例》第9条第8项'
        """
        article = f"第{self.article}条" if self.article else ""
        item = f"第{self.item}项" if self.item else ""
        return f"《{self.regulation}》{article}{item}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding about a proposed name.

    Parameters
    ----------
    code, severity
        What was found and how grave it is.
    rule
        What it rests on.
    message
        For officers: what is wrong and what to do.
    against
        References of the names that it conflicts with.
    """

    code: FindingCode
    severity: Severity
    rule: Citation
    message: str
    against: tuple[int | str, ...] = ()
