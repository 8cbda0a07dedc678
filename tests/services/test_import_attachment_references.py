"""Rows of an import that name attachments."""

import json
from hashlib import sha256

import pytest

from attachment_files import PDF
from civgeo.services.import_batches import BatchState
from civgeo.services.imports import confirm
from civgeo.store.attachments import Attachment
from services.import_city import EDIT, city_in, county, csv_file, records, said, staged

DIGEST = sha256(PDF).hexdigest()


@pytest.fixture
def city(tmp_path):
    made = city_in(tmp_path / "store")
    yield made
    made.store.close()


@pytest.fixture
def table(city, tmp_path):
    place = county(city)
    row = {"标准名称": "示例甲路", "类别名称": "街路巷", "所在行政区": "中一街道"}
    row |= {"经度": place.x, "纬度": place.y}
    row["批准文件与附件"] = json.dumps([{"title": "批复", "attachment": DIGEST}])
    return csv_file(tmp_path / "地名.csv", [row])


def test_a_row_that_names_a_file_which_is_not_there_is_told(city, table) -> None:
    batch = staged(city, table, "place_names")
    assert batch.state is not BatchState.READY
    assert f"2 批准文件与附件 {DIGEST} 库中没有附件" in said(batch)


def test_a_row_that_names_a_file_of_the_store_is_taken(city, table) -> None:
    with city.store.write() as writing:
        writing.keep_attachment(Attachment.of("批复.pdf", "application/pdf", PDF))
    batch = staged(city, table, "place_names")
    assert batch.state is BatchState.READY, said(batch)
    confirm(city, batch.id, EDIT)
    [listed] = json.loads(records(city, "place_names")["documents"].iloc[-1])
    assert listed["attachment"] == DIGEST
    with city.store.read() as reading:
        assert reading.verify_history() == ()
