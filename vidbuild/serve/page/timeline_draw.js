// Draws the part of the timeline that is in view. Everything is found by binary search, so that an hour with a thousand
// scenes costs what a screen of it costs.

import { clock, lastBefore } from "./format.js";

export const ROWS = { ruler: 24, scenes: 62, wave: 40, words: 22, marks: 18 };
export const HEIGHT = Object.values(ROWS).reduce((sum, each) => sum + each) + 4;
const STEPS = [0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];
const FONT = "12px system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";

export function colors(element) {
  const style = getComputedStyle(element);
  const names = ["ground", "sheet", "ink", "quiet", "line", "accent", "wave", "cue", "reveal", "changed", "bar", "bar-now"];
  return Object.fromEntries(names.map((name) => [name.replace("-n", "N"), style.getPropertyValue(`--${name}`).trim()]));
}

// view: {left, width (pixels), scale (pixels a second), ratio (device pixels), time, colors}; data: {scenes, chapters,
// peaks, rate, seconds}; picture: a function that gives the bitmap of a scene, or null.
export function draw(context, view, data, picture) {
  const { ratio, width, colors: paint } = view;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, HEIGHT);
  context.font = FONT;
  context.textBaseline = "middle";
  const from = Math.max(0, view.left / view.scale);
  const to = (view.left + width) / view.scale;
  const x = (time) => time * view.scale - view.left;
  let top = 0;
  ruler(context, view, data, from, to, x);
  top += ROWS.ruler;
  const first = Math.max(0, lastBefore(data.scenes, from));
  const shown = [];
  for (let at = first; at < data.scenes.length && data.scenes[at].start < to; at += 1) shown.push(data.scenes[at]);
  scenes(context, view, shown, top, x, picture);
  top += ROWS.scenes;
  const timed = data.scenes.some((scene) => scene.seconds > 0);
  for (const scene of timed ? shown : [{ start: 0, seconds: data.seconds }]) wave(context, view, data, scene, top, x);
  top += ROWS.wave;
  words(context, view, shown, top, x);
  top += ROWS.words;
  marks(context, view, shown, top, x);
  const at = x(view.time);
  if (at >= -8 && at <= width + 8) {
    context.fillStyle = paint.accent;
    context.fillRect(Math.round(at) - 1, 0, 2, HEIGHT);
    context.beginPath();
    context.moveTo(at - 6, 0);
    context.lineTo(at + 6, 0);
    context.lineTo(at, 9);
    context.fill();
  }
}

function ruler(context, view, data, from, to, x) {
  const { colors: paint } = view;
  const step = STEPS.find((each) => each * view.scale >= 76) ?? 7200;
  context.fillStyle = paint.quiet;
  for (let number = Math.floor(from / step); number * step <= Math.min(to, data.seconds); number += 1) {
    const at = Math.round(x(number * step));
    context.fillRect(at, ROWS.ruler - 5, 1, 5);
    if (at < view.width - 34) context.fillText(clock(number * step, step < 1 ? 1 : 0), at + 4, ROWS.ruler / 2);
  }
  context.fillStyle = paint.accent;
  for (let at = Math.max(0, lastBefore(data.chapters, from)); at < data.chapters.length; at += 1) {
    const left = x(data.chapters[at].start);
    if (left > view.width) break;
    context.beginPath();
    context.moveTo(left, ROWS.ruler - 9);
    context.lineTo(left + 5, ROWS.ruler - 4.5);
    context.lineTo(left, ROWS.ruler);
    context.lineTo(left - 5, ROWS.ruler - 4.5);
    context.fill();
  }
}

function scenes(context, view, shown, top, x, picture) {
  const { colors: paint } = view;
  for (const scene of shown) {
    const left = x(scene.start) + 1;
    const wide = Math.max(1, scene.seconds * view.scale - 2);
    const now = view.time >= scene.start && view.time < scene.start + scene.seconds;
    context.save();
    context.beginPath();
    context.roundRect(left, top + 2, wide, ROWS.scenes - 4, Math.min(5, wide / 2));
    context.clip();
    context.fillStyle = now ? paint.barNow : paint.bar;
    context.fillRect(left, top, wide, ROWS.scenes);
    if (wide >= 24) {
      const bitmap = picture(scene);
      const high = ROWS.scenes - 22;
      if (bitmap) context.drawImage(bitmap, left, top + 2, (bitmap.width / bitmap.height) * high, high);
      context.fillStyle = paint.ink;
      // The name stays in view while any of its scene is.
      const name = Math.max(left, 0) + 6;
      const room = left + wide - name - 6;
      if (room > 8) context.fillText(isolated(fitted(context, scene.title || scene.id, room)), name, top + ROWS.scenes - 11);
    }
    if (scene.changed || scene.stale) {
      context.fillStyle = paint.changed;
      context.fillRect(left, top + 2, wide, 3);
    }
    context.restore();
  }
}

