"""Attaching files and taking them out on the command line."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

import attachment_files as files
from api.served_city import fill

ACTOR = ["--actor", "张三", "--document", "甲民〔2026〕1号"]
PLACE = "place_names-1"


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return str(fill(tmp_path / "store"))


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    file = tmp_path / "批复.pdf"
    file.write_bytes(files.PDF)
    return file


def test_a_scan_is_attached_and_taken_out_again(civgeo, folder, scan, tmp_path) -> None:
    paper = ["--title", "批复", "--number", "甲政〔2026〕8号", "--date", "2026-03-02"]
    attach = ["--store", folder, "names", "attach", PLACE, str(scan), *ACTOR, *paper]
    done = civgeo(*attach, "--version", "1")
    assert done.returncode == 0, done.stderr
    digest = done.stdout.strip()
    assert digest == sha256(files.PDF).hexdigest()
    shown = json.loads(civgeo("--store", folder, "names", "show", PLACE).stdout)
    [listed] = shown["properties"]["documents"]
    assert (listed["attachment"], listed["date"]) == (digest, "2026-03-02")

    target = tmp_path / "取出.pdf"
    take = ["--store", folder, "names", "attachment", digest]
    assert civgeo(*take, "--output", str(target)).returncode == 0
    assert target.read_bytes() == files.PDF
    refused = civgeo(*take)
    assert (refused.returncode, "已存在" in refused.stderr) == (3, True)
    scan.unlink()
    assert civgeo(*take).returncode == 0
    assert scan.read_bytes() == files.PDF

    stale = civgeo(*attach, "--version", "1")
    assert (stale.returncode, "第 2 版" in stale.stderr) == (3, True)


def test_a_photo_of_a_sign_needs_no_title(civgeo, folder, tmp_path) -> None:
    photo = tmp_path / "标志.png"
    photo.write_bytes(files.PNG)
    attach = ["--json", "--store", folder, "names", "attach", "name_signs-1", str(photo), *ACTOR]
    made = json.loads(civgeo(*attach, "--version", "1").stdout)
    assert (made["collection"], made["media_type"]) == ("name_signs", "image/png")
    assert "第 2 版" in civgeo(*attach, "--version", "1").stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "空文件"), (files.HTML, "网页"), (files.PDF + b" " * 1024**2, "超过 1 MB")],
)
def test_a_file_that_is_not_taken_is_refused_in_words(
    civgeo, folder, scan, content: bytes, words: str
) -> None:
    scan.write_bytes(content)
    attach = ["--store", folder, "names", "attach", PLACE, str(scan), *ACTOR, "--title", "批复"]
    done = civgeo(*attach, "--version", "1", CIVGEO_MAX_ATTACHMENT_MB="1")
    assert (done.returncode, words in done.stderr) == (3, True)
    nobody = civgeo(*attach[:4], "nobody", str(scan), *ACTOR, "--version", "1")
    assert "没有编号" in nobody.stderr
