// The new picture of a changed scene, over the player, from the edit until the fragment or the whole video can play it.

import { debounce, show } from "./dom.js";
import { frameTime, sceneAt } from "./format.js";

export class Overlay {
  #stale = new Map(); // scene -> {at, url} of its newest still
  #turn = 0;

  constructor(image, note, player, id) {
    this.image = image;
    this.note = note;
    this.player = player;
    this.id = id;
    this.#fetch = debounce(120, () => this.#exact());
    player.addEventListener("time", () => this.update());
    player.addEventListener("change", () => this.update());
  }

  #fetch;

  add(still) {
    this.#stale.set(still.scene, still);
    this.update();
  }

  // A scene that plays again needs no picture; without a name, none does.
  remove(scene) {
    if (scene === undefined) this.#stale.clear();
    else this.#stale.delete(scene);
    this.update();
  }

  has(scene) {
    return this.#stale.has(scene);
  }

  update() {
    const { scenes, time, paused, fps } = this.player;
    const scene = scenes[sceneAt(scenes, time)];
    // Before the first build there is nothing but stills: the newest one is shown.
    const still = this.player.loaded ? scene && this.#stale.get(scene.id) : [...this.#stale.values()].at(-1);
    this.scene = this.player.loaded ? scene : still && { id: still.scene, start: 0, seconds: 0 };
    if (!still || !paused) {
      // While it plays, the old frames with their audio are more useful than one that stands.
      this.#turn += 1;
      show(this.image, false);
      const changed = Boolean(still || scene?.stale);
      show(this.note, changed);
      if (changed) this.note.textContent = "This scene has changed; its old version plays until the new one is built.";
      return;
    }
    this.note.textContent = "New frame. The audio follows.";
    show(this.note);
    const at = Math.max(0, time - this.scene.start);
    const own = this.#own(still);
    if (still.shown === undefined) {
      // The picture that is there at once, be it of another moment of the scene; the exact one follows.
      still.shown = own;
      this.#set(still.url);
    }
    if (this.player.loaded && Math.abs(still.shown - at) > 0.6 / fps) {
      still.shown = at;
      this.#fetch();
    }
    if (this.image.hasAttribute("src") && this.image.dataset.still === still.url) show(this.image);
  }

  #exact() {
    const still = this.scene && this.#stale.get(this.scene.id);
    if (still && Math.abs(still.shown - this.#own(still)) < 0.6 / this.player.fps) this.#set(still.url);
    else if (still) this.#set(`/still/${this.id}/${encodeURIComponent(this.scene.id)}?at=${frameTime(still.shown, this.player.fps).toFixed(4)}&n=${encodeURIComponent(still.url)}`);
  }

  // The time of the still that the server has made by itself: by default a scene's last frame.
  #own(still) {
    return still.at ?? Math.max(0, this.scene.seconds - 0.5 / this.player.fps);
  }

  // The picture is decoded before it is shown: no flash of an empty frame.
  async #set(url) {
    if (this.image.getAttribute("src") === url) return;
    const turn = ++this.#turn;
    const scene = this.scene.id;
    const still = this.#stale.get(scene)?.url;
    const next = new Image();
    next.src = url;
    try {
      await next.decode();
    } catch {
      return; // made useless by a newer edit
    }
    if (turn !== this.#turn) return;
    this.image.src = url;
    this.image.dataset.still = still;
    this.image.alt = `New picture of scene ${scene}`;
    show(this.image);
  }
}
