/* Dashed lines between a proposed place and what it conflicts with, and words beside both ends.
   Text is only ever set with textContent. */
"use strict";

(function () {
  civgeo.links = function (map, id) {
    var data = JSON.parse(document.getElementById(id).textContent);
    var lines = L.layerGroup(data.links.map(function (link) {
      return L.polyline([[link[0], link[1]], [link[2], link[3]]],
        { color: link[4], weight: 1.5, dashArray: "5 5", interactive: false });
    })).addTo(map);
    var words = L.layerGroup().addTo(map);
    var marks = data.words.map(function (word) {
      var at = L.latLng(word[0], word[1]);
      return { civgeo: [0, 0, 0, 0, word[2]], getLatLng: function () { return at; } };
    });
    function arrange() {
      words.clearLayers();
      civgeo.namesBeside(map, marks).forEach(function (label) {
        label.options.icon.options.html.style.background = "rgba(255, 255, 255, 0.85)";
        words.addLayer(label);
      });
    }
    map.on("moveend", arrange);
    arrange();
    civgeo.toggles(map, data.title, [
      { label: data.labels[0], layer: lines }, { label: data.labels[1], layer: words }
    ], true);
  };
})();
