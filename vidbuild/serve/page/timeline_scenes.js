// The row of scenes. A scene with room has its own bar, picture and name. Narrow ones, as in a long video that fits the
// window, are a film strip: a picture and a name for each place that has room for one. What has changed is seen at any
// zoom, with its name if there is room, and so is the scene under the playhead.

import { fitted, isolated } from "./timeline_text.js";

const NARROW = 24; // pixels: below, a bar has room for neither picture nor name
const SLOT = 76; // pixels of a picture in the strip, with the gap beside it
const LEAST = 4; // pixels of a changed scene, however short it is
const NAME = 140;

// band: {top, high}, the row's place in pixels; x: a time's place; picture: the bitmap of a scene, or null.
export function drawScenes(context, view, shown, band, x, picture) {
  const narrow = [];
  for (const scene of shown) {
    if (scene.seconds * view.scale < NARROW) narrow.push(scene);
    else {
      strip(context, view, narrow.splice(0), band, x, picture);
      bar(context, view, scene, band, x, picture);
    }
  }
  strip(context, view, narrow, band, x, picture);
  edges(context, view, shown, band, x);
}

const isNow = (view, scene) => view.time >= scene.start && view.time < scene.start + scene.seconds;
const nameOf = (scene) => scene.title || scene.id;
const isChanged = (scene) => scene.changed || scene.stale;

function bar(context, view, scene, band, x, picture) {
  const { colors: paint } = view;
  const left = x(scene.start) + 1;
  const wide = Math.max(1, scene.seconds * view.scale - 2);
  context.save();
  context.beginPath();
  context.roundRect(left, band.top + 2, wide, band.high - 4, Math.min(5, wide / 2));
  context.clip();
  context.fillStyle = isNow(view, scene) ? paint.barNow : paint.bar;
  context.fillRect(left, band.top, wide, band.high);
  if (paint.bar === paint.sheet) outline(context, view, isNow(view, scene)); // high contrast: only lines can be distinguished
  const bitmap = picture(scene);
  const high = band.high - 22;
  if (bitmap) context.drawImage(bitmap, left, band.top + 2, (bitmap.width / bitmap.height) * high, high);
  context.fillStyle = paint.ink;
  // The name stays in view while any of its scene is.
  const name = Math.max(left, 0) + 6;
  const room = left + wide - name - 6;
  if (room > 8) context.fillText(isolated(fitted(context, nameOf(scene), room)), name, band.top + band.high - 11);
  context.restore();
}

function outline(context, view, now) {
  context.strokeStyle = now ? view.colors.accent : view.colors.line;
  context.lineWidth = now ? 6 : 2; // half of it is outside of the clip
  context.stroke();
}

// Scenes that follow each other, each too narrow for a bar of its own.
function strip(context, view, list, band, x, picture) {
  if (!list.length) return;
  const { colors: paint } = view;
  const last = list.at(-1);
  const left = x(list[0].start) + 1;
  const right = x(last.start + last.seconds) - 1;
  const high = band.high - 22;
  context.save();
  context.beginPath();
  context.roundRect(left, band.top + 2, Math.max(1, right - left), band.high - 4, Math.min(5, Math.max(0, right - left) / 2));
  context.clip();
  context.fillStyle = paint.bar;
  context.fillRect(left, band.top, right - left, band.high);
  const found = slots(view, list, left, right, x);
  for (const { scene, from, to } of found) {
    const bitmap = picture(scene);
    if (!bitmap) continue;
    const wide = Math.min(to - from - 1, (bitmap.width / bitmap.height) * high);
    context.drawImage(bitmap, 0, 0, (wide / high) * bitmap.height, bitmap.height, from, band.top + 2, wide, high);
  }
  context.fillStyle = paint.sheet;
  for (const scene of list.slice(1)) {
    if (scene.seconds * view.scale >= 6) context.fillRect(Math.round(x(scene.start)), band.top + band.high - 5, 1, 5);
  }
  const now = list.find((each) => isNow(view, each));
  if (now) {
    context.fillStyle = paint.barNow;
    context.fillRect(x(now.start), band.top + high + 2, Math.max(LEAST, now.seconds * view.scale), band.high);
  }
  context.restore();
  names(context, view, list, found, band, x);
}

// Places in the strip stand still while it is scrolled: they are counted from the start of the video.
function slots(view, list, left, right, x) {
  const found = [];
  const first = Math.floor((Math.max(left, 0) - x(0)) / SLOT);
  let at = 0;
  for (let number = first; ; number += 1) {
    const from = Math.max(left, x(0) + number * SLOT);
    const to = Math.min(right, x(0) + (number + 1) * SLOT);
    if (from >= Math.min(right, view.width)) return found;
    if (to - from < 20) continue;
    const time = ((from + to) / 2 + view.left) / view.scale;
    while (at + 1 < list.length && list[at + 1].start <= time) at += 1;
    found.push({ scene: list[at], from, to });
  }
}

// What has changed is named first, then the scene under the playhead, then one scene in each place that is left.
function names(context, view, list, found, band, x) {
  const { colors: paint } = view;
  const taken = [];
  const middle = band.top + band.high - 11;
  const put = (scene, at, most, color) => {
    const text = fitted(context, nameOf(scene), most);
    const wide = context.measureText(text).width;
    const from = Math.min(Math.max(at, 2), Math.max(2, view.width - wide - 2));
    if (!text || taken.some(([start, end]) => from < end + 8 && from + wide + 8 > start)) return;
    taken.push([from, from + wide]);
    context.fillStyle = color;
    context.fillText(isolated(text), from, middle);
  };
  const inView = (scene) => x(scene.start + scene.seconds) > 0;
  for (const scene of list) if (isChanged(scene) && inView(scene)) put(scene, x(scene.start) + 1, NAME, paint.changed);
  for (const scene of list) if (isNow(view, scene) && inView(scene)) put(scene, x(scene.start) + 1, NAME, paint.ink);
  for (const { scene, from, to } of found) put(scene, from + 2, to - from - 10, paint.quiet);
}

// Changed scenes have a colored upper edge; a narrow one is colored as a whole. Neighbors are one edge.
function edges(context, view, shown, band, x) {
  context.fillStyle = view.colors.changed;
  let end = -Infinity;
  for (const scene of shown) {
    if (!isChanged(scene)) continue;
    const wide = Math.max(LEAST, scene.seconds * view.scale - 2);
    const left = Math.max(x(scene.start) + 1, end);
    const right = Math.max(x(scene.start) + 1 + wide, end);
    context.fillRect(left, band.top + 2, right - left, wide < NARROW ? Math.max(8, band.high - 24) : 4);
    end = right;
  }
}
