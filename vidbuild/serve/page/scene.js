// The scene under the playhead: its narration with the spoken word lit, its figures, and what has changed.

import { el } from "./dom.js";
import { duration, lastBefore, sceneAt } from "./format.js";
import { Compare } from "./compare.js";

const compared = (scene) => Boolean(scene.changed && scene.before && scene.still);

export class ScenePanel {
  #scene;
  #words = [];
  #lit = null;

  constructor(panel, player) {
    this.panel = panel;
    this.player = player;
    this.compare = new Compare(player);
    player.addEventListener("time", () => this.update());
    player.addEventListener("change", () => this.update());
  }

  get scene() { return this.#scene; }

  update() {
    const { scenes, time } = this.player;
    const scene = scenes[sceneAt(scenes, time)] ?? null;
    if (scene !== this.#scene) this.#draw(scene);
    if (!scene) return;
    if (compared(scene)) this.compare.update();
    const at = lastBefore(scene.words, time);
    const word = at >= 0 && time < scene.words[at].end + 0.05 ? this.#words[at] : null;
    if (word === this.#lit) return;
    this.#lit?.removeAttribute("aria-current");
    word?.setAttribute("aria-current", "true");
    this.#lit = word;
  }

  #draw(scene) {
    const same = scene && this.#scene && scene.id === this.#scene.id;
    this.#scene = scene;
    this.#lit = null;
    this.#words = [];
    if (!scene) {
      this.panel.replaceChildren(el("p", { class: "empty" }, "No scene yet."));
      return;
    }
    const figures = [
      ["Type", scene.type],
      ["Duration", scene.seconds && !this.untimed ? duration(scene.seconds) : ""],
      ["Pace", scene.pace ? `${Math.round(scene.pace)} words/min` : ""],
      ["Cues", scene.cues.length ? String(scene.cues.length) : ""],
    ].filter(([, value]) => value);
    const parts = [
      el("h2", {}, el("bdi", {}, scene.title || scene.id), scene.title && scene.title !== scene.id ? el("code", { class: "id" }, scene.id) : null),
      el("dl", { class: "facts" }, figures.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))),
    ];
    if (scene.stale) parts.push(el("p", { class: "hint" }, "Changed. The whole video is being built."));
    parts.push(scene.narration ? this.#narration(scene) : el("p", { class: "quiet" }, "This scene has no narration."));
    if (scene.reason) parts.push(el("h3", {}, "Why it was rebuilt"), el("p", { class: "reason" }, scene.reason));
    if (compared(scene)) parts.push(el("h3", {}, "Before and after"), this.compare.figure);
    const top = same ? this.panel.scrollTop : 0;
    const held = this.panel.contains(document.activeElement) ? document.activeElement : null;
    this.panel.replaceChildren(...parts);
    this.panel.scrollTop = top;
    if (held?.isConnected) held.focus({ preventScroll: true });
    if (compared(scene)) this.compare.scene = scene;
  }

  // The words of the timing are put over the narration as it is written, so that its punctuation and spaces stay.
  #narration(scene) {
    const box = el("p", { class: "narration", lang: this.language || null, dir: "auto" });
    let rest = scene.narration;
    const words = scene.words.map((word) => {
      const at = rest.indexOf(word.text);
      if (at < 0) return null;
      const seek = () => this.player.seek(word.start + 1e-3);
      const span = el("span", { class: "spoken", onclick: seek }, word.text);
      box.append(rest.slice(0, at), span);
      rest = rest.slice(at + word.text.length);
      return span;
    });
    box.append(rest);
    this.#words = words;
    return box;
  }
}
