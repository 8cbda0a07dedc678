"use strict";
/* The page of a field package: a list in route order, and a form for each marker and segment. */

(function () {
  const sheet = JSON.parse(document.getElementById("civgeo-data").textContent);
  const answers = civgeoAnswers(sheet);
  const main = document.getElementById("main");
  const items = [];
  let shown = null;
  for (const stop of sheet.stops) {
    if (stop.segment !== null) items.push({ kind: "segments", data: sheet.segments[stop.segment] });
    for (const place of stop.markers) items.push({ kind: "markers", data: sheet.markers[place] });
  }

  function el(tag, given, ...children) {
    const made = document.createElement(tag);
    for (const [key, value] of Object.entries(given || {})) {
      if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
      else if (key in made && typeof value !== "string") made[key] = value;
      else made.setAttribute(key, value);
    }
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  }

  const field = (title, ...children) => el("div", { class: "field" }, el("h3", {}, title), ...children);

  function say(text) {
    document.getElementById("said").textContent = text;
  }

  /* One of several, or several of several; pressed again it is taken back. */
  function buttons(name, options, isOn, choose) {
    const row = el("div", { class: "choices", role: "group", "aria-label": name });
    const show = () => row.querySelectorAll("button").forEach((button, place) =>
      button.setAttribute("aria-pressed", String(isOn(options[place][0]))));
    for (const [value, label] of options) {
      row.append(el("button", { type: "button", onclick: () => { choose(value); show(); progress(); } }, label));
    }
    show();
    return row;
  }

  function typed(label, value, change, given) {
    const input = el("input", Object.assign({ type: "text", autocomplete: "off" }, given));
    input.value = value || "";
    input.addEventListener("input", () => { change(input.value); progress(); });
    return el("label", { class: "typed" }, el("span", {}, label), input);
  }

  function longText(label, value, change) {
    const area = el("textarea", { rows: 3, "aria-label": label });
    area.value = value || "";
    area.addEventListener("input", () => { change(area.value); progress(); });
    return area;
  }

  function progress() {
    const done = answers.answered();
    const bar = document.getElementById("progress");
    bar.max = items.length;
    bar.value = done.markers.length + done.segments.length;
    document.getElementById("count").textContent =
      "界桩 " + done.markers.length + "/" + sheet.markers.length +
      "　界线段 " + done.segments.length + "/" + sheet.segments.length;
    document.getElementById("unsaved").hidden = answers.isStored();
    const day = document.getElementById("day");
    if (day && !day.value) day.value = answers.of(shown.kind, shown.data.id).inspected_on || "";
  }

  function setup() {
    const side = buttons("记录方", sheet.sides.map((item) => [item.code, item.name]),
      (value) => answers.head("side") === value, (value) => answers.setHead("side", value));
    const datum = el("select", { id: "datum", "aria-label": "坐标系" }, el("option", { value: "" }, "请选择"));
    for (const [value, label] of sheet.datums) datum.append(el("option", { value: value }, label));
    datum.value = answers.head("datum") || "";
    datum.addEventListener("change", () => { answers.setHead("datum", datum.value); });
    return el("section", { class: "card" },
      field("记录方", side),
      typed("检查人", answers.head("inspector"), (text) => answers.setHead("inspector", text)),
      field("坐标系", datum,
        el("p", { class: "hint" }, "手机定位为 WGS-84，与 CGCS2000 相差不到 1 米。高德、腾讯地图的读数是 GCJ-02，" +
          "百度地图是 BD-09，相差数百米，须如实选择。")));
  }

  function listed(item, place) {
    const data = item.data;
    const marker = item.kind === "markers";
    const done = answers.isAnswered(answers.of(item.kind, data.id));
    const km = marker ? "km " + data.km : "km " + data.start + " → " + data.end + "　" + data.direction;
    return el("li", {}, el("a", { href: "#" + place, class: marker ? "stop" : "leg" },
      el("b", { class: done ? "tick done" : "tick", "aria-label": done ? "已填" : "未填" }, done ? "✓" : ""),
      el("span", {}, el("strong", {}, (marker ? "" : "段 ") + data.name), el("small", {}, km))));
  }

  function showList() {
    main.replaceChildren(setup(), el("ol", { class: "route" }, ...items.map(listed)));
    document.getElementById("back").hidden = true;
  }

  function facts(data) {
    const list = el("dl", {});
    for (const [title, text] of data.facts) list.append(el("dt", {}, title), el("dd", {}, text));
    return el("details", {}, el("summary", {}, "登记内容"), list);
  }

  function witnessRow(marker, place, given, set) {
    const known = marker.witnesses[place];
    const own = Object.assign({}, given[place]);
    const change = (key, value) => { own[key] = value; set(place, own); };
    const read = known ? [known.azimuth, known.distance && known.distance + " m"].filter(Boolean).join("　") : "";
    const name = known
      ? el("p", {}, el("strong", {}, (place + 1) + "号 " + known.name), el("small", {}, read || "方位角、距离未登记"))
      : typed("新方位物名称", own.name, (text) => change("name", text));
    return el("div", { class: "witness" }, name,
      buttons((known ? known.name : "新方位物") + " 找到", [[true, "找到"], [false, "没找到"]],
        (value) => own.found === value, (value) => change("found", own.found === value ? undefined : value)),
      el("div", { class: "pair" },
        typed("实测方位角", own.grid_azimuth, (text) => change("grid_azimuth", text), { placeholder: "57°10′" }),
        typed("实测距离 m", own.distance_m, (text) => change("distance_m", text), { inputmode: "decimal" })));
  }

  function witnesses(marker) {
    const given = (answers.of("markers", marker.id).witnesses || []).slice();
    const set = (place, row) => { given[place] = row; answers.set("markers", marker.id, "witnesses", Array.from(given, (one) => one || {})); };
    const box = el("div", {});
    const count = Math.max(marker.witnesses.length, given.length);
    for (let place = 0; place < count; place += 1) box.append(witnessRow(marker, place, given, set));
    const add = el("button", { type: "button", class: "quiet", onclick: () => {
      add.before(witnessRow(marker, box.children.length - 1, given, set));
    } }, "增补一个方位物");
    box.append(add);
    return field("方位物", box);
  }

  function place(marker, redraw) {
    const now = answers.of("markers", marker.id);
    const set = (key) => (text) => answers.set("markers", marker.id, key, text);
    const found = el("p", { class: "hint", role: "status" });
    const inputs = el("div", { class: "pair" },
      typed("经度", now.longitude, set("longitude"), { inputmode: "decimal" }),
      typed("纬度", now.latitude, set("latitude"), { inputmode: "decimal" }));
    const locate = el("button", { type: "button", onclick: () => locateHere(marker, found, redraw) }, "用手机定位");
    return field("实测坐标", locate, found, inputs,
      typed("高程 m", now.height_m, set("height_m"), { inputmode: "decimal" }));
  }

  function locateHere(marker, found, redraw) {
    const datum = answers.head("datum");
    if (datum && datum !== "EPSG:4490" && datum !== "EPSG:4326") {
      found.textContent = "手机定位给出 WGS-84 坐标，而首页选的坐标系不是；请先改选坐标系，或手工填写。";
      return;
    }
    if (!navigator.geolocation) {
      found.textContent = "这个浏览器不能定位，请手工填写坐标。";
      return;
    }
    found.textContent = "正在定位……";
    navigator.geolocation.getCurrentPosition((position) => {
      if (!datum) answers.setHead("datum", "EPSG:4326");
      answers.set("markers", marker.id, "longitude", position.coords.longitude.toFixed(7));
      answers.set("markers", marker.id, "latitude", position.coords.latitude.toFixed(7));
      redraw();
      say("已定位（WGS-84），误差约 " + Math.round(position.coords.accuracy) + " 米。");
    }, (error) => {
      found.textContent = "定位失败（" + error.message + "）。请开启定位权限，或手工填写测量设备的读数。";
    }, { enableHighAccuracy: true, timeout: 30000, maximumAge: 0 });
  }

  function photo(marker, slot, label) {
    const name = (answers.of("markers", marker.id).photos || {})[slot];
    const key = marker.id + "/" + slot;
    const image = el("img", { alt: label + "照片预览" });
    const told = el("small", {}, name || "未选照片");
    const show = () => { const data = answers.preview(key); image.hidden = !data; if (data) image.src = data; };
    const input = el("input", { type: "file", accept: "image/*", "aria-label": label + "照片", onchange: () => {
      const file = input.files[0];
      if (!file) return;
      answers.set("markers", marker.id, "photos",
        Object.assign({}, answers.of("markers", marker.id).photos, { [slot]: file.name }));
      told.textContent = file.name;
      progress();
      shrink(file, (data) => { answers.keepPreview(key, data); show(); });
    } });
    show();
    return el("label", { class: "photo" }, el("strong", {}, label), image, told, input);
  }

  /* A small picture for the eye; the photo itself stays on the phone. */
  function shrink(file, then) {
    const source = new Image();
    const address = URL.createObjectURL(file);
    source.onload = () => {
      const scale = Math.min(1, 200 / Math.max(source.width, source.height));
      const canvas = el("canvas", { width: Math.round(source.width * scale), height: Math.round(source.height * scale) });
      canvas.getContext("2d").drawImage(source, 0, 0, canvas.width, canvas.height);
      URL.revokeObjectURL(address);
      then(canvas.toDataURL("image/jpeg", 0.6));
    };
    source.onerror = () => { URL.revokeObjectURL(address); then(""); };
    source.src = address;
  }

  function markerForm(marker, redraw) {
    const id = marker.id;
    const now = () => answers.of("markers", id);
    const set = (key, value) => answers.set("markers", id, key, value);
    const acted = (value) => Boolean((now().actions || {})[value]);
    const twins = marker.twins.length ? "（与 " + marker.twins.join("、") + " 同号）" : "";
    return [
      el("h2", {}, "界桩 " + marker.number + twins, el("small", {}, "第 " + marker.order + " 个，km " + marker.km)),
      marker.sketch ? el("img", { class: "sketch", src: marker.sketch, alt: "界桩 " + marker.number + " 略图" }) : null,
      facts(marker),
      field("界桩状况", buttons("界桩状况", sheet.states, (value) => now().state === value,
        (value) => set("state", now().state === value ? "" : value))),
      field("处理措施", buttons("处理措施", sheet.actions, acted,
        (value) => set("actions", Object.assign({}, now().actions, { [value]: acted(value) ? "" : true })))),
      witnesses(marker),
      place(marker, redraw),
      field("照片（只记文件名，照片留在手机里）",
        el("div", { class: "photos" }, ...sheet.slots.map(([slot, label]) => photo(marker, slot, label)))),
      field("备注", longText("备注", now().remark, (text) => set("remark", text))),
      typed("检查日期", now().inspected_on, (text) => set("inspected_on", text), { type: "date", id: "day" }),
    ];
  }

  function segmentForm(segment) {
    const now = () => answers.of("segments", segment.id);
    const set = (key, value) => answers.set("segments", segment.id, key, value);
    const asked = sheet.questions.map(([key, title]) => field(title, buttons(title, [[false, "无"], [true, "有"]],
      (value) => now()[key] === value, (value) => set(key, now()[key] === value ? undefined : value))));
    return [
      el("h2", {}, "界线段 " + segment.name,
        el("small", {}, "km " + segment.start + " → " + segment.end + "　走向 " + segment.direction)),
      el("p", { class: "hint" }, segment.course ? "登记走向：" + segment.course : "登记的走向说明没有单独写明本段。"),
      ...asked,
      field("情况说明", longText("情况说明", now().note, (text) => set("note", text))),
      typed("检查日期", now().inspected_on, (text) => set("inspected_on", text), { type: "date", id: "day" }),
    ];
  }

  function showItem(place) {
    const item = items[place];
    shown = item;
    const redraw = () => showItem(place);
    const step = (to, words) => el("a", { class: "button", href: to === null ? "#" : "#" + to }, words);
    const form = item.kind === "markers" ? markerForm(item.data, redraw) : segmentForm(item.data);
    main.replaceChildren(el("section", { class: "card" }, ...form.filter(Boolean)),
      el("nav", { class: "pair" },
        place > 0 ? step(place - 1, "← 上一项") : step(null, "回到列表"),
        place + 1 < items.length ? step(place + 1, "下一项 →") : step(null, "回到列表")));
    document.getElementById("back").hidden = false;
  }

  function show() {
    const place = /^#\d+$/.test(location.hash) ? Number(location.hash.slice(1)) : -1;
    say("");
    if (items[place]) showItem(place); else showList();
    progress();
    window.scrollTo(0, 0);
  }

  /* Go where it can be put right, and say what is wrong once the page is there. */
  function complain(place, text) {
    location.hash = "#" + place;
    setTimeout(() => say(text), 50);
  }

  /* Results as text, or null after saying why they cannot be saved yet. */
  function finished() {
    const faults = answers.numberFaults();
    if (!answers.head("side")) {
      complain("", "请先在首页选择记录方，再保存。");
    } else if (faults.length) {
      const place = items.findIndex((item) => item.data === faults[0].marker);
      complain(place, "界桩 " + faults[0].marker.number + " 的" + faults[0].title + "不是数字，请改正后再保存。");
    } else if (!answers.head("datum") && answers.results().markers.some((one) => one.longitude !== null)) {
      complain("", "已填坐标，请先在首页选择坐标系，再保存。");
    } else {
      return JSON.stringify(answers.results(), null, 1);
    }
    return null;
  }

  function save() {
    const text = finished();
    if (text === null) return;
    const plain = (part) => String(part).replace(/[^\w-]+/g, "_");
    const name = ["civgeo-results", plain(sheet.line), "r" + sheet.round, plain(answers.head("side"))].join("-") + ".json";
    const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    const link = el("a", { href: address, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
    say("已保存为 " + name + "。若浏览器没有下载，请用“显示结果文本”复制。");
  }

  function showText() {
    const text = finished();
    if (text === null) return;
    const area = el("textarea", { rows: 12, readOnly: true, "aria-label": "结果文本" });
    area.value = text;
    main.replaceChildren(el("section", { class: "card" }, el("h2", {}, "结果文本"),
      el("p", { class: "hint" }, "全选复制，粘贴到文本文件，存为 .json 交回。"), area,
      el("a", { class: "button", href: "#", onclick: () => setTimeout(show) }, "回到列表")));
    area.select();
  }

  function readBack(input) {
    const file = input.files[0];
    if (!file) return;
    file.text().then((text) => {
      let saved = null;
      try { saved = JSON.parse(text); } catch (error) { /* said below */ }
      const fault = answers.faultOf(saved);
      const done = answers.answered();
      const full = done.markers.length + done.segments.length > 0;
      if (!fault && (!full || confirm("本页已有填写的内容，读入后将被文件内容取代。要读入吗？"))) {
        answers.take(saved);
        show();
      }
      say(fault || "已读入 " + file.name + "。");
      input.value = "";
    });
  }

  document.getElementById("save").addEventListener("click", save);
  document.getElementById("text").addEventListener("click", showText);
  document.getElementById("open").addEventListener("change", (event) => readBack(event.target));
  document.getElementById("clear").addEventListener("click", () => {
    if (confirm("清空本机上这个数据包的全部填写内容？清空后不能恢复，请先保存结果。")) {
      answers.clear();
      show();
      say("已清空。");
    }
  });
  window.addEventListener("storage", (event) => { if (event.key === answers.KEY) { answers.load(); show(); } });
  window.addEventListener("hashchange", show);
  show();
})();
