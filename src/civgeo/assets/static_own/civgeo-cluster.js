/* Points near each other as one disc with their number, ringed in the colours of their layers.
   Drawn on Leaflet's canvas; text is only ever set with textContent. */
"use strict";

(function () {
  var CELL = 64, SINGLE_FROM = 13.5;

  /* A disc for several points: `parts` are [title, colour, number], most important first. */
  var Disc = L.CircleMarker.extend({
    _updatePath: function () {
      var renderer = this._renderer, ctx = renderer._ctx;
      if (!ctx || !renderer._drawing || this._empty()) { return; }
      ctx.globalAlpha = 1;
      civgeo.ring(ctx, this.options.parts, this._point.x, this._point.y, this._radius - 1);
    }
  });

  function total(parts) {
    return parts.reduce(function (sum, part) { return sum + part[2]; }, 0);
  }

  function told(disc) {
    var box = L.DomUtil.create("div", "civgeo-tip");
    L.DomUtil.create("strong", "", box).textContent = total(disc.options.parts) + " " + disc.options.counted;
    disc.options.parts.forEach(function (part) {
      L.DomUtil.create("span", "", box).textContent = part[0] + " " + part[2];
    });
    L.DomUtil.create("span", "", box).textContent = "点击放大";
    return box;
  }

  function Clusters(map, counted) {
    this.map = map;
    this.counted = counted;
    this.layers = [];
    this.waiting = 0;
    this.discs = L.featureGroup().addTo(map).bindTooltip(told, { sticky: true });
    this.discs.on("click", function (event) {
      L.DomEvent.stopPropagation(event);
      map.setView(event.propagatedFrom.getLatLng(), Math.min(map.getZoom() + 2, 18));
    });
    map.on("zoomend", this.arrange, this);
  }

  Clusters.prototype = {
    /* Arrange once, however many layers change together. */
    later: function () {
      L.Util.cancelAnimFrame(this.waiting);
      this.waiting = L.Util.requestAnimFrame(this.arrange, this);
    },

    arrange: function () {
      var discs = this.discs;
      discs.clearLayers();
      this.layers.forEach(function (layer) { layer.board.clearLayers(); });
      this.cells().forEach(function (disc) { discs.addLayer(disc); });
      if (this.map.getZoom() >= SINGLE_FROM) {
        this.each(function (layer, mark) {
          if (mark.course) { layer.board.addLayer(mark.course); }
        });
      }
      this.each(function (layer, mark) { layer.board.addLayer(mark); });
      this.map.fire("civgeo:arranged");
    },

    /* Call `act` with every single mark, the most important ones last. */
    each: function (act) {
      this.layers.slice().reverse().forEach(function (layer) {
        layer.single.forEach(function (mark) { act(layer, mark); });
      });
    },

    /* The single marks, the most important ones first; none from afar. */
    singles: function () {
      return this.map.getZoom() < SINGLE_FROM ? [] :
        [].concat.apply([], this.layers.map(function (layer) { return layer.single; }));
    },

    /* What the discs cover, in pixels of the page. */
    boxes: function () {
      var map = this.map, frame = map.getContainer().getBoundingClientRect();
      return this.discs.getLayers().map(function (disc) {
        var at = map.latLngToContainerPoint(disc.getLatLng()), r = disc.getRadius() - 2;
        var x = at.x + frame.left, y = at.y + frame.top;
        return { left: x - r, right: x + r, top: y - r, bottom: y + r };
      });
    },

    /* Clusters of more than one point; the others' points become single ones. */
    cells: function () {
      var map = this.map, near = map.getZoom() < SINGLE_FROM, cells = {};
      this.layers.forEach(function (layer, number) {
        layer.single = [];
        layer.shown.forEach(function (on, group) {
          if (!on) { return; }
          layer.marks[group].forEach(function (mark) {
            if (near) { gather(cells, map.project(mark.getLatLng()), mark, number); } else {
              layer.single.push(mark);
            }
          });
        });
      });
      return this.merged(Object.keys(cells).map(function (key) { return cells[key]; }));
    },

    /* Cells whose discs would overlap become one, the largest first. */
    merged: function (cells) {
      var layers = this.layers, counted = this.counted, kept = [];
      cells.sort(function (one, other) { return other.count - one.count; });
      cells.forEach(function (cell) {
        var under = kept.filter(function (other) { return touches(cell, other); })[0];
        if (under) { join(under, cell); } else { kept.push(cell); }
      });
      return kept.filter(function (cell) {
        if (cell.count === 1) { layers[cell.layer].single.push(cell.mark); }
        return cell.count > 1;
      }).map(function (cell) { return disc(cell, layers, counted); });
    }
  };

  function radius(count) {
    return count > 1 ? Math.min(27, 10 + 2.6 * Math.log(count)) : 7;
  }

  /* `of` holds the number of points of each layer, by the layer's number. */
  function gather(cells, at, mark, layer) {
    var key = Math.floor(at.x / CELL) + ":" + Math.floor(at.y / CELL), place = mark.getLatLng();
    var cell = cells[key] || (cells[key] =
      { count: 0, of: [], x: 0, y: 0, lat: 0, lng: 0, mark: mark, layer: layer });
    cell.of[layer] = (cell.of[layer] || 0) + 1;
    cell.count += 1;
    cell.x += at.x;
    cell.y += at.y;
    cell.lat += place.lat;
    cell.lng += place.lng;
  }

  function touches(one, other) {
    var away = Math.hypot(one.x / one.count - other.x / other.count,
      one.y / one.count - other.y / other.count);
    return away < radius(one.count) + radius(other.count);
  }

  function join(into, cell) {
    cell.of.forEach(function (count, layer) { into.of[layer] = (into.of[layer] || 0) + count; });
    ["count", "x", "y", "lat", "lng"].forEach(function (sum) { into[sum] += cell[sum]; });
  }

  function disc(cell, layers, counted) {
    var parts = [];
    cell.of.forEach(function (count, number) {
      parts.push([layers[number].title, layers[number].colour, count]);
    });
    return new Disc([cell.lat / cell.count, cell.lng / cell.count],
      { parts: parts, counted: counted, radius: radius(cell.count) });
  }

  /* Hand the marks of a layer over, by group; what comes back shows and hides the groups. */
  civgeo.clustered = function (map, board, marks, data) {
    var clusters = map.civgeo.clusters || (map.civgeo.clusters = new Clusters(map, data.counted));
    var layer = { board: board, marks: marks, title: data.title, colour: data.styles[0][1], single: [],
      shown: marks.map(function () { return true; }) };
    clusters.layers.push(layer);
    clusters.later();
    function show(group, on) {
      layer.shown[group] = on;
      clusters.later();
    }
    return marks.map(function (_, group) {
      return { addTo: function () { show(group, true); }, remove: function () { show(group, false); } };
    });
  };
})();
