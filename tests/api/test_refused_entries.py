"""Requests to write that are refused: stale, faulty, no feature at all; nothing changes."""

import pytest
from starlette.testclient import TestClient

from api.writable_city import ESTATES, estate


@pytest.mark.parametrize("tag", ['"stale"', '"9"', "garbage", '"1", "2"', "*", '"1'])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_precondition_that_does_not_hold_changes_nothing(
    officer: TestClient, method: str, tag: str
) -> None:
    before = officer.get(f"{ESTATES}/e1")
    body = None if method == "DELETE" else {"properties": {"name": "抢改"}}
    answer = officer.request(method, f"{ESTATES}/e1", json=body, headers={"If-Match": tag})
    assert answer.status_code == {"*": 428, '"1", "2"': 400}.get(tag, 412)
    assert officer.get(f"{ESTATES}/e1").content == before.content


@pytest.mark.parametrize(
    ("changed", "named", "words"),
    [
        ({"name": None}, "name", "必须填写"),
        ({"name": "  "}, "name", "空白"),
        ({"name": "甲\n乙"}, "name", "控制字符"),
        ({"name": "甲" * 201}, "name", "200"),
        ({"name": 5}, "name", "应为文字"),
        ({"households": -1}, "households", "0 至"),
        ({"households": 1.5}, "households", "整数"),
        ({"households": "12"}, "households", "整数"),
        ({"households": True}, "households", "整数"),
        ({"households": 10**30}, "households", "0 至"),
        ({"completed_year": 1800}, "completed_year", "1900"),
        ({"estate_class": "old"}, "estate_class", "existing（已建成）"),
        ({"stage": ""}, "stage", "空白"),
        ({"division": "990102"}, "division", "9 位"),
        ({"division": "990102999"}, "division", "没有区划"),
        ({"community": "990121100001"}, "community", "不在区划"),
        ({"households_new": 3}, "households_new", "新旧混合"),
        ({"estate_class": "mixed"}, "households_new", "须填写"),
        ({"estate_class": "mixed", "households_new": 500}, "households_new", "不大于"),
        ({"simulated": "yes"}, "simulated", "true"),
        ({"colour": "red"}, "colour", "没有这个属性"),
    ],
)
def test_every_fault_is_told_of_its_property(
    officer: TestClient, changed: dict[str, object], named: str, words: str
) -> None:
    before = officer.get(ESTATES).json()["numberMatched"]
    answer = officer.post(ESTATES, json=estate(**changed))
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_fields")
    assert list(answer.json()["errors"]) == [named]
    assert words in answer.json()["errors"][named]
    assert named in answer.json()["detail"]
    assert officer.get(ESTATES).json()["numberMatched"] == before


BOW_TIE = [[114.0, 33.0], [114.1, 33.1], [114.1, 33.0], [114.0, 33.1], [114.0, 33.0]]


@pytest.mark.parametrize(
    ("geometry", "words"),
    [
        (None, "必须填写"),
        ({"type": "LineString", "coordinates": [[114, 33], [115, 33]]}, "LineString"),
        ({"type": "Polygon", "coordinates": [BOW_TIE]}, "经度 114.05"),
        ({"type": "Polygon", "coordinates": []}, "没有坐标"),
        ({"type": "Point", "coordinates": [114, 33, 80]}, "高程"),
        ({"type": "Point", "coordinates": [33, 114]}, "中国范围"),
        ({"type": "Point", "coordinates": ["a", "b"]}, "GeoJSON"),
        ({"type": "Polygon", "coordinates": [[[114, 33], [115, 33]]]}, "GeoJSON"),
        ({"type": "Nothing"}, "GeoJSON"),
        ("POINT(114 33)", "GeoJSON"),
        ([], "GeoJSON"),
    ],
)
def test_a_geometry_that_cannot_be_taken_is_refused(
    officer: TestClient, geometry: object, words: str
) -> None:
    answer = officer.post(ESTATES, json=estate() | {"geometry": geometry})
    assert answer.status_code == 400, answer.text
    assert words in answer.json()["detail"]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"{", "application/json", 400),
        (b'{"a":' * 900 + b"1" + b"}" * 900, "application/json", 400),
        (b'{"properties":' + b"[" * 50_000, "application/json", 400),
        (b'{"properties":{"name":{"a":1}}}', "application/json", 400),
        (b'{"properties":{"name":NaN}}', "application/json", 400),
        (b'{"properties":{"name":"\\ud800"}}', "application/json", 400),
        (b'{"properties":"x"}', "application/geo+json", 400),
        (b'{"evil":1}', "application/geo+json", 400),
        (b'{"type":"Topology"}', "application/geo+json", 400),
        (b'{"edit":{"actor":""}}', "application/json", 400),
        (b'{"edit":{"actor":5}}', "application/json", 400),
        (b'{"edit":{"valid_from":"tomorrow"}}', "application/json", 400),
        (b'{"edit":{"valid_from":20200101}}', "application/json", 400),
        (b'{"edit":{"reason":"x"}}', "application/json", 400),
        (b'{"edit":{"version":true}}', "application/json", 400),
        (b'{"edit":[]}', "application/json", 400),
        (b"<Feature/>", "application/xml", 415),
        (b"{}", "text/plain", 415),
        (b" " * 1_000_001, "application/json", 413),
        (b"\xff\xfe", "application/json", 400),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_body_that_is_no_feature_is_refused_with_a_reason(
    officer: TestClient, method: str, content: bytes, kind: str, status: int
) -> None:
    url = ESTATES if method == "POST" else f"{ESTATES}/e1"
    headers = {"Content-Type": kind, "If-Match": '"1"'}
    answer = officer.request(method, url, content=content, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]
    assert officer.get(f"{ESTATES}/e1").headers["etag"].startswith('"1-')
