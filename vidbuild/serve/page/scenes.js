// The list of all scenes.

import { $, el, retried } from "./dom.js";
import { clock, duration, sceneAt } from "./format.js";
import { List } from "./list.js";

export class Scenes {
  #shown = null;
  #at = -1;

  constructor(player, thumbOf) {
    this.player = player;
    this.list = new List($("#scenes"), $("#panel-scenes"), 64, (row, scene) => row.append(
      el("button", { type: "button", onclick: () => player.seek(scene.start + 0.5 / player.fps) },
        scene.thumb && retried(el("img", { src: thumbOf(scene) || null, alt: "", width: "80", height: "45", loading: "lazy" })),
        el("span", { class: "text" },
          el("bdi", { class: "name" }, scene.title || scene.id),
          el("span", { class: "quiet" }, scene.seconds && !this.untimed ? `${clock(scene.start)} · ${duration(scene.seconds)}` : scene.id)),
        scene.changed || scene.stale ? el("span", { class: "tag changed" }, scene.stale ? "building" : "changed") : null),
    ));
    player.addEventListener("time", () => this.update());
    player.addEventListener("change", () => this.update());
  }

  // Draw again, such as after the panel was hidden or pictures have changed.
  redraw() {
    this.#shown = null;
    this.update(true);
  }

  update(reveal = false) {
    const { scenes, time } = this.player;
    if (scenes !== this.#shown) {
      this.#shown = scenes;
      this.list.items = scenes;
      this.#at = -1;
    }
    const at = sceneAt(scenes, time);
    if (at === this.#at && !reveal) return;
    this.#at = at;
    // The list follows the playhead, but not under the hand that uses it.
    this.list.mark(at, reveal || !this.list.box.matches(":hover, :focus-within"));
  }
}
