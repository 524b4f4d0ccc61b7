// One video element with its captions.

import { el } from "./dom.js";

export class Deck {
  url = "";
  onframe = () => {};
  onended = () => {};
  onchange = () => {};
  onerror = () => {};
  onseek = () => {};
  #captions = true;
  #visible = false;
  #wanted = null;
  #seeks = null;

  constructor(stage) {
    this.video = el("video", { class: "layer", playsinline: true, preload: "auto", tabindex: "-1" });
    this.visible = false;
    stage.prepend(this.video);
    this.video.addEventListener("ended", () => this.onended());
    this.video.addEventListener("error", () => { if (this.url) this.onerror(); });
    // A seek that is not ours: media keys, the picture-in-picture window, another program's remote control.
    this.video.addEventListener("seeking", () => { if (!this.#seeks && this.url) this.onseek(this.video.currentTime); });
    for (const name of ["play", "pause", "waiting", "playing", "ratechange", "volumechange"]) this.video.addEventListener(name, () => this.onchange());
    this.#watch();
  }

  // The time of each frame as it is shown; the element's own events come four times a second only.
  #watch() {
    const { video } = this;
    if ("requestVideoFrameCallback" in video) {
      const each = (_, shown) => {
        this.onframe(shown.mediaTime);
        video.requestVideoFrameCallback(each);
      };
      video.requestVideoFrameCallback(each);
    } else {
      const each = () => {
        if (!video.paused) this.onframe(video.currentTime);
        requestAnimationFrame(each);
      };
      requestAnimationFrame(each);
    }
    // A tab that is not seen shows no frames while the audio plays on, and a file of audio alone has none.
    video.addEventListener("timeupdate", () => { if (document.hidden || !video.videoWidth) this.onframe(video.currentTime); });
  }

  // Load a file and stand at a time of it.
  async load(url, captions, time) {
    if (this.url !== url) {
      this.url = url;
      const { video } = this;
      video.replaceChildren();
      video.src = url;
      if (captions) {
        video.append(el("track", { kind: "captions", src: captions, label: "Captions", default: true }));
      }
      this.#modes();
      await this.#until("loadeddata", url, () => video.readyState >= 2);
      this.#modes();
    }
    if (this.url === url) await this.seek(time);
  }

  // Stand at a time; resolves when the newest time that was asked for is on the screen. One seek at a time: Chromium may
  // never end one that is overtaken by others (held arrow keys), and a mouse that scrubs would see no frame until it rests.
  seek(time) {
    this.#wanted = time;
    this.#seeks ??= this.#seekAll().finally(() => { this.#seeks = null; });
    return this.#seeks;
  }

  async #seekAll() {
    const { video } = this;
    while (this.#wanted !== null) {
      const time = this.#wanted;
      this.#wanted = null;
      if (Math.abs(video.currentTime - time) < 1e-4 && !video.seeking) continue;
      video.currentTime = time;
      await this.#until("seeked", this.url, () => !video.seeking);
    }
  }

  unload() {
    if (!this.url) return;
    this.url = "";
    this.video.replaceChildren();
    this.video.removeAttribute("src");
    this.video.load(); // lets go of the file and of decoded frames
  }

  async play() {
    try {
      await this.video.play();
    } catch (error) {
      if (error.name !== "AbortError") throw error; // a pause that came at once
    }
  }

  set visible(on) {
    this.#visible = on;
    this.video.classList.toggle("shown", on);
    this.#modes();
  }

  set captions(on) {
    this.#captions = on;
    this.#modes();
  }

  #modes() {
    for (const track of this.video.textTracks) {
      // Captions that the file itself contains would be shown twice.
      const own = [...this.video.querySelectorAll("track")].some((each) => each.track === track);
      track.mode = !own ? "disabled" : this.#captions && this.#visible ? "showing" : "hidden";
    }
  }

  // Resolve when a condition holds, the file is broken, or another one was loaded meanwhile.
  #until(name, url, done) {
    const { video } = this;
    const over = () => done() || video.error || this.url !== url;
    if (over()) return Promise.resolve();
    return new Promise((resolve) => {
      const names = [name, "error", "emptied", "abort"];
      const check = () => {
        if (!over()) return;
        for (const each of names) video.removeEventListener(each, check);
        resolve();
      };
      for (const each of names) video.addEventListener(each, check);
    });
  }
}
