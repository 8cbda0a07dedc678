"""How far a record may be known, and the documents that it rests on: the same in each register."""

from civgeo.domain.labelled import Labelled
from civgeo.domain.record_form import FieldKind, RecordField, choices_of

__all__ = ["DOCUMENTS", "SECRECY_FIELDS", "Secrecy"]


def _(text: str) -> str:
    """`text` itself; the mark by which the catalogue of English words finds it."""
    return text


class Secrecy(Labelled):
    """密级 of a record; only public records leave the bureau."""

    PUBLIC = "public", "公开"
    INTERNAL = "internal", "内部"
    SECRET = "secret", "秘密"
    CONFIDENTIAL = "confidential", "机密"
    TOP_SECRET = "top_secret", "绝密"


SECRECY_FIELDS = (
    RecordField("secrecy", _("密级"), required=True, choices=choices_of(Secrecy)),
    RecordField("public", _("是否公开"), FieldKind.FLAG, required=True, headers=("公开",)),
)
DOCUMENTS = RecordField("documents", _("批准文件与附件"), FieldKind.JSON)
