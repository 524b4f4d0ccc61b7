// Keys work everywhere on the page but in what uses them itself: fields, buttons and dialogs.

import { $ } from "./dom.js";
import { lastBefore, middleOf } from "./format.js";

const FIELDS = "input:not([type=checkbox]), textarea, select, [contenteditable]";

export function sceneStep(player, by) {
  const { scenes, time, fps } = player;
  const at = lastBefore(scenes, time);
  // Back goes to the start of this scene first, unless the playhead is there already.
  const started = at >= 0 && time - scenes[at].start > 1 / fps;
  const to = scenes[Math.min(scenes.length - 1, Math.max(0, by < 0 && started ? at : at + by))];
  if (to) player.seek(to.start + middleOf(0, fps));
}

// Go to the next scene that has changed; after the last one, to the first.
export function nextChange(player) {
  const changed = player.scenes.filter((each) => each.changed || each.stale);
  const next = changed.find((each) => each.start > player.time) ?? changed[0];
  if (next) player.seek(settled(next));
}

// A time at which most things of a scene have appeared; its very end may be in the transition to the next one.
export function settled(scene) {
  return scene.start + Math.max(0, scene.seconds - 1);
}

function faster(by) {
  const speed = $("#speed");
  const to = speed.selectedIndex + by;
  if (to < 0 || to >= speed.options.length) return;
  speed.selectedIndex = to;
  speed.dispatchEvent(new Event("change"));
}

export function bindKeys({ player, timeline, search, still }) {
  const plain = {
    " ": () => player.toggle(),
    ArrowLeft: () => player.step(-1),
    ArrowRight: () => player.step(1),
    Home: () => player.seek(0),
    End: () => player.seek(player.seconds),
    j: () => player.seek(player.time - 5),
    k: () => player.toggle(),
    l: () => player.seek(player.time + 5),
    r: () => $("#loop").click(),
    n: () => nextChange(player),
    "<": () => faster(-1),
    ">": () => faster(1),
    z: () => timeline.zoomTo(player.scene),
    c: () => $("#captions").click(),
    m: () => $("#mute").click(),
    f: () => $("#full").click(),
    s: () => still(),
    "/": () => search.open(),
    "?": () => $("#keys").showModal(),
    "+": () => timeline.zoom(1.6),
    "=": () => timeline.zoom(1.6),
    "-": () => timeline.zoom(1 / 1.6),
  };
  const moved = {
    ArrowLeft: () => sceneStep(player, -1),
    ArrowRight: () => sceneStep(player, 1),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    const { target } = event;
    if (target.closest("dialog") || target.matches(FIELDS)) return;
    if (event.key === " " && target.matches("button, a, summary, input")) return;
    if (/^(Arrow|Home|End)/.test(event.key) && target.closest('[role="tablist"]')) return;
    const scene = event.altKey || (event.shiftKey && event.key.startsWith("Arrow"));
    const call = (scene ? moved : plain)[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!call) return;
    event.preventDefault(); // Alt and an arrow would leave the page, space would scroll it
    call();
  });
}