// The waveform is of the whole video's file: a scene that has moved brings its own part along, a new one has none yet.
function wave(context, view, data, scene, top, x) {
  if (!data.peaks || scene.origin === null) return;
  const { peaks, rate } = data;
  const left = Math.round(x(scene.start)); // bars between pixels would be blurred
  const origin = (scene.origin ?? scene.start) * rate;
  const middle = top + ROWS.wave / 2;
  context.fillStyle = view.colors.wave;
  const end = Math.min(view.width, left + scene.seconds * view.scale);
  for (let pixel = left + 2 * Math.ceil(Math.max(0, -left) / 2); pixel < end; pixel += 2) {
    let high = 0;
    const first = Math.floor(origin + ((pixel - left) / view.scale) * rate);
    const last = Math.max(first + 1, Math.floor(origin + ((pixel + 2 - left) / view.scale) * rate));
    for (let at = first; at < last; at += 1) if (peaks[at] > high) high = peaks[at];
    const tall = Math.max(1, (high / 255) * (ROWS.wave - 6));
    context.fillRect(pixel, middle - tall / 2, 1.4, tall);
  }
}

function words(context, view, shown, top, x) {
  const { colors: paint } = view;
  if (view.scale < 6) return;
  for (const scene of shown) {
    let free = -Infinity;
    const now = scene.words[lastBefore(scene.words, view.time)];
    const lit = { from: Infinity, to: -Infinity };
    if (now && view.time < now.end) {
      lit.from = x(now.start) - 3;
      lit.to = lit.from + context.measureText(now.text).width + 6;
    }
    for (let at = Math.max(0, lastBefore(scene.words, view.left / view.scale)); at < scene.words.length; at += 1) {
      const word = scene.words[at];
      const left = x(word.start);
      if (left > view.width) break;
      const spoken = view.time >= word.start && view.time < word.end;
      context.fillStyle = spoken ? paint.accent : paint.line;
      context.fillRect(left, top + 1, Math.max(1, (word.end - word.start) * view.scale - 1), 2);
      // Words that touch another, above all the spoken one, are left out; where hardly any fits, it alone is there.
      const long = context.measureText(word.text).width;
      if (!spoken && (left < free || view.scale < 60 || (left < lit.to && left + long > lit.from))) continue;
      context.fillStyle = spoken ? paint.accent : paint.quiet;
      context.fillText(isolated(word.text), left, top + 12);
      free = left + long + 4;
    }
  }
}

function marks(context, view, shown, top, x) {
  const { colors: paint } = view;
  const middle = top + ROWS.marks / 2;
  for (const scene of shown) {
    context.fillStyle = paint.reveal;
    for (const time of scene.reveals) {
      const at = x(time);
      if (at < -6 || at > view.width + 6) continue;
      context.fillRect(at - 1, middle - 6, 2, 12);
    }
    context.fillStyle = paint.cue;
    for (const [number, cue] of scene.cues.entries()) {
      const at = x(cue.at);
      if (at < -80 || at > view.width) continue;
      const room = number + 1 < scene.cues.length ? x(scene.cues[number + 1].at) - at - 14 : Infinity;
      context.beginPath();
      context.arc(at, middle, 4, 0, 7);
      context.fill();
      if (context.measureText(cue.name).width <= room) context.fillText(cue.name, at + 8, middle);
    }
  }
}

// A text in its own direction, whatever that of the page is: the full stop of an Arabic sentence is at its left.
function isolated(text) {
  return `\u2068${text}\u2069`;
}

function fitted(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (context.measureText(`${text.slice(0, middle)}…`).width <= width) low = middle;
    else high = middle - 1;
  }
  return low ? `${text.slice(0, low)}…` : "";
}
