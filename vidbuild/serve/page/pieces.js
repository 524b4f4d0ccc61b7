// What plays at which time: the whole video, with changed scenes replaced by their fragments until the next whole one.
// Pure functions, so that they can be tested without a player.

import { lastBefore } from "./format.js";

// Return scenes with new times (a moved one has its start in the whole video's file as `origin`, a new one null), and the
// pieces that play them: {from, to, scene, fragment or null, local}; `from` and `to` are times of the page, `local` is the
// time in the piece's own file at `from`. Neighboring scenes of the whole video that follow each other there are one piece.
export function arrange(scenes, fragments) {
  const pieces = [];
  const moved = [];
  let at = scenes.length ? scenes[0].start : 0;
  for (const scene of scenes) {
    const fragment = fragments.get(scene.id) ?? null;
    const seconds = fragment ? fragment.seconds : scene.seconds;
    moved.push(fragment ? renewed(scene, fragment, at) : shifted(scene, at - scene.start));
    const last = pieces.at(-1);
    const joins = last && !last.fragment && !fragment && Math.abs(last.local + last.to - last.from - scene.start) < 1e-3;
    if (joins) last.to = at + seconds;
    else pieces.push({ from: at, to: at + seconds, scene: scene.id, fragment, local: fragment ? 0 : scene.start });
    at += seconds;
  }
  return { scenes: moved, pieces, seconds: at };
}

// Whether a fragment is of what the spec says, as far as `detail` knows: it may be younger than that, and is not played if
// its scene was edited since. `looked`: the number of the last event before the spec was read.
export function isCurrent(fragment, { looked, scenes }) {
  return fragment.event > looked || fragment.digest === scenes.find((scene) => scene.id === fragment.scene)?.digest;
}

function shifted(scene, by) {
  if (Math.abs(by) < 1e-6) return scene;
  const move = (time) => time + by;
  return {
    ...scene,
    start: move(scene.start),
    origin: scene.start,
    words: scene.words.map((word) => ({ ...word, start: move(word.start), end: move(word.end) })),
    cues: scene.cues.map((cue) => ({ ...cue, at: move(cue.at) })),
    reveals: scene.reveals.map(move),
  };
}

// Times of the old words say nothing about the new audio: without new ones, no word is lit.
function renewed(scene, fragment, at) {
  const words = (fragment.words ?? []).map((word) => ({ ...word, start: at + word.start, end: at + word.end }));
  const cues = (fragment.cues ?? []).map((cue) => ({ ...cue, at: at + cue.at })).sort((one, other) => one.at - other.at);
  const { title = scene.title, narration = scene.narration, seconds } = fragment;
  return { ...scene, title, narration, start: at, origin: null, seconds, words, cues, reveals: [], stale: false };
}

export function pieceAt(pieces, time) {
  return pieces[Math.max(0, lastBefore(pieces, time, (piece) => piece.from))] ?? null;
}

// Where a playhead belongs after scenes have new times: as far into the same scene as before.
export function carried(time, before, after, fps) {
  const old = before[lastBefore(before, time)];
  const now = old && after.find((scene) => scene.id === old.id);
  if (!now) return time;
  const into = Math.min(time - old.start, now.seconds - 0.5 / fps);
  return now.start + Math.max(0, into);
}
