// The frame under the mouse: a small video element that seeks in the file that is there already, so that the server
// draws nothing for it. Scenes that are newer than the file show their thumbnail.

import { el } from "./dom.js";
import { clock, lastBefore } from "./format.js";

export class Hover {
  #wanted = null;
  #busy = false;

  constructor(box, timeline) {
    this.box = box;
    this.timeline = timeline;
    this.video = box.querySelector("video");
    this.label = box.querySelector("span");
    this.picture = el("img", { alt: "", hidden: true });
    this.video.after(this.picture);
    this.video.addEventListener("seeked", () => this.#next());
    this.video.addEventListener("loadeddata", () => this.#next());
  }

  move(event) {
    if (event.pointerType !== "mouse" || !this.timeline.detail) return;
    const { timeline } = this;
    const time = timeline.timeAt(event.clientX);
    const { scenes } = timeline.data;
    const scene = scenes[lastBefore(scenes, time)];
    if (!scene) return;
    const chapter = timeline.data.chapters[lastBefore(timeline.data.chapters, time)];
    const cue = scene.cues.find((each) => Math.abs(each.at - time) * timeline.scale < 8);
    const names = [clock(time, 2), cue ? `cue ${cue.name}` : scene.title || scene.id];
    if (chapter && chapter.title !== names[1] && !cue) names.push(chapter.title);
    this.label.replaceChildren(...names.flatMap((name, at) => [at ? " · " : "", el("bdi", {}, name)]));
    this.#frame(scene, time);
    this.box.hidden = false;
    const outer = timeline.scroller.getBoundingClientRect();
    const half = this.box.offsetWidth / 2;
    const middle = Math.min(Math.max(event.clientX - outer.left, half), Math.max(half, outer.width - half));
    this.box.style.left = `${middle}px`;
  }

  leave() {
    this.box.hidden = true;
    this.#wanted = null;
  }

  #frame(scene, time) {
    const { detail, player } = this.timeline;
    const newer = scene.stale || player.fragments.has(scene.id) || !detail.media;
    this.picture.hidden = !newer;
    this.video.hidden = newer;
    if (newer) {
      this.picture.hidden = !this.timeline.thumb(scene);
      const url = this.timeline.thumb(scene);
      if (this.picture.getAttribute("src") !== url) this.picture.src = url;
      return;
    }
    if (this.video.getAttribute("src") !== detail.media.url) {
      this.video.src = detail.media.url;
      this.#busy = true;
    }
    const before = detail.scenes.find((each) => each.id === scene.id);
    this.#wanted = before.start + time - scene.start;
    if (!this.#busy) this.#next();
  }

  // One seek at a time, always to the newest place: a mouse that moves would cancel each seek before it ends.
  #next() {
    this.#busy = this.#wanted !== null;
    if (this.#wanted === null) return;
    const time = this.#wanted;
    this.#wanted = null;
    if (Math.abs(this.video.currentTime - time) > 1e-3) this.video.currentTime = time;
    else this.#busy = false;
  }
}
