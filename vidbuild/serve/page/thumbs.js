// Small pictures of scenes for the canvas: scaled down on arrival, since a thousand whole ones would take 200 MB.

import { pauseAfter, TRIES } from "./dom.js";

const KEPT = 300;
const AT_ONCE = 4;

export class Thumbs {
  #pictures = new Map(); // url -> ImageBitmap, or null while it loads or if it cannot be had; oldest first
  #waiting = [];
  #refused = new Map(); // url -> how often the server could not answer
  #loading = 0;

  constructor(height, arrived) {
    this.height = height;
    this.arrived = arrived;
  }

  // The picture if it is there; else it is loaded, and `arrived` is called then.
  get(url) {
    if (!url) return null;
    if (this.#pictures.has(url)) {
      const picture = this.#pictures.get(url);
      this.#pictures.delete(url);
      this.#pictures.set(url, picture);
      return picture;
    }
    if (!this.#waiting.includes(url)) this.#waiting.push(url);
    this.#more();
    return null;
  }

  // The picture if it is there, without loading it.
  peek(url) {
    return this.#pictures.get(url) ?? null;
  }

  // What scrolled out of view before its turn came is not loaded.
  forget() {
    this.#waiting.length = 0;
  }

  #more() {
    while (this.#loading < AT_ONCE && this.#waiting.length) {
      const url = this.#waiting.pop();
      this.#loading += 1;
      this.#pictures.set(url, null);
      this.#load(url).finally(() => {
        this.#loading -= 1;
        this.#more();
      });
    }
  }

  async #load(url) {
    try {
      const response = await fetch(url);
      if (response.status >= 500) throw new Error(response.statusText);
      if (!response.ok) return; // it does not exist
      const options = { resizeHeight: this.height, resizeQuality: "high" };
      this.#pictures.set(url, await createImageBitmap(await response.blob(), options));
      while (this.#pictures.size > KEPT) {
        const [oldest, picture] = this.#pictures.entries().next().value;
        picture?.close();
        this.#pictures.delete(oldest);
      }
      this.arrived();
      this.#refused.delete(url);
    } catch {
      // The server is away for a moment, or has another error: asked for again with the next drawing after some time.
      const times = this.#refused.get(url) ?? 0;
      if (times >= TRIES) return;
      this.#refused.set(url, times + 1);
      setTimeout(() => {
        this.#pictures.delete(url);
        this.arrived();
      }, pauseAfter(times));
    }
  }
}
