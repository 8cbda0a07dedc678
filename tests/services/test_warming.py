"""What is at hand after a service has warmed up."""

from civgeo.services.city import City
from civgeo.services.scenario_ground import planning_ground
from civgeo.services.warming import warm_up
from civgeo.store.store import Store
from scenario_city import fill


def test_the_present_of_every_kind_is_at_hand(tmp_path):
    with Store.open(fill(tmp_path / "store")) as store:
        with store.read() as reading:
            city = City(store, reading.today)
        warm_up(city)
        planning = planning_ground(city)
        kinds = [kind for kind, stock in planning.stocks.items() if stock.facilities]
        assert kinds
        assert all(planning.prefixes.longest(kind, (), [0]) for kind in kinds)


def test_without_streets_or_with_broken_ones_there_is_nothing_to_do(tmp_path):
    folder = fill(tmp_path / "store")
    with Store.open(folder) as store:
        with store.read() as reading:
            city = City(store, reading.today)
        next((folder / "networks").glob("*/x.npy")).write_bytes(b"")
        warm_up(city)
        (folder / "networks" / "current").unlink()
        warm_up(city)
