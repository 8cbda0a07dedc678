"""Files attached to entries, cases and signs over a real store."""

import json
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
import sqlalchemy as sa

import attachment_files as files
from api.served_city import fill
from civgeo.domain.attachment import Paper
from civgeo.domain.history import Edit, Fault, StaleVersion
from civgeo.errors import (
    InvalidInput,
    NotFound,
    RuleViolation,
    StoreUnavailable,
    VersionRequired,
)
from civgeo.services.attachments import Upload, attach, attachment, attachment_holder
from civgeo.services.case_opening import open_naming
from civgeo.services.city import City
from civgeo.services.editing import close, correct, record
from civgeo.services.entry_checks import FieldFaults
from civgeo.services.history import history
from civgeo.services.name_cases import case_file, redraft
from civgeo.services.name_entries import correct_entry
from civgeo.store.sqlite import Access, engine
from civgeo.store.store import Store
from civgeo.store.tables import Collection

NAMES, CASES, SIGNS = Collection.PLACE_NAMES, Collection.NAME_CASES, Collection.NAME_SIGNS
EDIT = Edit(actor="张三", document="甲民〔2026〕1号", document_date=date(2026, 3, 1))
SCAN = Upload("批复.pdf", files.PDF)
PAPER = Paper("甲区人民政府批复", "甲政〔2026〕8号", date(2026, 3, 2))
DIGEST = sha256(files.PDF).hexdigest()
ROOM = 1_000_000
PLACE = "place_names-1"


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with Store.open(fill(tmp_path / "store")) as store:
        with store.read() as reading:
            today = reading.today
        yield City(store, today)


def documents(city: City, id: str = PLACE, collection: Collection = NAMES) -> list[dict]:
    text = record(city, collection, id)["documents"].item()
    return json.loads(text) if isinstance(text, str) else []


def held(city: City) -> int:
    file = engine(city.store.file, Access.READ)
    try:
        with file.connect() as connection:
            return connection.execute(sa.text("SELECT count(*) FROM attachments")).scalar_one()
    finally:
        file.dispose()


def test_a_scan_is_kept_and_listed_with_who_attached_it(city: City) -> None:
    made = attach(city, NAMES, PLACE, SCAN, PAPER, EDIT, 1, largest=ROOM)
    assert (made.version, made.sha256, made.media_type) == (2, DIGEST, "application/pdf")
    assert documents(city) == [
        {
            "title": "甲区人民政府批复",
            "number": "甲政〔2026〕8号",
            "date": "2026-03-02",
            "attachment": DIGEST,
        }
    ]
    last = history(city, NAMES, PLACE).versions[-1]
    assert (last.actor, last.document) == ("张三", "甲民〔2026〕1号")
    assert attachment(city, DIGEST, public_only=False).content == files.PDF


def test_the_same_file_twice_is_kept_once_and_listed_once(city: City) -> None:
    attach(city, NAMES, PLACE, SCAN, PAPER, EDIT, 1, largest=ROOM)
    again = attach(city, NAMES, PLACE, Upload("另名.pdf", files.PDF), PAPER, EDIT, 2, largest=ROOM)
    assert again.version == 2
    attach(city, NAMES, "place_names-2", SCAN, Paper("附图"), EDIT, 1, largest=ROOM)
    assert (held(city), len(documents(city))) == (1, 1)
    assert attachment(city, DIGEST, public_only=False).name == "批复.pdf"


