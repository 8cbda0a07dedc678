"""What the overview of cemeteries answers, and the parameters of a siting in an address."""

from civgeo.services.siting_asked import SITING_PARAMETERS
from civgeo.services.siting_question import Criterion

__all__ = ["OVERVIEW", "SITING_TERMS"]

_TERMS = {
    "division": "区划代码，默认全市",
    "level": "公墓级别 township、county、city，默认 township",
    "operation": "public 公益性（默认）或 commercial 经营性",
    "on": "哪一天的规定和图层，默认今天",
    "min_area_mu": "最小面积（亩），默认取当地的规定或规划",
    "cell_m": "格子边长（米），默认取不超过六百万格的最小一级",
    "slope_deg": "坡度上限（度），默认不按坡度排除",
    "layers": "图层编号，逗号分隔，默认每种取最新的",
    "elevation": "高程模型的编号，none 为不用",
    "rules_edition": "从前的规定版次，默认现行",
    "admit_unknown": "没有评价的地方是否可划入候选地",
    "burial_share": "墓区占总面积的比例；与下两项齐备才算容量",
    "path_m2": "每穴分摊的墓间路（平方米）",
    "plot_m2": "每穴占地（平方米）",
    "top": "列出前几片候选地，默认 20",
    "firm_top": "权重浮动时，计入前几名的次数，默认 5",
    "spread": "权重浮动的幅度，0 至 1，默认 0.5",
    "draws": "权重随机浮动的次数，默认 1000",
    "seed": "随机数种子，默认 1",
    "observer_m": "公路上的视高（米），默认 1.5",
    "every_m": "公路上观察点的最大间距（米），默认 200",
    "view_m": "看到多远（米），默认 3000",
}
_TERMS |= {f"weight_{each.value}": f"{each.label_zh}的权重，默认 1" for each in Criterion}

SITING_TERMS = {
    "parameters": [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": _TERMS.get(name, name),
            "schema": {"type": "string"},
        }
        for name in SITING_PARAMETERS
    ]
}
"""Parameters that every map and report of a siting takes."""

OVERVIEW = {
    "place": "驻马店市",
    "simulated": True,
    "edition": "2026.11",
    "burial_places": 130,
    "population_rows": 180,
    "targets": [
        {
            "id": "zhumadian_urban_cemeteries_2025",
            "name": "城市公益性公墓数",
            "target": "9",
            "value": "8",
            "unit": "个",
            "year": 2025,
            "standing": "missed",
        }
    ],
    "demand": None,
    "layers": [
        {
            "digest": "0f6c1d2e3a4b5c6d",
            "title": "地类图斑",
            "covers": ["arable", "forest"],
            "layer_date": "2025-06-30",
            "simulated": True,
        }
    ],
    "waiting_texts": ["funeral_regulation_2026_text"],
}
