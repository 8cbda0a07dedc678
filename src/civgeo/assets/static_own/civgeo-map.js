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
    map.civgeo = { areas: [], points: {}, sheet: null, clusters: null };
    map.on("click", function () { closeSheet(map); });
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

  /* The terms whose first value is known; nothing where another value is missing. */
  function sum(facts, values) {
    function filled(template) { return formula({ formula: template }, values); }
    function first(template) { return values[Number(/\{(\d+)\}/.exec(template)[1])]; }
    var terms = facts.sum[1].filter(function (term) { return known(first(term)); }).map(filled);
    var tail = filled(facts.sum[2]);
    return terms.length && terms.every(known) && tail ?
      facts.sum[0] + terms.join(" ＋ ") + tail : "";
  }

  function list(box, heading, item) {
    text("h3", "", box, heading);
    var lines = make("ul", "", box);
    item.listed.forEach(function (line) {
      var row = text("li", "", lines, [line[0], line[1], line[2]].filter(known).join("，"));
      if (line[3]) { text("span", "civgeo-note", row, "（" + line[3] + "）"); }
    });
    if (item.unlisted) { text("li", "", lines, "还有 " + item.unlisted + " 处"); }
  }

  function story(facts, item) {
    var box = make("div", "civgeo-story");
    text("h2", "", box, item.name);
    if (item.verdict) { text("p", "civgeo-verdict", box, item.verdict); }
    if (item.note) { text("p", "civgeo-note", box, item.note); }
    var line = facts.formula && formula(facts, item.values);
    if (line) { text("p", "civgeo-formula", box, line); }
    var total = facts.sum && sum(facts, item.values);
    if (total) { text("p", "civgeo-formula", box, total); }
    rows(box, facts.columns.map(function (column, number) {
      return [column[0], item.values[number], column[1]];
    }).filter(function (row) {
      return known(row[1]);
    }).map(function (row) {
      return [row[0], row[2] ? row[1] + " " + row[2] : String(row[1])];
    }));
    if (item.listed && item.listed.length) { list(box, facts.listing, item); }
    item.cards.forEach(function (number) {
      var card = make("section", "", box);
      text("h3", "", card, facts.cards[number].title);
      rows(card, facts.cards[number].rows);
    });
    if (item.simulated) { text("p", "civgeo-badge", box, "模拟数据"); }
    return box;
  }

  var POPUP = { maxWidth: 340, minWidth: 240, maxHeight: 400,
    autoPanPaddingTopLeft: [56, 24], autoPanPaddingBottomRight: [56, 24] };
  var NARROW = 560;

  /* Tell a story at its place on the map, or from the lower edge where the page is narrow. */
  function tell(map, at, content) {
    closeSheet(map);
    if (map.getSize().x >= NARROW) {
      map.openPopup(L.popup(POPUP).setLatLng(at).setContent(content));
      return;
    }
    map.closePopup();
    var before = document.activeElement;
    var sheet = make("section", "civgeo-sheet", document.body);
    sheet.setAttribute("role", "dialog");
    sheet.setAttribute("aria-label", content.querySelector("h2").textContent);
    var close = text("button", "civgeo-close", sheet, "×");
    close.type = "button";
    close.setAttribute("aria-label", "关闭");
    sheet.appendChild(content);
    function leave() {
      closeSheet(map);
      if (before && before.focus) { before.focus({ preventScroll: true }); }
    }
    close.addEventListener("click", leave);
    sheet.addEventListener("keydown", function (event) {
      if (event.key === "Escape") { leave(); }
    });
    close.focus({ preventScroll: true });
    map.civgeo.sheet = sheet;
  }

  function closeSheet(map) {
    if (map.civgeo.sheet) { map.civgeo.sheet.remove(); }
    map.civgeo.sheet = null;
  }

  function explained(map, group, itemOf, factsOf) {
    return group
      .bindTooltip(function (layer) { return tip(itemOf(layer)); }, { sticky: true })
      .on("click", function (event) {
        var layer = event.propagatedFrom || event.layer;
        L.DomEvent.stopPropagation(event);
        group.closeTooltip();
        var content = story(factsOf(layer), itemOf(layer));
        tell(map, event.latlng, content);
        map.fire("civgeotold", { row: layer.civgeo, layerId: group.civgeo, content: content });
      });
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
    explained(map, group, function (layer) { return layer.civgeo; },
      function () { return data.facts; }).addTo(map);
    var labels = civgeo.labels(map, data.areas.filter(function (area) { return area.at; }));
    var shown = data.areas.filter(function (area) { return !area.context && !area.outline; });
    map.civgeo.areas = map.civgeo.areas.concat(shown.map(function (area) {
      return {
        name: area.name,
        open: function () {
          tell(map, area.at, story(data.facts, area));
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
      simulated: row[10] === 1, unlisted: row[12],
      listed: row[11].map(function (line) {
        return [line[0], texts[line[1]], line[2], line[3]];
      }) };
  }

  /* Lines that a row gives as steps from its point. */
  function lines(row, all) {
    return all.map(function (steps) {
      var corners = [];
      for (var i = 0; i < steps.length; i += 2) {
        corners.push([row[0] + steps[i] / 1e6, row[1] + steps[i + 1] / 1e6]);
      }
      return corners;
    });
  }

  function courseStyle(style) {
    return { color: style[1], width: style[3], dashes: style[4] };
  }

  civgeo.points = function (map, id) {
    var data = read(id);
    var marks = data.groups.map(function () { return []; });
    data.points.forEach(function (row) {
      var mark = new civgeo.Mark([row[0], row[1]],
        { civgeo: data.styles[row[3]], rings: lines(row, row[13]), stroke: true });
      mark.civgeo = row;
      if (row[14].length) {
        mark.course = new civgeo.Course(lines(row, row[14]), courseStyle(data.styles[row[3]]));
        mark.course.civgeo = row;
      }
      marks[row[2]].push(mark);
    });
    function board(members) {
      var group = L.featureGroup(members);
      group.civgeo = id;
      return explained(map, group,
        function (layer) { return point(layer.civgeo, data.texts); },
        function () { return data.facts; }).addTo(map);
    }
    var groups = data.clustered ?
      civgeo.clustered(map, board([]), marks, data) :
      marks.map(function (members) {
        return board(members.map(function (mark) { return mark.course; }).filter(Boolean)
          .concat(members));
      });
    map.civgeo.points[id] = {
      rows: data.points,
      open: function (row) { tell(map, [row[0], row[1]], story(data.facts, point(row, data.texts))); }
    };
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
          item.appendChild(civgeo.symbol([row.shape, row.colour, row.glyph, row.width, row.dashes]));
        }
        text("span", "", item, row.label);
        if (row.count !== null && row.count !== undefined) {
          text("span", "civgeo-count", item, row.count);
        }
      });
      if (part.note) { text("p", "civgeo-remark", box, part.note); }
    });
  };

  function allOrNone(box, inputs) {
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

  function toggles(map, title, entries, base) {
    var box = section(map, title, base);
    var inputs = [];
    if (entries.length > 3) { allOrNone(box, inputs); }
    var list = make("ul", "", box);
    entries.forEach(function (entry) {
      var label = make("label", "", make("li", "", list));
      var input = make("input", "", label);
      input.type = "checkbox";
      input.checked = !entry.off;
      input.addEventListener("change", function () {
        if (input.checked) { entry.layer.addTo(map); } else { entry.layer.remove(); }
      });
      inputs.push(input);
      if (entry.style) { label.appendChild(civgeo.symbol(entry.style)); }
      text("span", "", label, entry.label);
      if (entry.count !== undefined) { text("span", "civgeo-count", label, entry.count); }
    });
  }

  civgeo.toggles = toggles;
  civgeo.allOrNone = allOrNone;
  civgeo.section = section;
  civgeo.explained = explained;
  civgeo.tell = tell;
  civgeo.story = story;

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
