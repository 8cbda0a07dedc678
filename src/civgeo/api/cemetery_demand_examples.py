"""Example of what townships and counties need for their dead, for the definition of the API."""

from collections.abc import Mapping

from civgeo.services.cemetery_store_answers import METHOD

__all__ = ["DEMAND_TABLE"]

_YEAR: Mapping[str, object] = {
    "year": 2026,
    "population": "10000",
    "deaths": "70.00",
    "ashes": "35.00",
    "ashes_so_far": "35.00",
}
_TOWNSHIP: Mapping[str, object] = {
    "level": "township",
    "division": "411702001",
    "name": "东街道",
    "status": "ok",
    "reason": None,
    "period": 2025,
    "sites": 1,
    "sites_unknown": 0,
    "ashes": "35",
    "single_plots": 35,
    "joint_plots": 0,
    "niches": 0,
    "plots": 35,
    "net_plot_m2": "17.5",
    "free": 700,
    "shortfall": "0",
    "years_left": None,
    "by_year": [_YEAR],
    "years_left_text": "> 1",
    "years_left_reason": None,
    "partial": False,
    "notes": ["人口为 2025 年登记"],
}
DEMAND_TABLE: Mapping[str, object] = {
    "status": "ok",
    "place": "驻马店市",
    "simulated": False,
    "data_version": 12,
    "first_year": 2026,
    "years": 1,
    "city": None,
    "counties": [],
    "townships": [_TOWNSHIP],
    "method": METHOD,
    "parameters": {
        "years": "1",
        "share": "0.5",
        "niche_share": "0",
        "single_share": "1",
        "plot_single_m2": "0.5",
        "plot_joint_m2": "0.8",
        "death_rate_per_mille": None,
        "commercial": False,
        "defaults": {
            "plot_single_m2": "zhumadian_plan_plot_ash_single",
            "plot_joint_m2": "zhumadian_plan_plot_ash_joint",
        },
    },
    "edition": "2026.11",
    "sources": ["2025 年统计公报"],
    "notes": [],
}
"""Answer of ``/cemeteries/demand-table``."""
