"""Examples of questions and answers about the layout of funeral facilities."""

from collections.abc import Mapping

from civgeo.services.funeral_views import MODEL_ZH

__all__ = ["COVERED", "PROPOSED", "PROPOSING"]

COVERED: Mapping[str, object] = {
    "city": "411700",
    "place": "驻马店市",
    "on": "2026-03-01",
    "data_version": 1,
    "simulated": True,
    "division": None,
    "asks": [
        {
            "id": "township_burial_coverage",
            "name": "乡级公益性安葬（放）设施覆盖率",
            "measure": "coverage",
            "measure_zh": "有设施的单元占比",
            "written": None,
            "low": "100",
            "high": None,
            "force": "plan",
            "force_zh": "规划要求",
            "confirm": None,
            "rule": "有运营中的乡镇级公益性公墓、骨灰堂或集中安葬点的乡镇（街道）÷ 乡镇（街道）；"
            "由邻近乡镇的设施服务的另计，不计入分子；设施登记中的“农村公益性公墓”按乡镇级计",
            "status": "ok",
            "reason": None,
            "numerator": 1,
            "denominator": 4,
            "numerator_with_served": 1,
            "value": "25",
            "display": "25.00",
            "meets": False,
            "missing": [
                {
                    "code": "411702001",
                    "name": "东街道",
                    "standing": "has_not",
                    "standing_zh": "没有",
                    "sites": [],
                    "coming": [],
                }
            ],
            "served": [],
            "unknown": [],
            "counts": None,
            "perhaps": [],
            "notes": [],
            "indicator": None,
            "year": 2025,
            "source": {
                "document": "驻马店市“十四五”民政事业发展规划",
                "day": "2022-03-12",
                "article": "专栏12第1项",
                "passage": "实现市、县、乡公益性安葬设施全覆盖",
                "evidence": "S",
                "evidence_zh": "已核法规全文",
            },
        }
    ],
    "without_asks": None,
    "registered_twice": 0,
    "counties": {
        "columns": [
            {"id": "service_station", "title": "殡仪服务站"},
            {"id": "county_burial", "title": "县级公益性安葬（放）设施"},
        ],
        "rows": [
            {
                "code": "411721",
                "name": "西平县",
                "county": "411721",
                "service_station": {
                    "standing": "has",
                    "standing_zh": "有",
                    "sites": [{"id": "f1", "register": "facilities", "name": "设施1"}],
                    "coming": [],
                },
                "county_burial": {
                    "standing": "has_not",
                    "standing_zh": "没有",
                    "sites": [],
                    "coming": [],
                },
            }
        ],
    },
    "townships": {
        "columns": [{"id": "township_burial", "title": "乡级公益性安葬（放）设施"}],
        "rows": [
            {
                "code": "411721101",
                "name": "1镇",
                "county": "411721",
                "township_burial": {
                    "standing": "has",
                    "standing_zh": "有",
                    "sites": [{"id": "c1", "register": "cemeteries", "name": "公墓1"}],
                    "coming": [],
                },
            }
        ],
    },
    "stations": {
        "model_zh": MODEL_ZH,
        "parameters": {
            "distance": "straight",
            "distance_zh": "直线距离",
            "snap_m": None,
            "weight": "population",
            "weight_zh": "人口",
            "years": 1,
            "death_rate_per_mille": None,
            "share": None,
            "centre": "seat",
            "centre_zh": "县城",
            "min_angle_deg": "90",
        },
        "counties": [
            {
                "code": "411721",
                "name": "西平县",
                "plan_speaks_of_it": True,
                "middle": {
                    "basis": "县城（GeoNames，CC BY 4.0）",
                    "lon": 114.01583,
                    "lat": 33.38639,
                },
                "people": "60000",
                "townships_without_place": [],
                "townships_without_people": [],
                "number": 1,
                "reading": "within",
                "townships_differ": None,
                "directions_differ": None,
                "stations": [
                    {
                        "id": "f1",
                        "register": "facilities",
                        "name": "设施1",
                        "township": "411721100",
                        "metres": 12005.6,
                        "bearing_deg": 89.964498,
                        "direction": "E",
                        "direction_zh": "东",
                    }
                ],
                "pairs": [],
                "spread": {
                    "people": "60000",
                    "nearer_than_middle": "20000",
                    "nearer_percent": "33.3333333333",
                    "unreached": "0",
                    "mean_m": "10668.5",
                    "farthest": "2镇",
                    "farthest_m": "19008.9",
                },
                "off_streets": [],
            }
        ],
    },
}
PROPOSING: Mapping[str, object] = {
    "propose": "stations",
    "p": 2,
    "division": "411721",
    "distance": "straight",
    "weight": "population",
    "centre": "seat",
    "seats": {"411721": ["114.016", "33.386"]},
    "min_angle_deg": "90",
}
PROPOSED: Mapping[str, object] = {
    "city": "411700",
    "place": "驻马店市",
    "on": "2026-03-01",
    "data_version": 1,
    "simulated": True,
    "propose": "stations",
    "propose_zh": "殡仪服务站",
    "p": 2,
    "division": "411721",
    "parameters": {
        "distance": "straight",
        "distance_zh": "直线距离",
        "snap_m": None,
        "weight": "population",
        "weight_zh": "人口",
        "years": 1,
        "death_rate_per_mille": None,
        "share": None,
        "centre": "seat",
        "centre_zh": "县城",
        "min_angle_deg": "90",
    },
    "model_zh": MODEL_ZH,
    "counties": [
        {
            "code": "411721",
            "name": "西平县",
            "plan_speaks_of_it": True,
            "middle": {"basis": "县城（给定）", "lon": 114.016, "lat": 33.386},
            "people": "60000",
            "townships_without_place": [],
            "townships_without_people": [],
            "existing": ["设施1"],
            "status": "optimal",
            "status_zh": "已证明最优",
            "reason": None,
            "chosen": [
                {
                    "code": "411721102",
                    "name": "2镇",
                    "lon": 113.94056118279569,
                    "lat": 33.38639,
                    "place_basis": "outline",
                    "place_basis_zh": "区划轮廓内的代表点",
                }
            ],
            "objective": "342078000",
            "bound": "342078000",
            "gap": "0",
            "unit": "人·米",
            "choices_tried": 3,
            "choices_allowed": 1,
            "without_rules": {"chosen": ["1镇"], "objective": "114026000"},
            "before": {
                "people": "60000",
                "nearer_than_middle": "20000",
                "nearer_percent": "33.3333333333",
                "unreached": "0",
                "mean_m": "10668.5",
                "farthest": "2镇",
                "farthest_m": "19008.9",
            },
            "after": {
                "people": "60000",
                "nearer_than_middle": "30000",
                "nearer_percent": "50",
                "unreached": "0",
                "mean_m": "5701.3",
                "farthest": "1镇",
                "farthest_m": "11402.6",
            },
            "served": [
                {"code": "411721100", "name": "0镇", "station": "设施1", "distance_m": 0.0},
                {"code": "411721101", "name": "1镇", "station": "2镇", "distance_m": 11402.6},
                {"code": "411721102", "name": "2镇", "station": "2镇", "distance_m": 0.0},
            ],
        }
    ],
}