def test_a_stale_version_keeps_neither_the_file_nor_loses_the_other_edit(city: City) -> None:
    correct_entry(city, PLACE, {"meaning": "另有更正"}, EDIT, 1)
    with pytest.raises(StaleVersion) as stale:
        attach(city, NAMES, PLACE, SCAN, PAPER, EDIT, 1, largest=ROOM)
    assert (stale.value.expected, stale.value.current) == (1, 2)
    with pytest.raises(VersionRequired):
        attach(city, NAMES, PLACE, SCAN, PAPER, EDIT, None, largest=ROOM)
    assert (held(city), documents(city)) == (0, [])
    assert record(city, NAMES, PLACE)["meaning"].item() == "另有更正"
    attach(city, NAMES, PLACE, SCAN, PAPER, EDIT, 2, largest=ROOM)
    assert record(city, NAMES, PLACE)["meaning"].item() == "另有更正"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "unsupported_format"),
        (files.HTML, "unsupported_format"),
        (files.PDF + b" " * ROOM, "file_too_large"),
    ],
)
def test_a_file_that_is_not_taken_changes_nothing(city: City, content: bytes, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        attach(city, NAMES, PLACE, Upload("a.pdf", content), PAPER, EDIT, 1, largest=ROOM)
    assert refused.value.code == code
    assert (held(city), documents(city)) == (0, [])


def test_a_file_at_the_limit_is_taken(city: City) -> None:
    attach(city, NAMES, PLACE, SCAN, PAPER, EDIT, 1, largest=len(files.PDF))
    with pytest.raises(InvalidInput, match="超过"):
        attach(city, NAMES, PLACE, SCAN, PAPER, EDIT, 2, largest=len(files.PDF) - 1)


def test_a_case_keeps_its_attachments_through_its_steps(city: City) -> None:
    proposal = {"name": "揽月路", "kind": "street", "division": "990102", "simulated": True}
    case = open_naming(city, proposal, EDIT, reason="新建")
    assert attachment_holder(city, case.id) is CASES
    made = attach(city, CASES, case.id, SCAN, Paper("申请书"), EDIT, 1, largest=ROOM)
    redraft(city, case.id, {"meaning": "揽月之意"}, EDIT, made.version)
    file = case_file(city, case.id)
    assert file.attachments == ({"title": "申请书", "attachment": DIGEST},)
    assert (file.version, file.case.documents) == (3, ())


def test_a_sign_takes_a_picture_and_nothing_else(city: City) -> None:
    with pytest.raises(InvalidInput, match="JPEG"):
        attach(city, SIGNS, "name_signs-1", SCAN, Paper(""), EDIT, 1, largest=ROOM)
    picture = Upload("标志.jpg", files.JPEG)
    made = attach(city, SIGNS, "name_signs-1", picture, Paper(""), EDIT, 1, largest=ROOM)
    assert record(city, SIGNS, "name_signs-1")["photo"].item() == made.sha256
    assert attachment(city, made.sha256, public_only=True).name == "示例1路.jpg"


def test_a_record_cannot_name_a_file_that_is_not_there(city: City) -> None:
    listed = json.dumps([{"title": "批复", "attachment": DIGEST}])
    with pytest.raises(FieldFaults, match="库中没有附件") as refused:
        correct_entry(city, PLACE, {"documents": listed}, EDIT, 1)
    assert list(refused.value.faults) == ["documents"]
    with pytest.raises(FieldFaults, match="库中没有附件"):
        correct(city, SIGNS, "name_signs-1", {"photo": DIGEST}, EDIT, 1)
    attach(city, NAMES, "place_names-2", SCAN, PAPER, EDIT, 1, largest=ROOM)
    assert correct_entry(city, PLACE, {"documents": listed}, EDIT, 1).version == 2
    assert correct(city, SIGNS, "name_signs-1", {"photo": "见档案袋"}, EDIT, 1).version == 2


def test_the_public_gets_only_what_a_public_record_of_today_names(city: City) -> None:
    attach(city, NAMES, PLACE, SCAN, PAPER, EDIT, 1, largest=ROOM)
    assert attachment(city, DIGEST, public_only=True).name == "甲区人民政府批复.pdf"
    correct_entry(city, PLACE, {"secrecy": "internal"}, EDIT, 2)
    with pytest.raises(NotFound):
        attachment(city, DIGEST, public_only=True)
    correct_entry(city, PLACE, {"secrecy": "public", "public": False}, EDIT, 3)
    with pytest.raises(NotFound):
        attachment(city, DIGEST, public_only=True)
    correct_entry(city, PLACE, {"public": True}, EDIT, 4)
    assert attachment(city, DIGEST, public_only=True).content == files.PDF
    close(city, NAMES, PLACE, Edit("张三", "注销", None, city.today), 5)
    with pytest.raises(NotFound):
        attachment(city, DIGEST, public_only=True)
    assert attachment(city, DIGEST, public_only=False).content == files.PDF


def test_the_public_does_not_get_what_a_case_names(city: City) -> None:
    proposal = {"name": "揽月路", "kind": "street", "division": "990102", "simulated": True}
    case = open_naming(city, proposal, EDIT, reason="新建")
    attach(city, CASES, case.id, Upload("秘密.pdf", files.PDF), PAPER, EDIT, 1, largest=ROOM)
    with pytest.raises(NotFound):
        attachment(city, DIGEST, public_only=True)


def test_the_public_never_sees_the_name_that_a_file_came_with(city: City) -> None:
    correct_entry(city, "place_names-2", {"public": False}, EDIT, 1)
    inside = Upload("内部研判意见.pdf", files.PDF)
    attach(city, NAMES, "place_names-2", inside, Paper("意见"), EDIT, 2, largest=ROOM)
    attach(city, NAMES, PLACE, SCAN, Paper("公告"), EDIT, 1, largest=ROOM)
    assert attachment(city, DIGEST, public_only=True).name == "公告.pdf"


def test_a_record_of_another_kind_takes_no_attachment(city: City) -> None:
    for id in ("e1", "nobody"):
        with pytest.raises(NotFound):
            attachment_holder(city, id)
    with pytest.raises(NotFound):
        attach(city, NAMES, "nobody", SCAN, PAPER, EDIT, 1, largest=ROOM)


def test_a_record_takes_200_documents_and_no_more(city: City) -> None:
    many = json.dumps([{"title": f"第 {count} 份"} for count in range(199)], ensure_ascii=False)
    correct_entry(city, PLACE, {"documents": many}, EDIT, 1)
    attach(city, NAMES, PLACE, SCAN, PAPER, EDIT, 2, largest=ROOM)
    with pytest.raises(InvalidInput, match="至多附 200 份"):
        attach(city, NAMES, PLACE, SCAN, Paper("多一份"), EDIT, 3, largest=ROOM)


def test_a_period_ahead_is_refused_as_for_any_edit(city: City) -> None:
    ahead = Edit("张三", "预先", None, date(2099, 1, 1))
    with pytest.raises(RuleViolation):
        attach(city, NAMES, PLACE, SCAN, PAPER, ahead, 1, largest=ROOM)
    assert held(city) == 0


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE attachments SET content = replace(content, x'2525454F46', x'2525454F47')",
        "DELETE FROM attachments",
    ],
)
def test_a_damaged_or_missing_attachment_is_found(city: City, damage: str) -> None:
    attach(city, NAMES, PLACE, SCAN, PAPER, EDIT, 1, largest=ROOM)
    with city.store.read() as reading:
        assert reading.verify_history() == ()
    writer = engine(city.store.file, Access.WRITE)
    with writer.begin() as connection:
        for verb in ("update", "delete"):
            connection.execute(sa.text(f"DROP TRIGGER attachments_no_{verb}"))
        connection.execute(sa.text(damage))
    writer.dispose()
    with city.store.read() as reading:
        [found] = reading.verify_history()
    assert (found.fault, found.id) == (Fault.ATTACHMENT, DIGEST)
    assert "附件" in found.message
    with pytest.raises((NotFound, StoreUnavailable), match=DIGEST):
        attachment(city, DIGEST, public_only=False)
