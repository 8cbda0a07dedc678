"""One street name with all that documents say of it, and names that nobody wishes for."""

from dataclasses import replace
from datetime import date

from civgeo.domain.procedure_rule import Action
from civgeo.reports.name_documents import (
    Announcement,
    ApplicationForm,
    FilingReport,
    NamedPlace,
)

STREET = NamedPlace(
    name="天中山大道",
    romanised="Tiānzhōngshān Dàdào",
    kind="街路巷",
    division="驻马店市驿城区",
    position="北起中原路，南至置地大道",
    size="长 6.2 千米，红线宽 60 米",
    nature="城市主干路",
    meaning="以天中山命名",
    plan="将规划十二路命名为天中山大道。",
    reason="道路已建成通车。\n沿线没有标准地名可用。",
)
OTHER = replace(
    STREET, name="练江河路", romanised="Liànjiānghé Lù", confirmed=False, former_name="规划三路"
)
APPLICATION = ApplicationForm(
    action=Action.NAMING,
    place=STREET,
    applicant="驿城区住房和城乡建设局",
    contact="张三",
    phone="0396-1234567",
    applied_on=date(2026, 3, 2),
    materials=(("命名、更名方案", True), ("综合评估报告", False)),
    findings=("与汝南县天中山同名（提示）",),
    consulted=(),
    simulated=True,
)
REPORT = FilingReport(
    action=Action.NAMING,
    places=(STREET, OTHER),
    office="驻马店市人民政府",
    number="驻政〔2026〕12号",
    signer="李四",
    dated=date(2026, 3, 10),
    addressee="河南省人民政府",
    approver="驻马店市人民政府",
    approval_number="驻政文〔2026〕31号",
    approved_on=date(2026, 3, 2),
    attachments=("备案登记表", "批复文件"),
    contact="张三",
    phone="0396-1234567",
    simulated=True,
)
ANNOUNCEMENT = Announcement(
    action=Action.RENAMING,
    places=(OTHER,),
    office="驻马店市民政局",
    number="2026年第3号",
    dated=date(2026, 3, 12),
    approver="驻马店市人民政府",
    approval_number="驻政文〔2026〕31号",
    approved_on=date(2026, 3, 2),
    simulated=False,
)
DOCUMENTS = (APPLICATION, REPORT, ANNOUNCEMENT)
HOSTILE = (
    "{{ 7 * 7 }}{% for x in y %}{# 注 #}",
    "</w:t></w:r><w:p><script>alert(1)</script>&amp;",
    "甲\x00\x07\x0b\x1b乙\x7f\ufffe\u202e丙",
    "=cmd|'/c calc'!A1",
    "𰝟渡镇\U0010ffff\ud800",
    "长" * 200,
    "Llanfairpwllgwyngyll" * 10,
    "",
)
