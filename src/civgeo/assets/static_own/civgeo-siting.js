/* Siting: one shade a rule and layer, all of them together, candidates with rank and card, and what
   excludes the place that was clicked. Every text from the data is set with textContent. */
"use strict";

(function () {
  var make = L.DomUtil.create;
  var INK = "#2f3b47";

  function text(tag, className, parent, content) {
    var element = make(tag, className, parent);
    element.textContent = content;
    return element;
  }

  function served() {
    return document.querySelector('meta[name="civgeo-asks-server"]') !== null;
  }

  /* ---- shades ---- */

  var tiles = {};

  /* The pattern of a swatch as a background that keeps its size at every zoom. */
  function background(colour, pattern) {
    var key = colour + pattern;
    if (!tiles[key]) {
      var tile = document.createElement("canvas"), ctx = tile.getContext("2d");
      tile.width = tile.height = 8;
      ctx.fillStyle = civgeo.fill(colour, pattern);
      ctx.fillRect(0, 0, 8, 8);
      tiles[key] = 'url("' + tile.toDataURL() + '")';
    }
    return tiles[key];
  }

  /* A picture of opacities, laid over the map in a colour and pattern. */
  var Shade = L.ImageOverlay.extend({
    _initImage: function () {
      var box = make("div", "leaflet-image-layer civgeo-shade" +
        (this._zoomAnimated ? " leaflet-zoom-animated" : ""));
      var mask = 'url("' + this._url + '")';
      box.style.backgroundImage = background(this.options.colour, this.options.pattern);
      box.style.webkitMaskImage = box.style.maskImage = mask;
      box.style.webkitMaskSize = box.style.maskSize = "100% 100%";
      box.style.webkitMaskRepeat = box.style.maskRepeat = "no-repeat";
      this._image = box;
      this._updateZIndex();
    }
  });

  function shade(item, opacity, zIndex) {
    return new Shade("data:image/png;base64," + item.png, item.bounds, {
      pane: item.above ? "civgeo-above" : "civgeo-shade", opacity: opacity, zIndex: zIndex, colour: item.colour,
      pattern: item.pattern
    });
  }

  /* One line of the layer control: swatch, name, rule and layer below it, and area. */
  function layerLine(map, list, item, layer, shown) {
    var label = make("label", "civgeo-layer", make("li", "", list));
    var input = make("input", "", label);
    input.type = "checkbox";
    input.checked = shown;
    if (shown) { layer.addTo(map); }
    input.addEventListener("change", function () {
      if (input.checked) { layer.addTo(map); } else { layer.remove(); }
    });
    label.appendChild(civgeo.swatch(item.colour, item.pattern));
    text("span", "", label, item.name);
    text("span", "civgeo-count", label, item.area);
    item.cited.forEach(function (line) { text("span", "civgeo-cited", label, line); });
    return input;
  }

  function shadeSection(map, part, zIndex) {
    var box = civgeo.section(map, part.title, false);
    var inputs = [];
    if (part.items.length > 3) { civgeo.allOrNone(box, inputs); }
    var list = make("ul", "", box);
    part.items.forEach(function (item, number) {
      inputs.push(
        layerLine(map, list, item, shade(item, item.opacity, zIndex - number), item.shown)
      );
    });
    if (part.note) { text("p", "civgeo-remark", box, part.note); }
  }

  /* ---- what lies below and above ---- */

  function ground(map, data) {
    var renderer = L.canvas({ pane: "civgeo-ground", padding: 0.2 });
    data.ground.forEach(function (row) {
      L.polygon(row.polygons, {
        renderer: renderer, pane: "civgeo-ground", interactive: false, fillColor: row.colour,
        fillOpacity: 1, color: "#9aa4ae", weight: row.context ? 0.8 : 1
      }).addTo(map);
    });
    L.polygon(data.region, { color: INK, weight: 2.2, fill: false, interactive: false }).addTo(map);
  }

  function roads(map, data) {
    var group = L.featureGroup();
    data.roads.forEach(function (row) {
      row[2].forEach(function (line) {
        var style = { color: data.roadColour, weight: 2 };
        group.addLayer(L.polyline(line, style).bindTooltip(function () {
          var box = make("div", "civgeo-tip");
          text("strong", "", box, row[0] || row[1]);
          if (row[0]) { text("span", "", box, row[1]); }
          return box;
        }, { sticky: true }));
      });
    });
    return group.addTo(map);
  }

  function candidates(map, data) {
    var group = L.featureGroup();
    data.candidates.forEach(function (item) {
      var layer = L.polygon(item.polygons, {
        color: data.edge, weight: 1.3, fillColor: data.fill, fillOpacity: 0.6
      });
      layer.civgeo = item;
      layer.on("mouseover", function () { layer.setStyle({ weight: 3 }); });
      layer.on("mouseout", function () { layer.setStyle({ weight: 1.3 }); });
      group.addLayer(layer);
    });
    return civgeo.explained(map, group, function (layer) { return layer.civgeo; },
      function () { return data.facts; }).addTo(map);
  }

  function names(map, data) {
    var ranks = data.candidates.map(function (item) {
      return { name: String(item.rank), at: item.at, className: "civgeo-rank" };
    });
    var towns = data.ground.filter(function (row) { return row.at; }).map(function (row) {
      return { name: row.name, at: row.at, context: row.context,
        className: row.context ? "" : "civgeo-town" };
    });
    return civgeo.labels(map, ranks.concat(towns));
  }

  /* The candidates once more as buttons, for those who cannot point at the map. */
  function listing(map, data) {
    if (!data.candidates.length) { return; }
    var box = civgeo.section(map, "候选地说明", false);
    var bar = make("p", "civgeo-bar", box);
    data.candidates.forEach(function (item) {
      var button = text("button", "", bar, String(item.rank));
      button.type = "button";
      button.setAttribute("aria-label", item.name);
      button.addEventListener("click", function () {
        map.fitBounds(L.latLngBounds(item.polygons.map(function (rings) { return rings[0]; })),
          { maxZoom: 14, padding: [60, 60], animate: false });
        civgeo.tell(map, item.at, civgeo.story(data.facts, item));
      });
    });
  }

  /* ---- what is missing ---- */

  function lines(parent, items) {
    var list = make("ul", "civgeo-told", parent);
    items.forEach(function (item) { text("li", "", list, item); });
  }

  function lacking(map, data) {
    var panel = document.getElementById(map.getContainer().id + "_panel");
    var box = make("section", "civgeo-lacking");
    text("h2", "", box, "结论与缺少的图层");
    text("p", "", box, data.headline);
    if (data.missing.length) {
      var more = make("details", "", box);
      text("summary", "", more, "缺少的图层逐项说明（" + data.missing.length + "）");
      lines(more, data.missing);
    }
    panel.insertBefore(box, panel.firstChild);
  }

  function remarks(map, title, items) {
    if (items.length) { lines(civgeo.section(map, title, false), items); }
  }

  /* ---- one place ---- */

  function explain(box, answer) {
    box.textContent = "";
    text("h2", "", box, "此处的禁止情形");
    if (!answer.inside) {
      text("p", "civgeo-note", box, "这一处不在所问的范围内。");
      return;
    }
    text("p", "civgeo-found", box, answer.headline);
    lines(box, answer.exclusions);
    answer.remarks.forEach(function (line) { text("p", "civgeo-note", box, line); });
  }

  function askAt(map, data, at) {
    var box = make("div", "civgeo-story");
    box.setAttribute("aria-live", "polite");
    text("h2", "", box, "此处的禁止情形");
    text("p", "", box, "正在查询…");
    civgeo.tell(map, at, box);
    fetch(data.ask + "&lon=" + at.lng.toFixed(6) + "&lat=" + at.lat.toFixed(6),
      { credentials: "omit" }).then(function (answer) {
      if (!answer.ok) { throw new Error(String(answer.status)); }
      return answer.json();
    }).then(function (answer) {
      explain(box, answer);
      if (map._popup && map._popup.isOpen()) { map._popup.update(); }
    }).catch(function () {
      box.textContent = "";
      text("h2", "", box, "此处的禁止情形");
      text("p", "civgeo-note", box, "没有取到答复，请稍后再试。");
    });
  }

  function placeForm(map, data) {
    var box = civgeo.section(map, "查询一处的禁止情形", false);
    text("p", "civgeo-remark", box, "点地图，或填经度、纬度（CGCS2000）。");
    var line = make("div", "civgeo-place", box);
    var inputs = ["经度", "纬度"].map(function (name) {
      var label = text("label", "", line, name);
      var input = make("input", "", label);
      input.inputMode = "decimal";
      return input;
    });
    var button = text("button", "", line, "查询");
    button.type = "button";
    function go() {
      var lon = Number(inputs[0].value), lat = Number(inputs[1].value);
      if (lon > 70 && lon < 140 && lat > 0 && lat < 60) {
        map.panTo([lat, lon], { animate: false });
        askAt(map, data, L.latLng(lat, lon));
      }
    }
    button.addEventListener("click", go);
    line.addEventListener("keydown", function (event) {
      if (event.key === "Enter" && event.target !== button) { go(); }
    });
  }

  function asking(map, data) {
    if (!served() || !data.ask) { return; }
    placeForm(map, data);
    map.on("click", function (event) { askAt(map, data, event.latlng); });
  }

  civgeo.siting = function (map, id) {
    var data = JSON.parse(document.getElementById(id).textContent);
    map.createPane("civgeo-ground");
    map.createPane("civgeo-shade");
    map.createPane("civgeo-above");
    ground(map, data);
    data.shades.forEach(function (part, number) { shadeSection(map, part, 100 * (1 + number)); });
    var places = candidates(map, data), above = roads(map, data), words = names(map, data);
    lacking(map, data);
    listing(map, data);
    asking(map, data);
    remarks(map, "条文待录入（没有评价）", data.waiting);
    remarks(map, "说明", data.notes);
    var entries = [{ label: "候选地", count: data.candidates.length, layer: places },
      { label: "名次与乡镇名称", layer: words }];
    if (data.roads.length) {
      entries.push({ label: data.roadLabel, count: data.roads.length, layer: above,
        style: ["line", data.roadColour, "", 2, []] });
    }
    civgeo.toggles(map, "图上其他", entries, false);
  };
})();
