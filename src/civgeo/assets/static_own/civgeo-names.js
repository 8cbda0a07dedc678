/* Names of single points beside their symbols, from nearby. Text is only ever set with
   textContent. */
"use strict";

(function () {
  var WIDE = 13, NARROW = 8, GAP = 14, MOST_NAMED = 250;

  /* About how wide a name is, in pixels: measuring each would take far longer. */
  function width(name) {
    return Array.from(name).reduce(function (sum, char) {
      return sum + (char < "\u1100" ? NARROW : WIDE);
    }, 0);
  }

  /* Where a name may stand: right, left, above, below its symbol at x, y. */
  function seats(at, wide) {
    var half = wide / 2;
    return [[GAP + half, 0], [-GAP - half, 0], [0, -GAP - 8], [0, GAP + 8]].map(function (shift) {
      var x = at.x + shift[0], y = at.y + shift[1];
      return { shift: shift, left: x - half, right: x + half, top: y - 8, bottom: y + 8 };
    });
  }

  function apart(one, other) {
    return one.right < other.left || other.right < one.left ||
      one.bottom < other.top || other.bottom < one.top;
  }

  /* Names of those of `all` in view, each where it covers no symbol and no other name, or nowhere. */
  civgeo.namesBeside = function (map, all) {
    var view = L.latLngBounds(map.getBounds()), shown = [];
    var marks = all.filter(function (mark) {
      return view.contains(mark.getLatLng());
    }).slice(0, MOST_NAMED);
    var places = marks.map(function (mark) { return map.latLngToContainerPoint(mark.getLatLng()); });
    var taken = places.map(function (at) {
      return { left: at.x - 9, right: at.x + 9, top: at.y - 9, bottom: at.y + 9 };
    });
    marks.forEach(function (mark, number) {
      var name = mark.civgeo[4];
      var seat = seats(places[number], width(name)).filter(function (box) {
        return taken.every(function (other) { return apart(box, other); });
      })[0];
      if (!seat) { return; }
      taken.push(seat);
      var box = L.DomUtil.create("div", "civgeo-label civgeo-name");
      box.textContent = name;
      box.style.left = seat.shift[0] + "px";
      box.style.top = seat.shift[1] + "px";
      shown.push(civgeo.label(map, mark.getLatLng(), box));
    });
    return shown;
  };

  civgeo.named = function (map) {
    var names = L.layerGroup().addTo(map);
    map.on("moveend civgeo:arranged", function () {
      names.clearLayers();
      civgeo.namesBeside(map, map.civgeo.clusters.singles()).forEach(function (label) {
        names.addLayer(label);
      });
    });
  };
})();
