/* Layers, legend, layer control and popups of civgeo maps. Data arrive as JSON; every text from
   them is set with textContent, never as markup. */
"use strict";

(function () {
  var make = L.DomUtil.create;

  function text(tag, className, parent, content) {
    var element = make(tag, className, parent);
    element.textContent = content;
    return element;
  }

  function read(id) {
    return JSON.parse(document.getElementById(id).textContent);
  }

  function panel(map) {
    return document.getElementById(map.getContainer().id + "_panel");
  }

  /* ---- the map itself ---- */

  civgeo.map = function (id, bounds) {
    var map = L.map(id, {
      preferCanvas: true, zoomControl: false, zoomSnap: 0.25, zoomDelta: 0.5, minZoom: 5,
      maxZoom: 18, renderer: L.canvas({ padding: 0.2 })
    });
    map.attributionControl.setPrefix(false);
    keepFitted(map, bounds);
    L.control.zoom({ zoomInTitle: "放大", zoomOutTitle: "缩小" }).addTo(map);
    L.control.scale({ imperial: false, maxWidth: 160 }).addTo(map);
    north().addTo(map);
    map.civgeo = { areas: [] };
    return map;
  };

  /* Show the bounds, also when the page changes size, until the reader moves the map. */
  function keepFitted(map, bounds) {
    var moved = false;
    function fit() { map.fitBounds(bounds, { padding: [18, 18], animate: false }); }
    fit();
    ["pointerdown", "wheel", "keydown"].forEach(function (kind) {
      map.getContainer().addEventListener(kind, function () { moved = true; }, { passive: true });
    });
    map.on("popupopen", function () { moved = true; });
    if (window.ResizeObserver) {
      new ResizeObserver(function () {
        map.invalidateSize({ animate: false });
        if (!moved) { fit(); }
      }).observe(map.getContainer());
    }
  }

  function north() {
    var control = L.control({ position: "topright" });
    control.onAdd = function () {
      var box = make("div", "civgeo-north");
      var space = "http://www.w3.org/2000/svg";
      var drawing = document.createElementNS(space, "svg");
      drawing.setAttribute("viewBox", "0 0 24 34");
      drawing.setAttribute("role", "img");
      drawing.setAttribute("aria-label", "指北针：图上方为北");
      [["M12 1 L21 31 L12 25 Z", "#2f3b47"], ["M12 1 L3 31 L12 25 Z", "#ffffff"]]
        .forEach(function (half) {
          var path = document.createElementNS(space, "path");
          path.setAttribute("d", half[0]);
          path.setAttribute("fill", half[1]);
          path.setAttribute("stroke", "#2f3b47");
          drawing.appendChild(path);
        });
      text("span", "", box, "北");
      box.appendChild(drawing);
      return box;
    };
    return control;
  }

  /* ---- hover and click ---- */

  function tip(item) {
    var box = make("div", "civgeo-tip");
    text("strong", "", box, item.name);
    if (item.tip) { text("span", "", box, item.tip); }
    return box;
  }

  function rows(box, pairs) {
    var list = make("dl", "", box);
    pairs.forEach(function (pair) {
      text("dt", "", list, pair[0]);
      text("dd", "", list, pair[1]);
    });
  }

  function known(value) {
    return value !== null && value !== undefined && value !== "";
  }

  function formula(facts, values) {
    var complete = true;
    var line = facts.formula.replace(/\{(\d+)\}/g, function (_, number) {
      complete = complete && known(values[number]);
      return values[number];
    });
    return complete ? line : "";
  }

  function story(facts, item) {
    var box = make("div", "civgeo-story");
    text("h2", "", box, item.name);
    if (item.verdict) { text("p", "civgeo-verdict", box, item.verdict); }
    if (item.note) { text("p", "civgeo-note", box, item.note); }
    rows(box, facts.columns.map(function (column, number) {
      return [column[0], item.values[number], column[1]];
    }).filter(function (row) {
      return known(row[1]);
    }).map(function (row) {
      return [row[0], row[2] ? row[1] + " " + row[2] : String(row[1])];
    }));
    var line = facts.formula && formula(facts, item.values);
    if (line) { text("p", "civgeo-formula", box, line); }
    item.cards.forEach(function (number) {
      var card = make("section", "", box);
      text("h3", "", card, facts.cards[number].title);
      rows(card, facts.cards[number].rows);
    });
    if (item.simulated) { text("p", "civgeo-badge", box, "模拟数据"); }
    return box;
  }

  var POPUP = { maxWidth: 340, minWidth: 240, maxHeight: 320, autoPanPadding: [24, 24] };

  function explained(group, itemOf, facts) {
    return group
      .on("popupopen", function () { group.closeTooltip(); })
      .bindTooltip(function (layer) { return tip(itemOf(layer)); }, { sticky: true })
      .bindPopup(function (layer) { return story(facts, itemOf(layer)); }, POPUP);
  }

  /* ---- areas ---- */

  function outline(area) {
    if (area.context) {
      return { color: "#9aa4ae", weight: 0.8, fillColor: area.colour, fillOpacity: 1,
        interactive: false };
    }
    if (area.outline) {
      return { color: "#2f3b47", weight: 2.4, fill: false, interactive: false };
    }
    return { color: "#4a5662", weight: 1.2, fillColor: civgeo.fill(area.colour, area.pattern),
      fillOpacity: 1 };
  }

  civgeo.areas = function (map, id) {
    var data = read(id), group = L.featureGroup();
    data.areas.forEach(function (area) {
      var layer = L.polygon(area.polygons, outline(area));
      layer.civgeo = area;
      group.addLayer(layer);
      layer.on("mouseover", function () { layer.setStyle({ weight: 3 }); });
      layer.on("mouseout", function () { layer.setStyle({ weight: outline(area).weight }); });
    });
    explained(group, function (layer) { return layer.civgeo; }, data.facts).addTo(map);
    var labels = civgeo.labels(map, data.areas.filter(function (area) { return area.at; }));
    var shown = data.areas.filter(function (area) { return !area.context && !area.outline; });
    map.civgeo.areas = map.civgeo.areas.concat(shown.map(function (area) {
      return {
        name: area.name,
        open: function () {
          map.openPopup(L.popup(POPUP).setLatLng(area.at).setContent(story(data.facts, area)));
        }
      };
    }));
    toggles(map, "底图", [{ label: "地名注记", layer: labels }], true);
    listing(map, shown.length ? map.civgeo.areas : []);
  };

  /* ---- points ---- */

  function point(row, texts) {
    return { at: [row[0], row[1]], group: row[2], style: row[3], name: row[4], tip: row[5],
      verdict: texts[row[6]], note: texts[row[7]], values: row[8], cards: row[9],
      simulated: row[10] === 1 };
  }

  civgeo.points = function (map, id) {
    var data = read(id);
    var groups = data.groups.map(function () { return L.featureGroup(); });
    data.points.forEach(function (row) {
      var mark = new civgeo.Mark([row[0], row[1]], { civgeo: data.styles[row[3]], stroke: true });
      mark.civgeo = row;
      groups[row[2]].addLayer(mark);
    });
    groups.forEach(function (group) {
      explained(group, function (layer) { return point(layer.civgeo, data.texts); }, data.facts)
        .addTo(map);
    });
    toggles(map, data.title, data.groups.map(function (entry, number) {
      return { label: entry.label, count: entry.count, layer: groups[number],
        style: entry.style === null ? null : data.styles[entry.style] };
    }), false);
  };

  /* ---- beside the map ---- */

  /* A section of the panel; those of the base map stay below all others. */
  function section(map, title, base) {
    var parent = panel(map), box = make("details", "civgeo-section");
    parent.insertBefore(box, base ? null : parent.querySelector(".civgeo-base"));
    if (base) { box.classList.add("civgeo-base"); }
    box.open = true;
    text("summary", "", box, title);
    return box;
  }

  civgeo.legend = function (map, id) {
    read(id).forEach(function (part) {
      var box = section(map, part.title, false);
      var list = make("ul", "", box);
      part.rows.forEach(function (row) {
        var item = make("li", "civgeo-" + row.kind, list);
        if (row.kind === "swatch") { item.appendChild(civgeo.swatch(row.colour, row.pattern)); }
        if (row.kind === "symbol") {
          item.appendChild(civgeo.symbol([row.shape, row.colour, row.glyph]));
        }
        text("span", "", item, row.label);
        if (row.count !== null && row.count !== undefined) {
          text("span", "civgeo-count", item, row.count);
        }
      });
      if (part.note) { text("p", "civgeo-remark", box, part.note); }
    });
  };

  function toggles(map, title, entries, base) {
    var box = section(map, title, base);
    var inputs = [];
    if (entries.length > 3) {
      var bar = make("p", "civgeo-bar", box);
      [["全部显示", true], ["全部隐藏", false]].forEach(function (choice) {
        var button = text("button", "", bar, choice[0]);
        button.type = "button";
        button.addEventListener("click", function () {
          inputs.forEach(function (input) {
            if (input.checked !== choice[1]) { input.click(); }
          });
        });
      });
    }
    var list = make("ul", "", box);
    entries.forEach(function (entry) {
      var label = make("label", "", make("li", "", list));
      var input = make("input", "", label);
      input.type = "checkbox";
      input.checked = true;
      input.addEventListener("change", function () {
        if (input.checked) { entry.layer.addTo(map); } else { entry.layer.remove(); }
      });
      inputs.push(input);
      if (entry.style) { label.appendChild(civgeo.symbol(entry.style)); }
      text("span", "", label, entry.label);
      if (entry.count !== undefined) { text("span", "civgeo-count", label, entry.count); }
    });
  }

  /* The areas once more as buttons, for those who cannot point at the map. */
  function listing(map, areas) {
    if (!areas.length) { return; }
    var box = section(map, "县区说明", true);
    var bar = make("p", "civgeo-bar", box);
    areas.forEach(function (area) {
      var button = text("button", "", bar, area.name);
      button.type = "button";
      button.addEventListener("click", area.open);
    });
  }
})();
