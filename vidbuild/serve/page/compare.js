// Two frames of a changed scene, one over the other, and a slider that moves the border between them. It compares the
// frame under the playhead; the frames that are there stay until both of the next are decoded.

import { debounce, el } from "./dom.js";
import { frameTime } from "./format.js";

const REST = 200; // milliseconds the playhead has to stand still: each frame costs the server a decoder

const framed = (url, at) => `${url}${url.includes("?") ? "&" : "?"}at=${at.toFixed(4)}`;

export class Compare {
  #turn = 0;
  #wanted = "";
  #scene = null;

  constructor(player) {
    this.player = player;
    this.range = el("input", { type: "range", min: "0", max: "100", value: "50" });
    this.before = el("img", { alt: "Before" });
    this.after = el("img", { alt: "After" });
    this.state = el("span", { class: "state" });
    this.pair = el("div", { class: "pair", data: { state: "loading" } },
      this.before, el("div", { class: "after" }, this.after), el("span", { class: "bar", "aria-hidden": "true" }), this.range, this.state);
    this.frame = el("span", {});
    this.figure = el("figure", { class: "compare" }, this.pair,
      el("figcaption", {}, el("span", {}, "before"), this.frame, el("span", {}, "after")));
    this.range.addEventListener("input", () => this.#move());
    this.#load = debounce(REST, () => this.#both());
    this.#move();
  }

  #load;

  set scene(scene) {
    const other = scene.id !== this.#scene?.id;
    this.#scene = scene;
    this.range.setAttribute("aria-label", `${scene.title || scene.id}: before and after`);
    if (other) {
      this.#wanted = "";
      this.#turn += 1;
      this.pair.dataset.state = "loading";
      this.state.textContent = scene.stale ? "The frames follow when the scene is built." : "Loading the frames";
    }
    this.update(other || this.pair.dataset.state !== "shown");
  }

  // Follow the playhead, but not while it plays.
  update(atOnce = false) {
    const { player } = this;
    // The new frame alone is of interest while the scene is built: others would delay it.
    if (!this.#scene || this.#scene.stale || (!player.paused && !atOnce)) return;
    const into = Math.min(Math.max(0, player.time - this.#scene.start), Math.max(0, this.#scene.seconds - 0.5 / player.fps));
    const at = frameTime(into, player.fps);
    const key = [this.#scene.before, this.#scene.still, at].join(" ");
    if (key === this.#wanted) return;
    this.#wanted = key;
    this.at = at;
    if (atOnce) this.#both();
    else this.#load();
  }

  async #both() {
    const turn = ++this.#turn;
    const { before, still, id } = this.#scene;
    const { at } = this;
    try {
      const urls = [framed(before, at), framed(still, at)];
      await Promise.all(urls.map((url) => Object.assign(new Image(), { src: url }).decode()));
      if (turn !== this.#turn) return;
      [this.before.src, this.after.src] = urls;
      await Promise.all([this.before.decode(), this.after.decode()]);
    } catch {
      if (turn !== this.#turn) return;
      this.#wanted = ""; // the server is away, or a newer edit made them useless: asked for again with the next move
      this.pair.dataset.state = "none";
      this.state.textContent = "The frames cannot be shown.";
      return;
    }
    if (turn !== this.#turn || id !== this.#scene.id) return;
    // Frames of one size fill the box to its last pixel; those of another keep their shape.
    const shape = (image) => image.naturalWidth / image.naturalHeight;
    this.pair.classList.toggle("unlike", Math.abs(shape(this.before) / shape(this.after) - 1) > 0.01);
    this.state.textContent = "";
    this.pair.dataset.state = "shown";
    this.frame.textContent = `frame ${Math.round(at * this.player.fps)} of the scene`;
  }

  #move() {
    const { value } = this.range;
    this.pair.style.setProperty("--at", `${value}%`);
    this.pair.dataset.edge = { 0: "left", 100: "right" }[value] ?? "";
    this.range.setAttribute("aria-valuetext", `${value} percent before`);
  }
}
