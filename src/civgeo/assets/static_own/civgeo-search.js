/* Search box over the named points of a map: characters, pinyin without tones, initials, or a
   mixture. It reads the page's own data; every text from them is set with textContent. */
"use strict";

(function () {
  var MOST = 20, make = L.DomUtil.create;

  function text(tag, className, parent, content) {
    var element = make(tag, className, parent);
    element.textContent = content;
    return element;
  }

  /* ---- matching ---- */

  /* As civgeo.language.bigrams.fold: small letters, without spaces and signs. */
  function fold(name) {
    return name.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{M}\p{N}]/gu, "");
  }

  /* What was typed: folded, tone marks gone, v for ü. */
  function typed(query) {
    return fold(query).normalize("NFD").replace(/u\u0308/g, "v")
      .replace(/[\u0300-\u036f]/g, "").normalize("NFC");
  }

  /* A name as characters and their sounds; without sounds only its characters are matched. */
  function key(name, sounds) {
    var chars = Array.from(fold(name)), parts = sounds ? sounds.split(" ") : [];
    return { chars: chars, sounds: parts.length === chars.length ? parts : chars };
  }

  function sharedStart(sound, query, from) {
    var length = 0;
    while (length < sound.length && sound[length] === query[from + length]) { length += 1; }
    return length;
  }

  /* How much of `query` from `from` on one character takes: it whole, or a start of its sound,
     the longest first. */
  function takes(one, place, query, from) {
    if (query.startsWith(one.chars[place], from)) { return [one.chars[place].length]; }
    var sound = one.sounds[place], plain = sound.replace("v", "u"), found = [];
    var longest = Math.max(sharedStart(sound, query, from), sharedStart(plain, query, from));
    for (var length = longest; length > 0; length -= 1) { found.push(length); }
    return found;
  }

  /* Cost of matching the rest of `query` from the character at `place`: one for each sound that
     is cut short; Infinity where it does not match. */
  function rest(one, place, query, from) {
    if (from === query.length) { return 0; }
    if (place === one.chars.length) { return Infinity; }
    var best = Infinity, whole = one.sounds[place].length;
    takes(one, place, query, from).forEach(function (length) {
      var cut = length < whole && !query.startsWith(one.chars[place], from) ? 1 : 0;
      best = Math.min(best, cut + rest(one, place + 1, query, from + length));
    });
    return best;
  }

  /* Rank of a name, smaller is better: at its beginning before inside, fewer sounds cut short
     before more, shorter names before longer ones. */
  function rank(one, query) {
    for (var place = 0; place < one.chars.length; place += 1) {
      var cost = rest(one, place, query, 0);
      if (cost < Infinity) { return (place ? 10000 : 0) + 100 * cost + one.chars.length; }
    }
    return Infinity;
  }

  /* ---- the names of the page ---- */

  function entries(map, data) {
    var all = [];
    data.layers.forEach(function (layer) {
      var points = map.civgeo.points[layer.id];
      points.rows.forEach(function (row, number) {
        var given = layer.names[number], others = Array.isArray(given) ? given.slice(1) : [];
        all.push({
          row: row, points: points, zoom: layer.zoom, others: others,
          own: key(row[4], Array.isArray(given) ? given[0] : given),
          keys: others.map(function (other) { return key(other[0], ""); })
        });
      });
    });
    return all;
  }

  /* The best match of an entry: by its own name, or behind all such by another one. */
  function match(entry, query) {
    var found = { entry: entry, rank: rank(entry.own, query), by: null };
    entry.keys.forEach(function (other, number) {
      var beside = 1000000 + rank(other, query);
      if (beside < found.rank) { found = { entry: entry, rank: beside, by: entry.others[number] }; }
    });
    return found;
  }

  function search(all, query) {
    var folded = typed(query);
    if (!folded) { return []; }
    return all.map(function (entry) { return match(entry, folded); })
      .filter(function (found) { return found.rank < Infinity; })
      .sort(function (one, other) { return one.rank - other.rank; });
  }

  /* ---- the box ---- */

  function field(box) {
    var input = make("input", "", box);
    var attributes = { type: "search", role: "combobox", autocomplete: "off", spellcheck: "false",
      placeholder: "找地名：汉字、拼音、首字母", "aria-label": "找地名，可输入汉字、拼音或首字母",
      "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": "civgeo-hits" };
    Object.keys(attributes).forEach(function (name) { input.setAttribute(name, attributes[name]); });
    return input;
  }

  function option(found, number, place) {
    var row = found.entry.row, item = make("li", "");
    item.id = "civgeo-hit-" + number;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    text("strong", "", item, row[4]);
    text("span", "", item, [row[5], row[8][place]].filter(Boolean).join("，"));
    if (found.by && found.by[1]) { text("span", "", item, found.by[1] + "：" + found.by[0]); }
    return item;
  }

  function Box(map, data) {
    this.map = map;
    this.data = data;
    this.all = null;
    this.hits = [];
    this.at = -1;
    this.ring = L.circleMarker([0, 0], { radius: 17, color: "#c0262d", weight: 3, fill: false,
      interactive: false });
  }

  Box.prototype = {
    build: function () {
      var box = make("div", "civgeo-search"), self = this;
      box.setAttribute("role", "search");
      this.input = field(box);
      var under = make("div", "", box);
      this.said = make("p", "", under);
      this.said.setAttribute("role", "status");
      this.list = make("ul", "", under);
      this.list.id = "civgeo-hits";
      this.list.hidden = true;
      this.list.setAttribute("role", "listbox");
      this.list.setAttribute("aria-label", "找到的地名");
      this.input.addEventListener("input", function () { self.look(); });
      this.input.addEventListener("focus", function () { if (self.list.hidden) { self.look(); } });
      this.input.addEventListener("keydown", function (event) { self.press(event); });
      box.addEventListener("focusout", function (event) {
        if (!box.contains(event.relatedTarget)) { self.close(); }
      });
      /* The field keeps the focus while a hit is clicked. */
      this.list.addEventListener("mousedown", function (event) { event.preventDefault(); });
      L.DomEvent.disableClickPropagation(box).disableScrollPropagation(box);
      return box;
    },

    look: function () {
      var self = this, query = this.input.value;
      this.all = this.all || entries(this.map, this.data);
      var found = search(this.all, query);
      this.hits = found.slice(0, MOST);
      this.list.textContent = "";
      this.hits.forEach(function (hit, number) {
        var item = option(hit, number, self.data.place);
        item.addEventListener("click", function () { self.choose(number); });
        self.list.appendChild(item);
      });
      this.said.textContent = !query.trim() ? "" : !found.length ? "没有找到这个地名" :
        found.length > MOST ? "找到 " + found.length + " 条，列出前 " + MOST + " 条" :
          "找到 " + found.length + " 条";
      this.show(this.hits.length > 0);
      this.mark(this.hits.length ? 0 : -1);
    },

    show: function (open) {
      this.list.hidden = !open;
      this.list.style.maxHeight = this.map.getSize().y - 100 + "px";
      this.input.setAttribute("aria-expanded", String(open));
    },

    close: function () {
      this.show(false);
      this.mark(-1);
      this.said.textContent = "";
    },

    mark: function (number) {
      var items = this.list.children;
      if (items[this.at]) { items[this.at].setAttribute("aria-selected", "false"); }
      this.at = number;
      if (!items[number]) {
        this.input.removeAttribute("aria-activedescendant");
        return;
      }
      items[number].setAttribute("aria-selected", "true");
      this.input.setAttribute("aria-activedescendant", items[number].id);
      if (items[number].scrollIntoView) { items[number].scrollIntoView({ block: "nearest" }); }
    },

    press: function (event) {
      var count = this.hits.length, open = !this.list.hidden;
      if (event.isComposing) { return; }
      if (event.key === "Enter" && open) { this.choose(this.at); }
      else if (event.key === "ArrowDown" && !open) { this.look(); }
      else if (event.key === "ArrowDown") { this.mark((this.at + 1) % count); }
      else if (event.key === "ArrowUp" && open) { this.mark((this.at + count - 1) % count); }
      else if (event.key === "Escape" && open) { this.close(); }
      else { return; }
      event.preventDefault();
      event.stopPropagation();
    },

    choose: function (number) {
      var entry = this.hits[number].entry, at = [entry.row[0], entry.row[1]];
      this.input.value = entry.row[4];
      this.close();
      this.map.setView(at, Math.max(this.map.getZoom(), entry.zoom), { animate: false });
      this.ring.setLatLng(at).addTo(this.map);
      entry.points.open(entry.row);
    }
  };

  civgeo.search = function (map, id) {
    var box = new Box(map, JSON.parse(document.getElementById(id).textContent));
    var control = L.control({ position: "topleft" });
    control.onAdd = function () { return box.build(); };
    control.addTo(map);
    /* Above the buttons for the zoom, and before them in the order of the keys. */
    var corner = control.getContainer().parentNode;
    corner.insertBefore(control.getContainer(), corner.firstChild);
    civgeo.named(map);
  };
})();
