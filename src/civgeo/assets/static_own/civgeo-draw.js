/* Shapes, fill patterns and labels of civgeo maps. Text is only ever set with textContent. */
"use strict";
var civgeo = {};

(function () {
  var FONT = '"Civgeo Sans SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", ' +
    '"PingFang SC", "WenQuanYi Micro Hei", SimHei, sans-serif';
  var INK = "#2f3b47";

  function polygon(ctx, x, y, corners) {
    ctx.moveTo(x + corners[0][0], y + corners[0][1]);
    for (var i = 1; i < corners.length; i++) {
      ctx.lineTo(x + corners[i][0], y + corners[i][1]);
    }
    ctx.closePath();
  }

  function round(ctx, x, y, r) {
    ctx.arc(x, y, r, 0, 2 * Math.PI);
  }

  var PATHS = {
    circle: round,
    ring: round,
    disc: round,
    triangle: function (ctx, x, y, r) {
      polygon(ctx, x, y, [[0, -1.25 * r], [1.15 * r, 0.85 * r], [-1.15 * r, 0.85 * r]]);
    },
    diamond: function (ctx, x, y, r) {
      polygon(ctx, x, y, [[0, -1.3 * r], [1.3 * r, 0], [0, 1.3 * r], [-1.3 * r, 0]]);
    },
    square: function (ctx, x, y, r) {
      polygon(ctx, x, y, [[-r, -r], [r, -r], [r, r], [-r, r]]);
    },
    down: function (ctx, x, y, r) {
      polygon(ctx, x, y, [[0, 1.25 * r], [1.15 * r, -0.85 * r], [-1.15 * r, -0.85 * r]]);
    },
    cross: function (ctx, x, y, r) {
      ctx.moveTo(x - r, y - r);
      ctx.lineTo(x + r, y + r);
      ctx.moveTo(x + r, y - r);
      ctx.lineTo(x - r, y + r);
    }
  };

  /* A stretch of a line in its pattern, with a white rim. */
  function stretch(ctx, style, x, y, half) {
    [["#ffffff", style[3] + 2.5, []], [style[1], style[3], style[4] || []]].forEach(function (pen) {
      ctx.strokeStyle = pen[0];
      ctx.lineWidth = pen[1];
      ctx.setLineDash(pen[2]);
      ctx.beginPath();
      ctx.moveTo(x - half, y);
      ctx.lineTo(x + half, y);
      ctx.stroke();
    });
    ctx.setLineDash([]);
  }

  /* Draw one symbol: hollow shapes keep their colour in the line, so that they differ from
     filled ones without it. */
  function symbol(ctx, style, x, y, r) {
    var shape = style[0], colour = style[1], glyph = style[2];
    ctx.beginPath();
    PATHS[shape](ctx, x, y, r);
    ctx.strokeStyle = "#ffffff";
    ctx.lineWidth = r > 4 ? 4 : r > 2.8 ? 2.2 : 1;
    ctx.stroke();
    if (shape !== "cross") {
      ctx.fillStyle = shape === "ring" ? "#ffffff" : colour;
      ctx.fill();
    }
    ctx.strokeStyle = shape === "ring" || shape === "cross" ? INK : "rgba(35,45,55,0.85)";
    ctx.lineWidth = shape === "ring" || shape === "cross" ? 1.5 : r > 4 ? 1 : 0.6;
    if (r > 3 || shape === "ring" || shape === "cross") { ctx.stroke(); }
    if (glyph && r >= 7) {
      ctx.fillStyle = "#ffffff";
      ctx.font = "bold " + Math.round(1.3 * r) + "px " + FONT;
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.fillText(glyph, x, y + 0.5);
    }
  }

  /* Radius in pixels by zoom; symbols with a character inside are larger. */
  function radius(zoom, glyph) {
    var r = Math.max(2.4, Math.min(9, 2.4 + (zoom - 9) * 1.1));
    return glyph ? Math.max(4.5, Math.min(11, r * 1.7)) : r;
  }

  /* A ring whose arcs stand for the parts [title, colour, number], with their sum inside. */
  civgeo.ring = function (ctx, parts, x, y, r) {
    var count = parts.reduce(function (sum, part) { return sum + part[2]; }, 0);
    var from = -Math.PI / 2, width = Math.max(4, r * 0.3);
    ctx.beginPath();
    round(ctx, x, y, r);
    ctx.fillStyle = "#ffffff";
    ctx.fill();
    ctx.lineWidth = width;
    parts.forEach(function (part) {
      var to = from + 2 * Math.PI * part[2] / count;
      ctx.beginPath();
      ctx.arc(x, y, r - width / 2, from, to);
      ctx.strokeStyle = part[1];
      ctx.stroke();
      from = to;
    });
    ctx.fillStyle = INK;
    ctx.font = "bold " + Math.round(r > 16 ? 13 : 11) + "px " + FONT;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillText(String(count), x, y + 0.5);
  };

  var OUTLINES_FROM = 14;

  function outlines(ctx, rings, colour) {
    ctx.beginPath();
    rings.forEach(function (ring) {
      ring.forEach(function (corner, number) {
        ctx[number ? "lineTo" : "moveTo"](corner.x, corner.y);
      });
      ctx.closePath();
    });
    ctx.globalAlpha = 0.35;
    ctx.fillStyle = colour;
    ctx.fill();
    ctx.globalAlpha = 1;
    ctx.strokeStyle = INK;
    ctx.lineWidth = 1;
    ctx.stroke();
  }

  /* The course of a street or river in the colour of its kind, with a white rim. */
  civgeo.Course = L.Polyline.extend({
    _updatePath: function () {
      var renderer = this._renderer, colour = this.options.color;
      var width = this.options.width || 2.5;
      [["#ffffff", width + 2.5, []], [colour, width, this.options.dashes]].forEach(function (pen) {
        this.options.color = pen[0];
        this.options.weight = pen[1];
        this.options._dashArray = pen[2];
        renderer._updatePoly(this);
      }, this);
      this.options.color = colour;
    }
  });

  /* A point on Leaflet's canvas with our own shape, over its outline when one is close. */
  civgeo.Mark = L.CircleMarker.extend({
    _project: function () {
      var map = this._map, zoom = map.getZoom();
      this._radius = radius(zoom, this.options.civgeo[2]);
      this._rings = zoom < OUTLINES_FROM ? [] : this.options.rings.map(function (ring) {
        return ring.map(function (corner) { return map.latLngToLayerPoint(corner); });
      });
      L.CircleMarker.prototype._project.call(this);
    },
    _updateBounds: function () {
      L.CircleMarker.prototype._updateBounds.call(this);
      var bounds = this._pxBounds;
      this._rings.forEach(function (ring) { ring.forEach(function (at) { bounds.extend(at); }); });
    },
    _updatePath: function () {
      var renderer = this._renderer;
      if (!renderer._ctx || !renderer._drawing || this._empty()) { return; }
      renderer._ctx.globalAlpha = 1;
      if (this.options.civgeo[0] === "line") { return; }
      if (this._rings.length) { outlines(renderer._ctx, this._rings, this.options.civgeo[1]); }
      symbol(renderer._ctx, this.options.civgeo, this._point.x, this._point.y, this._radius);
    }
  });

  function line(ctx, x1, y1, x2, y2) {
    ctx.beginPath();
    ctx.moveTo(x1, y1);
    ctx.lineTo(x2, y2);
    ctx.stroke();
  }

  var STROKES = {
    stripes: function (ctx) {
      line(ctx, -2, 10, 10, -2);
      line(ctx, -2, 2, 2, -2);
      line(ctx, 6, 10, 10, 6);
    },
    crossed: function (ctx) {
      line(ctx, 0, 8, 8, 0);
      line(ctx, 0, 0, 8, 8);
    },
    grid: function (ctx) {
      line(ctx, 0, 4, 8, 4);
      line(ctx, 4, 0, 4, 8);
    },
    dots: function (ctx) {
      ctx.beginPath();
      ctx.arc(2, 2, 1, 0, 2 * Math.PI);
      ctx.arc(6, 6, 1, 0, 2 * Math.PI);
      ctx.fill();
    }
  };
  var tiles = {};

  /* Colour, or a canvas pattern of the colour with strokes over it. */
  civgeo.fill = function (colour, pattern) {
    if (!STROKES[pattern]) { return colour; }
    var key = colour + pattern;
    if (!tiles[key]) {
      var tile = document.createElement("canvas"), ctx = tile.getContext("2d");
      tile.width = tile.height = 8;
      ctx.fillStyle = colour;
      ctx.fillRect(0, 0, 8, 8);
      ctx.strokeStyle = ctx.fillStyle = "rgba(45,55,65,0.5)";
      ctx.lineWidth = 1;
      STROKES[pattern](ctx);
      tiles[key] = ctx.createPattern(tile, "repeat");
    }
    return tiles[key];
  };

  function sample(width, height, draw) {
    var canvas = document.createElement("canvas"), scale = window.devicePixelRatio || 1;
    canvas.width = width * scale;
    canvas.height = height * scale;
    canvas.className = "civgeo-sample";
    var ctx = canvas.getContext("2d");
    ctx.scale(scale, scale);
    draw(ctx);
    return canvas;
  }

  civgeo.swatch = function (colour, pattern) {
    return sample(30, 16, function (ctx) {
      ctx.fillStyle = civgeo.fill(colour, pattern);
      ctx.fillRect(0.5, 0.5, 29, 15);
      ctx.strokeStyle = INK;
      ctx.lineWidth = 0.8;
      ctx.strokeRect(0.5, 0.5, 29, 15);
    });
  };

  civgeo.symbol = function (style) {
    return sample(30, 20, function (ctx) {
      if (style[0] === "line") { return stretch(ctx, style, 15, 10, 14); }
      symbol(ctx, style, 15, 10, style[2] ? 8.5 : 5.5);
    });
  };

  function overlaps(one, boxes) {
    return boxes.some(function (other) {
      return one.left < other.right && other.left < one.right &&
        one.top < other.bottom && other.top < one.bottom;
    });
  }

  /* Text at a place of the map, in the pane of labels, centred and clear of the pointer. */
  civgeo.label = function (map, at, box) {
    var pane = map.getPane("civgeo-labels") || map.createPane("civgeo-labels");
    pane.style.pointerEvents = "none";
    return L.marker(at, {
      pane: "civgeo-labels", interactive: false, keyboard: false,
      icon: L.divIcon({ className: "civgeo-label-anchor", html: box, iconSize: [0, 0] })
    });
  };

  function moved(rect, shift) {
    return { left: rect.left, right: rect.right, top: rect.top + shift,
      bottom: rect.bottom + shift };
  }

  /* The smallest shift up or down that keeps `rect` clear of `boxes`; undefined for none. */
  function free(rect, boxes) {
    return [0, 8, -8, 16, -16, 24, -24, 32, -32].filter(function (shift) {
      return !overlaps(moved(rect, shift), boxes);
    })[0];
  }

  /* Names of areas as page text over the canvas, beside the discs of points; where two would
     overlap the lesser one waits for a closer zoom. Items come most important first. */
  civgeo.labels = function (map, items) {
    var markers = items.map(function (item) {
      var box = L.DomUtil.create("div", "civgeo-label " + (item.className || (item.context ? "context" : "")));
      L.DomUtil.create("span", "", box).textContent = item.name;
      if (item.sublabel) { L.DomUtil.create("small", "", box).textContent = item.sublabel; }
      return civgeo.label(map, item.at, box);
    });
    function settle() {
      var taken = [], covered = map.civgeo.clusters ? map.civgeo.clusters.boxes() : [];
      markers.forEach(function (marker) {
        var element = marker.getElement();
        if (!element) { return; }
        var box = element.firstChild;
        box.style.visibility = box.style.marginTop = "";
        var rect = box.getBoundingClientRect();
        var shift = free(rect, taken.concat(covered));
        if (shift === undefined) { shift = overlaps(rect, taken) ? undefined : 0; }
        if (shift === undefined) {
          box.style.visibility = "hidden";
        } else {
          box.style.marginTop = shift + "px";
          taken.push(moved(rect, shift));
        }
      });
    }
    var group = L.layerGroup(markers);
    group.on("add", settle);
    map.on("zoomend resize civgeo:arranged", settle);
    group.addTo(map);
    settle();
    if (document.fonts && document.fonts.ready) { document.fonts.ready.then(settle); }
    return group;
  };
})();
