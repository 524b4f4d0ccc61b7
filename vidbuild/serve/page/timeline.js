// The timeline: a canvas as wide as the window in a scroller as wide as the video.

import { $, debounce, el, setIcon, show } from "./dom.js";
import { clock, frameAt, lastBefore, plural } from "./format.js";
import { Hover } from "./hover.js";
import { Thumbs } from "./thumbs.js";
import { ROWS, colors, draw, heightOf, markedChapters, rowsOf } from "./timeline_draw.js";

const PAD = 8; // pixels beside the first and the last frame, for the playhead
const WIDEST = 400; // pixels a second: a frame is then wide enough to be hit

export class Timeline {
  #data = { scenes: [], chapters: [], marks: [], peaks: null, rate: 50, seconds: 0, rows: ROWS };
  #scale = 0; // 0: as wide as the window
  #drawing = 0;
  #paint = null;
  #detail = null;
  #drawn = new Map(); // scene -> the address of the picture that was drawn last
  #settled = new Map(); // scene -> its picture in the last version that was whole

  constructor(player, newestOf) {
    this.player = player;
    this.scroller = $("#scroller");
    this.canvas = $("#canvas");
    this.context = this.canvas.getContext("2d");
    this.newestOf = newestOf;
    this.thumbs = new Thumbs(2 * (ROWS.scenes - 22), () => this.redraw());
    this.hover = new Hover($("#hover"), this);
    setIcon($("#in"), "plus", "Zoom in");
    setIcon($("#out"), "minus", "Zoom out");
    $("#in").addEventListener("click", () => this.zoom(1.6));
    $("#out").addEventListener("click", () => this.zoom(1 / 1.6));
    $("#fit").addEventListener("click", () => this.fit());
    this.scroller.addEventListener("scroll", () => { this.thumbs.forget(); this.redraw(); }, { passive: true });
    this.scroller.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    this.scroller.addEventListener("pointerdown", (event) => this.#press(event));
    this.scroller.addEventListener("click", (event) => {
      if (event.pointerType === "mouse") return;
      this.player.seek(this.#chapterAt(event, this.scroller.getBoundingClientRect()) ?? this.timeAt(event.clientX));
    });
    this.scroller.addEventListener("pointermove", (event) => this.hover.move(event));
    this.scroller.addEventListener("pointerleave", () => this.hover.leave());
    new ResizeObserver(() => this.#resize()).observe(this.scroller);
    for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) {
      matchMedia(query).addEventListener("change", () => { this.#paint = null; this.redraw(); });
    }
    player.addEventListener("time", () => this.#time());
    player.addEventListener("change", () => this.update());
    this.#value = debounce(200, () => this.#describe());
  }

  #value;

  get scale() {
    const width = this.scroller.clientWidth - 2 * PAD;
    const fitting = this.#data.seconds ? width / this.#data.seconds : 1;
    return this.#scale ? Math.max(this.#scale, fitting) : fitting;
  }

  // The time at the left edge, in pixels.
  get left() { return this.scroller.scrollLeft - PAD; }

  get data() { return this.#data; }
  get detail() { return this.#detail; }

  set detail(detail) {
    this.#detail = detail;
    for (const scene of detail.scenes) if (!scene.stale && scene.thumb) this.#settled.set(scene.id, scene.thumb);
    this.update();
  }

  set waveform(waveform) {
    this.#data.peaks = waveform ? Uint8Array.from(waveform.peaks) : null;
    this.#data.rate = waveform?.rate ?? 50;
    this.redraw();
  }

  // Take over the player's scenes, which fragments may have moved; chapters move with the scene that they start in.
  update() {
    if (!this.#detail) return;
    const scenes = this.player.scenes;
    if (scenes !== this.#data.scenes || this.#detail.chapters !== this.#data.from) {
      const before = this.#detail.scenes;
      const moved = (time) => {
        const at = lastBefore(before, time);
        return at >= 0 && scenes[at] ? scenes[at].start + time - before[at].start : time;
      };
      Object.assign(this.#data, {
        scenes,
        from: this.#detail.chapters,
        chapters: this.#detail.chapters.map((each) => ({ ...each, start: moved(each.start) })),
        seconds: this.player.seconds,
        rows: rowsOf(scenes, Boolean(this.#detail.animation)),
      });
      for (const [name, has] of [["cue", (each) => each.cues.length], ["reveal", (each) => each.reveals.length],
        ["word", (each) => each.words.length], ["changed", (each) => each.changed || each.stale]]) {
        show($(`.legend .${name}`), scenes.some(has));
      }
      show($("#change"), scenes.some((each) => each.changed || each.stale));
      // Before the first build there are no times, nor has a handout any.
      show($("#timeline"), this.#data.seconds > 0 && !this.#detail.untimed);
      this.#resize();
    }
    this.#describe();
    this.redraw();
  }

  timeAt(clientX) {
    const left = this.scroller.getBoundingClientRect().left;
    const time = (clientX - left + this.left) / this.scale;
    return Math.min(Math.max(0, time), this.#data.seconds);
  }

  // Where a time is in the window, in pixels.
  xOf(time) {
    return this.scroller.getBoundingClientRect().left + time * this.scale - this.left;
  }

  fit() {
    this.#scale = 0;
    this.#resize();
  }

  // Keep the time at `anchor` (pixels from the left edge; default: the playhead) where it is.
  zoom(by, anchor = this.player.time * this.scale - this.left) {
    const inside = anchor >= 0 && anchor <= this.scroller.clientWidth ? anchor : this.scroller.clientWidth / 2;
    const time = (this.left + inside) / this.scale;
    this.#scale = Math.min(WIDEST, this.scale * by);
    if (this.#scale <= (this.scroller.clientWidth - 2 * PAD) / this.#data.seconds) this.#scale = 0;
    this.#resize();
    this.scroller.scrollLeft = time * this.scale - inside + PAD;
  }

  // Make a scene as wide as most of the window, and show it.
  zoomTo(scene) {
    if (!scene?.seconds) return;
    this.#scale = Math.min(WIDEST, (0.7 * this.scroller.clientWidth) / scene.seconds);
    if (this.#scale <= (this.scroller.clientWidth - 2 * PAD) / this.#data.seconds) this.#scale = 0;
    this.#resize();
    this.scroller.scrollLeft = scene.start * this.scale + PAD - 0.15 * this.scroller.clientWidth;
  }

  redraw() {
    this.#drawing ||= requestAnimationFrame(() => {
      this.#drawing = 0;
      this.#paint ??= colors(this.scroller);
      const view = {
        left: this.left, width: this.scroller.clientWidth, scale: this.scale,
        ratio: devicePixelRatio, time: this.player.time, colors: this.#paint,
      };
      draw(this.context, view, this.#data, (scene) => this.#picture(scene));
    });
  }

  // A changed scene keeps its old picture until its new frame is there, which is then its picture until the next whole
  // video: to draw small ones meanwhile would delay that frame.
  thumb(scene) {
    const newest = this.newestOf(scene.id);
    if (newest || !scene.stale) return newest ?? scene.thumb ?? "";
    return this.#settled.get(scene.id) ?? "";
  }

  // Until its new picture has arrived, a scene keeps the one that was drawn last.
  #picture(scene) {
    const url = this.thumb(scene);
    const found = this.thumbs.get(url);
    if (found) this.#drawn.set(scene.id, url);
    return found ?? this.thumbs.peek(this.#drawn.get(scene.id));
  }

  #resize() {
    const width = this.scroller.clientWidth;
    const height = heightOf(this.#data.rows);
    const ratio = devicePixelRatio;
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.#data.marks = markedChapters(this.#data.chapters, this.#data.scenes, this.scale);
    $("#width").style.width = `${Math.max(width, Math.round(this.#data.seconds * this.scale + 2 * PAD))}px`;
    $("#out").disabled = this.#scale === 0;
    this.redraw();
  }

  #time() {
    // While it plays, the view turns its page when the playhead leaves it.
    const at = this.player.time * this.scale - this.left;
    const width = this.scroller.clientWidth;
    if ((at < 0 || at > width - 12) && !this.dragging) this.scroller.scrollLeft += at - 0.1 * width;
    this.#value();
    this.redraw();
  }

  #describe() {
    const { seconds, scenes } = this.#data;
    const time = this.player.time;
    const scene = scenes[lastBefore(scenes, time)];
    const chapter = this.#data.chapters[lastBefore(this.#data.chapters, time)];
    this.scroller.setAttribute("aria-valuemax", String(Math.round(seconds * 100) / 100));
    this.scroller.setAttribute("aria-valuenow", String(Math.round(time * 100) / 100));
    const place = scene ? `, scene ${scene.title || scene.id}` : "";
    this.scroller.setAttribute("aria-valuetext", `${clock(time, 2)}, frame ${frameAt(time, this.player.fps)}${place}`);
    const parts = [chapter?.title, `${clock(seconds, 1)}, ${plural(scenes.length, "scene")}`];
    $("#where").replaceChildren(...parts.filter(Boolean).flatMap((part, at) => [at ? " · " : "", el("bdi", {}, part)]));
  }

  #wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.zoom(Math.exp(-event.deltaY / 200), event.clientX - this.scroller.getBoundingClientRect().left);
  }

  // The start of the chapter whose mark is pressed.
  #chapterAt(event, bar) {
    if (event.clientY > bar.top + ROWS.ruler) return undefined;
    const time = this.timeAt(event.clientX);
    const near = this.#data.marks.filter((each) => Math.abs(each.start - time) * this.scale <= 7);
    return near.sort((one, other) => Math.abs(one.start - time) - Math.abs(other.start - time))[0]?.start;
  }

  // A mouse that is pressed and moved scrubs; a finger that moves scrolls, and a tap seeks.
  #press(event) {
    if (event.pointerType !== "mouse" || event.button !== 0) return;
    const bar = this.scroller.getBoundingClientRect();
    if (event.clientY > bar.top + heightOf(this.#data.rows)) return; // the scroll bar
    this.dragging = true;
    this.scroller.setPointerCapture(event.pointerId);
    this.player.seek(this.#chapterAt(event, bar) ?? this.timeAt(event.clientX));
    const move = (each) => this.player.seek(this.timeAt(each.clientX));
    const end = () => {
      this.dragging = false;
      this.scroller.removeEventListener("pointermove", move);
    };
    this.scroller.addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) this.scroller.addEventListener(name, end, { once: true });
  }
}
