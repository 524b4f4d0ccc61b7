// Outputs that are no video: audio alone, animations, and the pictures of scenes or a handout of them.

import { debounce, show } from "./dom.js";
import { frameTime } from "./format.js";

// "video", "audio", "animation" (plays by itself, and no player can seek in it) or "frames" (nothing plays).
export function kindOf(detail) {
  const type = detail.media?.type ?? "";
  if (type.startsWith("audio/")) return "audio";
  if (type.startsWith("image/")) return "animation";
  return !detail.media && detail.revision && detail.outputs.length ? "frames" : "video";
}

// What nothing plays gets a frame for each scene, so that keys and lists go from one to the next as in a video.
export function withTimes(detail) {
  if (detail.kind !== "frames") return;
  detail.untimed = true;
  detail.fps = 1;
  detail.seconds = detail.scenes.length;
  detail.chapters = [];
  detail.scenes.forEach((scene, at) => Object.assign(scene, { start: at, seconds: 1, words: [], cues: [], reveals: [] }));
}

// Shows the animation while it "plays", and else the frame under the playhead as a picture.
export class Frames {
  #detail = null;
  #turn = 0;

  constructor(image, player) {
    this.image = image;
    this.player = player;
    this.#load = debounce(100, () => this.#set());
    player.addEventListener("time", () => this.update());
    player.addEventListener("change", () => this.update());
  }

  #load;

  set detail(detail) {
    this.#detail = ["animation", "frames"].includes(detail.kind) ? detail : null;
    if (!this.#detail) show(this.image, false);
    this.update();
  }

  update() {
    if (!this.#detail || this.#url() === this.wanted) return;
    this.wanted = this.#url();
    this.#load();
  }

  #url() {
    const { player } = this;
    if (!player.paused) return this.#detail.animation.url;
    const { scene } = player;
    if (!scene?.still) return "";
    return this.#detail.untimed ? scene.still : `${scene.still}&at=${frameTime(player.time - scene.start, player.fps).toFixed(4)}`;
  }

  // The picture is decoded before it is shown: no flash of an empty frame.
  async #set() {
    const turn = ++this.#turn;
    const url = this.wanted;
    if (!url) return;
    const moves = url === this.#detail.animation?.url;
    try {
      await Object.assign(new Image(), { src: url }).decode();
    } catch {
      this.wanted = ""; // made useless by a newer edit
      return;
    }
    if (turn !== this.#turn || !this.#detail) return;
    this.image.src = url;
    this.image.alt = moves ? this.#detail.name : `Frame of scene ${this.player.scene?.title || this.player.scene?.id}`;
    show(this.image);
  }
}
