/* Reach on foot: facilities with their circles, what stops walkers, main streets, and the walk of
   the estate that was clicked. Every text from the data is set with textContent. */
"use strict";

(function () {
  var make = L.DomUtil.create;
  var INK = "#2f3b47", WALK = "#b8501c", STRAIGHT = "#66727e";
  var RINGS = { "15": "#2b6a9c", "10": "#4f93c4", "5": "#8fc1e3" };
  var ESTATES = "civgeo_estates", RING_MINUTES = "5,10,15";
  var WHO = { "0.8": "（体弱老年人）", "1.0": "（老年人）", "1.2": "（成人）" };
  var DASHES = { "0.8": "2 4", "1.0": null, "1.2": "10 4" };

  function read(id) {
    return JSON.parse(document.getElementById(id).textContent);
  }

  function served() {
    return document.querySelector('meta[name="civgeo-asks-server"]') !== null;
  }

  function ask(url) {
    return fetch(url, { credentials: "omit" }).then(function (answer) {
      if (!answer.ok) { throw new Error(String(answer.status)); }
      return answer.json();
    });
  }

  function text(tag, className, parent, content) {
    var element = make(tag, className, parent);
    element.textContent = content;
    return element;
  }

  /* ---- circles ---- */

  function ring(shape, minutes, dashes) {
    return L.polygon(shape, {
      color: RINGS[minutes] || RINGS["15"], weight: 1.6, dashArray: dashes,
      fillColor: RINGS[minutes] || RINGS["15"], fillOpacity: 0.12, interactive: false
    });
  }

  function corners(geometry) {
    var parts = geometry.type === "MultiPolygon" ? geometry.coordinates : [geometry.coordinates];
    return parts.map(function (polygon) {
      return polygon.map(function (line) {
        return line.map(function (at) { return [at[1], at[0]]; });
      });
    });
  }

  /* A layer that is asked for when it is first shown. */
  function later(map, url, dashes) {
    var group = L.layerGroup(), asked = false;
    group.on("add", function () {
      if (asked) { return; }
      asked = true;
      say(map, "正在取步行圈轮廓…");
      ask(url).then(function (answer) {
        answer.features.forEach(function (feature) {
          if (feature.geometry) {
            group.addLayer(ring(corners(feature.geometry), String(feature.properties.minutes),
              dashes));
          }
        });
        say(map, "");
      }).catch(function () {
        asked = false;
        say(map, "没有取到步行圈轮廓，请稍后再试。");
      });
    });
    return group;
  }

  /* One section a speed: all facilities together as they came with the page, then by kind. */
  function circles(map, data) {
    data.speeds.forEach(function (speed) {
      var entries = [];
      if (speed === data.speed && data.circles.length) {
        entries.push({ label: "全部设施", off: true,
          layer: L.layerGroup(data.circles.map(function (circle) {
            return ring(circle[1], circle[0], null);
          })) });
      }
      (served() ? data.kinds : []).forEach(function (kind) {
        var url = data.areas + "?kind=" + encodeURIComponent(kind.value) +
          "&minutes=" + RING_MINUTES + "&speed=" + encodeURIComponent(speed);
        entries.push({ label: kind.label, off: true,
          layer: later(map, url, DASHES[speed] || null) });
      });
      if (entries.length) {
        civgeo.toggles(map, "步行圈 " + RING_MINUTES.replace(/,/g, "、") + " 分钟，" + speed +
          " m/s" + (WHO[speed] || "") + "：轮廓仅供查看", entries, false);
      }
    });
  }

  /* ---- facilities ---- */

  function siteLayers(map, data) {
    var groups = data.kinds.map(function () { return L.featureGroup(); });
    var around = data.kinds.map(function () { return L.layerGroup(); });
    data.sites.forEach(function (site) {
      var at = [site[0], site[1]];
      var mark = new civgeo.Mark(at, { civgeo: data.kinds[site[2]].style, rings: [], stroke: true });
      mark.bindTooltip(function () {
        var box = make("div", "civgeo-tip");
        text("strong", "", box, site[3]);
        text("span", "", box, data.kinds[site[2]].label);
        return box;
      }, { sticky: true });
      groups[site[2]].addLayer(mark);
      around[site[2]].addLayer(L.circle(at, { radius: data.limit, color: STRAIGHT, weight: 1,
        dashArray: "3 4", fill: false, interactive: false }));
    });
    civgeo.toggles(map, "设施（按种类）", data.kinds.map(function (kind, number) {
      return { label: kind.label, count: kind.count, style: kind.style, layer: groups[number],
        off: true };
    }), false);
    return data.kinds.map(function (kind, number) {
      return { label: kind.label, layer: around[number], off: true };
    });
  }

  /* ---- what stops walkers, and main streets ---- */

  function named(layer, name, kind) {
    return layer.bindTooltip(function () {
      var box = make("div", "civgeo-tip");
      text("strong", "", box, name || kind);
      if (kind && name) { text("span", "", box, kind); }
      return box;
    }, { sticky: true });
  }

  function ground(map, data) {
    var barriers = L.featureGroup(), streets = L.featureGroup();
    data.barriers.forEach(function (row) {
      row[2].forEach(function (line) {
        barriers.addLayer(named(L.polyline(line, { color: "#5f7d95", weight: 2.5,
          dashArray: "8 3" }), row[0], row[1]));
      });
      row[3].forEach(function (polygon) {
        barriers.addLayer(named(L.polygon(polygon, { color: "#5f7d95", weight: 1,
          fillColor: "#a9c3d3", fillOpacity: 0.9 }), row[0], row[1]));
      });
    });
    data.streets.forEach(function (row) {
      row[1].forEach(function (line) {
        streets.addLayer(named(L.polyline(line, { color: "#a89f90", weight: 1.2 }), row[0], ""));
      });
    });
    var entries = [];
    if (data.barriers.length) {
      entries.push({ label: "步行阻隔（河流、铁路等）", count: data.barriers.length,
        layer: barriers });
    }
    if (data.streets.length) {
      entries.push({ label: "有名称的街道", count: data.streets.length, layer: streets });
    }
    if (entries.length) { civgeo.toggles(map, "道路与阻隔", entries, false); }
  }

  /* ---- the walk of one estate ---- */

  function lonLat(line) {
    return line.coordinates.map(function (at) { return [at[1], at[0]]; });
  }

  function drawWalk(state, answer) {
    state.walk.clearLayers();
    if (answer.route) {
      [["#ffffff", 7], [WALK, 4]].forEach(function (pen) {
        state.walk.addLayer(L.polyline(lonLat(answer.route),
          { color: pen[0], weight: pen[1], className: "civgeo-walk", interactive: false }));
      });
    }
    if (answer.crossing) {
      state.walk.addLayer(L.polyline(lonLat(answer.crossing.line),
        { color: "#1f7a3d", weight: 5, dashArray: "4 6", interactive: false }));
    }
  }

  /* Let the story stand above the walk, and both on the map. */
  function showWalk(map, answer) {
    var popup = map._popup;
    if (!answer.route || !popup || !popup.isOpen()) { return; }
    var bounds = L.latLngBounds(lonLat(answer.route)).extend([answer.lat, answer.lon]);
    popup.setLatLng([bounds.getNorth(), bounds.getCenter().lng]);
    popup.update();
    var height = popup.getElement().offsetHeight;
    map.fitBounds(bounds, { paddingTopLeft: [60, Math.min(height, 0.6 * map.getSize().y) + 30],
      paddingBottomRight: [60, 40], maxZoom: map.getZoom(), animate: false });
  }

  function explain(box, answer) {
    box.textContent = "";
    text("p", "civgeo-note", box, answer.message);
    var rising = Object.keys(answer.speeds).sort(function (a, b) { return a - b; });
    var speeds = rising.map(function (speed) {
      return speed + " m/s " + (answer.speeds[speed] ? "可达" : "不可达");
    });
    text("p", "", box, "换步速：" + speeds.join("，"));
    if (answer.route) { text("p", "", box, "橙线为步行路线。"); }
    if (answer.crossing) { text("p", "", box, "绿虚线为可补救的跨越设施（示意）。"); }
  }

  function told(map, data, state, event) {
    state.walk.clearLayers();
    state.asked += 1;
    if (event.layerId !== ESTATES || !served()) { return; }
    var number = state.asked, id = data.ids[map.civgeo.points[ESTATES].rows.indexOf(event.row)];
    var box = make("div", "civgeo-why", event.content);
    box.setAttribute("aria-live", "polite");
    text("p", "", box, "正在取步行路线…");
    ask(data.why + "&estate=" + encodeURIComponent(id)).then(function (answer) {
      if (number !== state.asked) { return; }
      explain(box, answer);
      drawWalk(state, answer);
      showWalk(map, answer);
    }).catch(function () {
      box.textContent = "";
      text("p", "civgeo-note", box, "没有取到步行路线，请稍后再试。");
    });
  }

  /* One line above the map's lower edge, read aloud when it changes. */
  function say(map, words) {
    map.civgeo.said.textContent = words;
    map.civgeo.said.hidden = !words;
  }

  civgeo.reach = function (map, id) {
    var data = read(id);
    var state = { walk: L.layerGroup().addTo(map), asked: 0 };
    map.civgeo.said = make("p", "civgeo-said", map.getContainer());
    map.civgeo.said.setAttribute("role", "status");
    map.civgeo.said.hidden = true;
    var straight = siteLayers(map, data);
    circles(map, data);
    civgeo.toggles(map, "直线距离圈（不是步行可达，仅作对照）", straight, false);
    ground(map, data);
    map.on("civgeotold", function (event) { told(map, data, state, event); });
    map.on("popupclose", function () { state.walk.clearLayers(); });
  };
})();
