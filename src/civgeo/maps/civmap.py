"""A folium map that works without a network."""

import folium
from branca.element import Element, Figure
from folium.template import Template

from civgeo.errors import RuleViolation
from civgeo.maps.escape import safe_text
from civgeo.maps.layers import LegendPanel
from civgeo.maps.legend import Legend
from civgeo.maps.page import ASSET, HEAD_MARK, self_hosted, single_file
from civgeo.maps.shapes import Bounds
from civgeo.maps.theme import MapNote

__all__ = ["CivMap"]


_PAGE = (
    "<!DOCTYPE html>\n"
    '<html lang="zh-CN">\n'
    "<head>\n"
    '<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    f"{HEAD_MARK}\n"
    "<title>{{ this.title }}</title>\n"
    "{{ this.header.render(**kwargs) }}\n"
    "</head>\n"
    "<body>\n"
    "{{ this.html.render(**kwargs) }}\n"
    "<script>\n"
    "{{ this.script.render(**kwargs) }}\n"
    "</script>\n"
    "</body>\n"
    "</html>\n"
)


class _Page(Figure):
    """The page around a map."""

    _template = Template(_PAGE)

    def __init__(self, title: str) -> None:
        super().__init__(title=title)
        self._id = "page"
        self.header = Element()
        self.header._parent = self


class CivMap(folium.Map):
    """A map whose page requests nothing from outside: no tiles, no CDN, no jQuery.

    Everything it draws it carries itself; `to_single_file` and `to_self_hosted` refuse any layer
    or plugin that would request another address. The page holds the title, the legend and layer
    control, a scale bar, a north arrow (the projection keeps north up), source and date.

    Parameters
    ----------
    about
        Title, source, date and standing of the map.
    legend
        Legend beside the map.
    bounds
        West, south, east, north in degrees that the map shows first.
    """

    asks_server = False
    """Whether the served page may ask its own server for data."""

    default_js = [  # noqa: RUF012  folium declares it as an instance attribute
        ("leaflet", f"{ASSET}leaflet.js"),
        ("civgeo_draw", f"{ASSET}civgeo-draw.js"),
        ("civgeo_cluster", f"{ASSET}civgeo-cluster.js"),
        ("civgeo_map", f"{ASSET}civgeo-map.js"),
    ]
    default_css = [  # noqa: RUF012  folium declares it as an instance attribute
        ("leaflet_css", f"{ASSET}leaflet.css"),
        ("civgeo_css", f"{ASSET}civgeo-map.css"),
    ]
    _template = Template(
        """
        {% macro html(this, kwargs) %}
        <header class="civgeo-head">
            <h1>{{ this.title_text }}</h1>
            {% if this.about.simulated %}<p class="civgeo-badge">模拟数据</p>{% endif %}
        </header>
        <noscript><p class="civgeo-noscript">本图需要启用 JavaScript 才能显示。</p></noscript>
        <main class="civgeo-body">
            <div class="civgeo-map" id="{{ this.get_name() }}" role="region"
                aria-label="{{ this.title_text }}"></div>
            <aside class="civgeo-panel" id="{{ this.get_name() }}_panel" aria-label="图例与图层"
                tabindex="0"></aside>
        </main>
        <footer class="civgeo-foot">
            <p class="civgeo-standing">{{ this.standing_text }}</p>
            <p>{{ this.origin_text }}</p>
        </footer>
        {% endmacro %}
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = civgeo.map("{{ this.get_name() }}", {{ this.view|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, about: MapNote, legend: Legend, *, bounds: Bounds) -> None:
        super().__init__(tiles=None, prefer_canvas=True)
        west, south, east, north = bounds
        self._name = "civgeo"
        self._id = "map"
        self.about = about
        self.view = [[south, west], [north, east]]
        self.title_text = safe_text(about.title)
        self.origin_text = safe_text(about.origin)
        self.standing_text = safe_text(" · ".join(about.standing))
        _Page(self.title_text).add_child(self)
        self.add_child(LegendPanel(legend))

    def add_js_link(self, name: str, url: str) -> None:
        """Refuse: folium would add the link to every later map of this class."""
        raise RuleViolation(f"不能给地图加外部脚本 {name}（{url}）：会改动之后所有的地图")

    def add_css_link(self, name: str, url: str) -> None:
        """Refuse: folium would add the link to every later map of this class."""
        raise RuleViolation(f"不能给地图加外部样式 {name}（{url}）：会改动之后所有的地图")

    def to_single_file(self, *, embed_font: bool = True) -> str:
        """The page as one HTML file with everything inside, to be shipped alone.

        Parameters
        ----------
        embed_font
            Whether the vendored Chinese font travels inside, cut down to the characters of the
            page (about 100 kB).

        Raises
        ------
        InvalidInput
            When a layer or plugin would request an address, which the message names.
        """
        return single_file(self._rendered(), embed_font=embed_font)

    def to_self_hosted(self, static_url: str = "/static") -> str:
        """The page with its files under `static_url` of the same server.

        Raises
        ------
        InvalidInput
            When a layer or plugin would request another server, which the message names.
        """
        return self_hosted(self._rendered(), static_url=static_url, asks_server=self.asks_server)

    def _rendered(self) -> str:
        page: str = self.get_root().render()
        return page
