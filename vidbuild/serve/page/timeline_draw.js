// Draws the part of the timeline that is in view. Everything is found by binary search, so that an hour with a thousand
// scenes costs what a screen of it costs.

import { clock, lastBefore } from "./format.js";
import { drawScenes } from "./timeline_scenes.js";
import { isolated } from "./timeline_text.js";

export const ROWS = { ruler: 28, scenes: 62, wave: 40, words: 24, marks: 24 };
const STEPS = [0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];
const FONT = "12px system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";
const APART = 28; // pixels between the marks of chapters: with less, many of them would be one bar

// A video without narration, cues or reveals has no empty rows for them, nor has an animation one for audio.
export function rowsOf(scenes, silent) {
  const rows = { ...ROWS };
  if (silent) rows.wave = 0;
  if (!scenes.some((each) => each.thumb)) rows.scenes = 30;
  if (!scenes.some((each) => each.words.length)) rows.words = 0;
  if (!scenes.some((each) => each.cues.length || each.reveals.length)) rows.marks = 0;
  return rows;
}

export function heightOf(rows) {
  return Object.values(rows).reduce((sum, each) => sum + each) + 4;
}

export function colors(element) {
  const style = getComputedStyle(element);
  const names = ["ground", "sheet", "ink", "quiet", "line", "accent", "wave", "cue", "reveal", "changed", "bar", "bar-now"];
  return Object.fromEntries(names.map((name) => [name.replace("-n", "N"), style.getPropertyValue(`--${name}`).trim()]));
}

// view: {left, width (pixels), scale (pixels a second), ratio (device pixels), time, colors}; data: {scenes, chapters,
// peaks, rate, seconds, rows}; picture: a function that gives the bitmap of a scene, or null.
export function draw(context, view, data, picture) {
  const { ratio, width, colors: paint } = view;
  const { rows } = data;
  const height = heightOf(rows);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = FONT;
  context.textBaseline = "middle";
  const from = Math.max(0, view.left / view.scale);
  const to = (view.left + width) / view.scale;
  const x = (time) => time * view.scale - view.left;
  let top = 0;
  ruler(context, view, data, from, to, x);
  top += rows.ruler;
  const first = Math.max(0, lastBefore(data.scenes, from));
  const shown = [];
  for (let at = first; at < data.scenes.length && data.scenes[at].start < to; at += 1) shown.push(data.scenes[at]);
  drawScenes(context, view, shown, { top, high: rows.scenes }, x, picture);
  top += rows.scenes;
  const timed = data.scenes.some((scene) => scene.seconds > 0);
  if (rows.wave) for (const scene of timed ? shown : [{ start: 0, seconds: data.seconds }]) wave(context, view, data, scene, top, x);
  top += rows.wave;
  if (rows.words) words(context, view, shown, top, x);
  top += rows.words;
  if (rows.marks) marks(context, view, shown, top, x);
  const at = x(view.time);
  if (at >= -8 && at <= width + 8) {
    context.fillStyle = paint.accent;
    context.fillRect(Math.round(at) - 1, 0, 2, height);
    context.beginPath();
    context.moveTo(at - 6, 0);
    context.lineTo(at + 6, 0);
    context.lineTo(at, 9);
    context.fill();
  }
}

// The chapters whose marks have room, from left to right. One that starts with a changed scene is always among them.
export function markedChapters(chapters, scenes, scale) {
  const room = APART / scale;
  const changed = (chapter) => {
    const scene = scenes[lastBefore(scenes, chapter.start)];
    return Boolean(scene && (scene.changed || scene.stale) && Math.abs(scene.start - chapter.start) < 1e-3);
  };
  const kept = [];
  for (const chapter of chapters) {
    const mark = { ...chapter, changed: changed(chapter) };
    const last = kept.at(-1);
    if (!last || chapter.start - last.start >= room) kept.push(mark);
    else if (mark.changed && !last.changed) kept[kept.length - 1] = mark;
  }
  return kept;
}

function ruler(context, view, data, from, to, x) {
  const { colors: paint } = view;
  const bottom = data.rows.ruler;
  const step = STEPS.find((each) => each * view.scale >= 76) ?? 7200;
  for (let number = Math.floor(from / step); number * step <= Math.min(to, data.seconds); number += 1) {
    const at = Math.round(x(number * step));
    context.fillStyle = paint.line;
    context.fillRect(at, 2, 1, bottom - 4);
    context.fillStyle = paint.quiet;
    if (at < view.width - 34) context.fillText(clock(number * step, step < 1 ? 1 : 0), at + 5, 9);
  }
  for (const chapter of data.marks) {
    const left = x(chapter.start);
    if (left > view.width + 5) break;
    if (left < -5) continue;
    context.fillStyle = chapter.changed ? paint.changed : paint.accent;
    context.beginPath();
    context.moveTo(left, bottom - 11);
    context.lineTo(left + 5, bottom - 6);
    context.lineTo(left, bottom - 1);
    context.lineTo(left - 5, bottom - 6);
    context.fill();
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
      context.fillText(isolated(word.text), left, top + 13);
      free = left + long + 4;
    }
  }
}

// Reveals hang from the upper edge of the row, and cues with their names stand below them: neither crosses the other.
function marks(context, view, shown, top, x) {
  const { colors: paint } = view;
  const middle = top + ROWS.marks - 8;
  for (const scene of shown) {
    context.fillStyle = paint.reveal;
    for (const time of scene.reveals) {
      const at = x(time);
      if (at >= -6 && at <= view.width + 6) context.fillRect(at - 1, top, 2, 8);
    }
    context.fillStyle = paint.cue;
    for (const [number, cue] of scene.cues.entries()) {
      const at = x(cue.at);
      if (at < -80 || at > view.width) continue;
      const room = number + 1 < scene.cues.length ? x(scene.cues[number + 1].at) - at - 14 : Infinity;
      context.beginPath();
      context.arc(at, middle, 4, 0, 7);
      context.fill();
      if (context.measureText(cue.name).width <= room) context.fillText(isolated(cue.name), at + 8, middle);
    }
  }
}
