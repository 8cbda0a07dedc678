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
    cross: function (ctx, x, y, r) {
      ctx.moveTo(x - r, y - r);
      ctx.lineTo(x + r, y + r);
      ctx.moveTo(x + r, y - r);
      ctx.lineTo(x - r, y + r);
    }
  };

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
    ctx.stroke();
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

  /* A point on Leaflet's canvas with our own shape. */
  civgeo.Mark = L.CircleMarker.extend({
    _project: function () {
      this._radius = radius(this._map.getZoom(), this.options.civgeo[2]);
      L.CircleMarker.prototype._project.call(this);
    },
    _updatePath: function () {
      var renderer = this._renderer;
      if (!renderer._ctx || !renderer._drawing || this._empty()) { return; }
      renderer._ctx.globalAlpha = 1;
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
      symbol(ctx, style, 15, 10, style[2] ? 8.5 : 5.5);
    });
  };

  function overlaps(one, boxes) {
    return boxes.some(function (other) {
      return one.left < other.right && other.left < one.right &&
        one.top < other.bottom && other.top < one.bottom;
    });
  }

  /* Names of areas as page text over the canvas; where two would overlap the lesser one waits
     for a closer zoom. Items come most important first. */
  civgeo.labels = function (map, items) {
    var pane = map.getPane("civgeo-labels") || map.createPane("civgeo-labels");
    var markers = items.map(function (item) {
      var box = L.DomUtil.create("div", "civgeo-label" + (item.context ? " context" : ""));
      L.DomUtil.create("span", "", box).textContent = item.name;
      if (item.sublabel) { L.DomUtil.create("small", "", box).textContent = item.sublabel; }
      return L.marker(item.at, {
        pane: "civgeo-labels", interactive: false, keyboard: false,
        icon: L.divIcon({ className: "civgeo-label-anchor", html: box, iconSize: [0, 0] })
      });
    });
    function settle() {
      var taken = [];
      markers.forEach(function (marker) {
        var element = marker.getElement();
        if (!element) { return; }
        var box = element.firstChild;
        box.style.visibility = "";
        var rect = box.getBoundingClientRect();
        if (overlaps(rect, taken)) {
          box.style.visibility = "hidden";
        } else {
          taken.push(rect);
        }
      });
    }
    pane.style.pointerEvents = "none";
    var group = L.layerGroup(markers);
    group.on("add", settle);
    map.on("zoomend resize", settle);
    group.addTo(map);
    settle();
    if (document.fonts && document.fonts.ready) { document.fonts.ready.then(settle); }
    return group;
  };
})();
