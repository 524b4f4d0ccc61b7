// The stream of events: one for each page. The browser reconnects by itself and sends the id of the last event; if the
// server refuses the stream for a time (it is starting, or answers with an error), the browser gives up, and we go on.

import { $, announce, show } from "./dom.js";

const NAMES = ["video", "still", "fragment", "ready", "problems", "run", "gone"];
const PATIENCE = 2500; // a short break, as a restart has, is not worth a banner
const LABELS = { live: "Live", connecting: "Connecting", lost: "Reconnecting" };

export class Stream extends EventTarget {
  #source = null;
  #wait = 500;
  #banner = 0;
  #opened = false;
  #lost = false;

  start() {
    this.#open();
    // A page that the browser froze, such as in a pocket, may have a dead stream.
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.#source?.readyState === EventSource.CLOSED) this.#open();
    });
    addEventListener("pagehide", () => this.#source?.close());
    addEventListener("pageshow", (event) => { if (event.persisted) this.#open(); });
    return this;
  }

  #open() {
    this.#source?.close();
    const source = new EventSource("/events");
    this.#source = source;
    source.addEventListener("open", () => this.#live());
    source.addEventListener("error", () => this.#failed(source));
    for (const name of NAMES) {
      source.addEventListener(name, (event) => {
        this.dispatchEvent(new CustomEvent(name, { detail: JSON.parse(event.data) }));
        if (name === "gone") this.#away("The server has stopped. Start it again with vidbuild serve: this page goes on by itself.");
      });
    }
  }

  #live() {
    clearTimeout(this.#banner);
    this.#banner = 0;
    this.#wait = 500;
    this.#state("live");
    show($("#gone"), false);
    // What was missed while the stream was down is fetched, whether or not the server still has the events of that time.
    if (this.#opened && this.#lost) {
      announce("Connected again.");
      this.dispatchEvent(new Event("again"));
    }
    this.#opened = true;
    this.#lost = false;
  }

  #failed(source) {
    if (source !== this.#source) return;
    this.#lost = true;
    this.#state("lost");
    this.#banner ||= setTimeout(() => this.#away("No connection to the server. Is vidbuild serve still running? Trying again."), PATIENCE);
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(() => { if (source === this.#source) this.#open(); }, this.#wait);
      this.#wait = Math.min(2 * this.#wait, 8000);
    }
  }

  #away(text) {
    const banner = $("#gone");
    if (banner.hidden || banner.textContent !== text) {
      banner.textContent = text;
      show(banner);
    }
    this.#state("lost");
  }

  #state(state) {
    const mark = $("#connection");
    mark.dataset.state = state;
    mark.title = LABELS[state];
    $(".words", mark).textContent = LABELS[state];
  }
}
