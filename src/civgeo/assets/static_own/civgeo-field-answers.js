"use strict";
/* Answers of a field package: kept in the browser, saved as and read from civgeo-results/1. */

function civgeoAnswers(sheet) {
  const KEY = "civgeo-field:" + sheet.package;
  const PREVIEWS = KEY + ":previews";
  const EMPTY = () => ({ side: "", inspector: "", datum: "", markers: {}, segments: {} });
  let kept = EMPTY();
  let previews = {};
  let stored = true;

  function read(key, otherwise) {
    try {
      return JSON.parse(localStorage.getItem(key)) || otherwise;
    } catch (error) {
      stored = false;
      return otherwise;
    }
  }

  function load() {
    kept = Object.assign(EMPTY(), read(KEY, {}));
    previews = read(PREVIEWS, {});
  }

  function write(key, value) {
    try {
      localStorage.setItem(key, JSON.stringify(value));
      return true;
    } catch (error) {
      return false;
    }
  }

  /* Pictures must never cost an answer: they go first when room runs out. */
  function keep() {
    stored = write(KEY, kept);
    if (!stored) {
      try { localStorage.removeItem(PREVIEWS); } catch (error) { /* nothing to free */ }
      stored = write(KEY, kept);
    }
  }

  function keepPreview(name, data) {
    if (data) previews[name] = data; else delete previews[name];
    write(PREVIEWS, previews);
  }

  const isEmpty = (value) =>
    value === null || value === undefined || value === "" ||
    (Array.isArray(value) && value.every(isEmpty)) ||
    (typeof value === "object" && Object.values(value).every(isEmpty));

  /* A day alone is no answer: it is set by itself. */
  function isAnswered(item) {
    return Object.entries(item || {}).some(([key, value]) => key !== "inspected_on" && !isEmpty(value));
  }

  function today() {
    const now = new Date();
    const two = (number) => String(number).padStart(2, "0");
    return now.getFullYear() + "-" + two(now.getMonth() + 1) + "-" + two(now.getDate());
  }

  function of(kind, id) {
    return kept[kind][id] || {};
  }

  function set(kind, id, key, value) {
    const item = Object.assign({}, of(kind, id));
    item[key] = value;
    if (key !== "inspected_on" && !item.inspected_on && isAnswered(item)) item.inspected_on = today();
    if (isAnswered(item) || item.inspected_on) kept[kind][id] = item; else delete kept[kind][id];
    keep();
  }

  function setHead(key, value) {
    kept[key] = value;
    keep();
  }

  const asNumber = (text) => (isEmpty(text) ? null : Number(String(text).replace(/，|,/g, ".")));
  const asText = (text) => (isEmpty(text) ? null : String(text).trim());

  function numberFaults() {
    const faults = [];
    for (const marker of sheet.markers) {
      for (const [key, title] of [["longitude", "经度"], ["latitude", "纬度"], ["height_m", "高程"]]) {
        const number = asNumber(of("markers", marker.id)[key]);
        if (number !== null && !Number.isFinite(number)) faults.push({ marker, title });
      }
    }
    return faults;
  }

  function witnessesOf(marker, item) {
    const given = item.witnesses || [];
    const rows = marker.witnesses.map((known, place) => Object.assign({ name: known.name }, given[place]));
    const added = given.slice(marker.witnesses.length).filter((row) => row && !isEmpty(row.name));
    const all = rows.concat(added).map((row) => ({
      name: row.name,
      found: row.found === undefined ? null : row.found,
      grid_azimuth: asText(row.grid_azimuth),
      distance_m: asText(row.distance_m),
    }));
    const told = (row) => row.found !== null || row.grid_azimuth || row.distance_m;
    return all.some(told) || added.length ? all : [];
  }

  function markerResult(marker) {
    const item = of("markers", marker.id);
    const photos = sheet.slots
      .map(([slot]) => ({ slot: slot, name: (item.photos || {})[slot] }))
      .filter((photo) => photo.name);
    return {
      marker: marker.id,
      number: marker.number,
      inspected_on: item.inspected_on || null,
      state: item.state || null,
      actions: sheet.actions.map(([value]) => value).filter((value) => (item.actions || {})[value]),
      longitude: asNumber(item.longitude),
      latitude: asNumber(item.latitude),
      height_m: asNumber(item.height_m),
      witnesses: witnessesOf(marker, item),
      photos: photos,
      remark: asText(item.remark),
    };
  }

  function segmentResult(segment) {
    const item = of("segments", segment.id);
    const answers = {};
    for (const [key] of sheet.questions) answers[key] = item[key] === undefined ? null : item[key];
    answers.note = asText(item.note);
    return {
      segment: segment.id,
      name: segment.name,
      inspected_on: item.inspected_on || null,
      answers: answers,
      remark: null,
    };
  }

  function answered() {
    return {
      markers: sheet.markers.filter((marker) => isAnswered(of("markers", marker.id))),
      segments: sheet.segments.filter((segment) => isAnswered(of("segments", segment.id))),
    };
  }

  function results() {
    const done = answered();
    return {
      format: sheet.format,
      package: sheet.package,
      line: sheet.line,
      round: sheet.round,
      side: kept.side,
      inspector: asText(kept.inspector),
      datum: kept.datum || null,
      saved_at: new Date().toISOString(),
      markers: done.markers.map(markerResult),
      segments: done.segments.map(segmentResult),
    };
  }

  function markerAnswers(result) {
    const item = { inspected_on: result.inspected_on || "", state: result.state || "" };
    for (const key of ["longitude", "latitude", "height_m", "remark"]) {
      item[key] = isEmpty(result[key]) ? "" : String(result[key]);
    }
    item.actions = {};
    for (const value of result.actions || []) item.actions[value] = true;
    item.photos = {};
    for (const photo of result.photos || []) item.photos[photo.slot] = photo.name;
    item.witnesses = (result.witnesses || []).map((row) => ({
      name: row.name,
      found: row.found === null ? undefined : row.found,
      grid_azimuth: row.grid_azimuth || "",
      distance_m: row.distance_m || "",
    }));
    return item;
  }

  function segmentAnswers(result) {
    const item = { inspected_on: result.inspected_on || "" };
    for (const [key, value] of Object.entries(result.answers || {})) {
      if (value !== null) item[key] = value;
    }
    return item;
  }

  /* What is wrong with a saved file; an empty text when it belongs to this package. */
  function faultOf(saved) {
    if (!saved || saved.format !== sheet.format) return "这不是外业结果文件（civgeo-results/1）。";
    if (saved.package !== sheet.package) {
      return "这份结果属于另一个数据包（界线 " + String(saved.line) + "，第 " + String(saved.round) +
        " 轮），不能读入本页；请在那个数据包的页面打开，或直接交回导入。";
    }
    return "";
  }

  function take(saved) {
    const fresh = EMPTY();
    for (const key of ["side", "inspector", "datum"]) fresh[key] = saved[key] || "";
    const known = (list, id) => list.some((item) => item.id === id);
    for (const result of saved.markers || []) {
      if (known(sheet.markers, result.marker)) fresh.markers[result.marker] = markerAnswers(result);
    }
    for (const result of saved.segments || []) {
      if (known(sheet.segments, result.segment)) fresh.segments[result.segment] = segmentAnswers(result);
    }
    kept = fresh;
    keep();
  }

  function clear() {
    kept = EMPTY();
    previews = {};
    write(PREVIEWS, previews);
    keep();
  }

  load();
  return {
    KEY, load, of, set, setHead, isAnswered, answered, results, numberFaults, faultOf, take, clear, keepPreview,
    head: (key) => kept[key],
    preview: (name) => previews[name],
    isStored: () => stored,
  };
}
