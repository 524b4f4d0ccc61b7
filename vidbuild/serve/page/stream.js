// The stream of events: one for each page. The browser reconnects by itself and sends the id of the last event; if the
// server refuses the stream for a time (it is starting, or answers with an error), the browser gives up, and we go on.

import { get } from "./api.js";
import { $, announce, show } from "./dom.js";

const NAMES = ["video", "still", "fragment", "ready", "problems", "run", "gone"];
const PATIENCE = 2500; // a short break, as a restart has, is not worth a banner
const UNSEEN = 5000;
const LABELS = { live: "Live", connecting: "Connecting", lost: "Reconnecting" };

export class Stream extends EventTarget {
  #source = null;
  #wait = 500;
  #banner = 0;
  #rest = 0;
  #opened = false;
  #reported = false; // whether the page has shown that the server is away

  start() {
    $("#reload").addEventListener("click", () => location.reload());
    this.#open();
    // Browsers open six connections to a server, for all tabs together: one that is not seen gives its own back.
    document.addEventListener("visibilitychange", () => {
      clearTimeout(this.#rest);
      if (document.hidden) this.#rest = setTimeout(() => this.#pause(), UNSEEN);
      else if (this.#source?.readyState === EventSource.CLOSED) this.#open();
    });
    addEventListener("pagehide", () => this.#source?.close());
    addEventListener("pageshow", (event) => { if (event.persisted) this.#open(); });
    return this;
  }

  #pause() {
    this.#source?.close();
    clearTimeout(this.#banner);
    this.#banner = 0;
  }

  #open() {
    this.#source?.close();
    const source = new EventSource("/events");
    this.#source = source;
    source.addEventListener("open", () => this.#live());
    source.addEventListener("error", () => this.#failed(source));
    for (const name of NAMES) {
      source.addEventListener(name, (event) => {
        const detail = { ...JSON.parse(event.data), event: Number(event.lastEventId) };
        this.dispatchEvent(new CustomEvent(name, { detail }));
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
    if (this.#reported) announce("Connected again.");
    this.#reported = false;
    // Fetch everything: what happened while the stream was down, and, the first time, between the page's own first
    // fetch and now.
    this.dispatchEvent(new Event("again"));
    if (this.#opened) this.#compare();
    this.#opened = true;
  }

  // The server starts again after an update of vidbuild: its answers may be others than this page expects.
  async #compare() {
    const own = $("meta[name=vidbuild-page]").content;
    const { page } = await get("/api/version").catch(() => ({ page: own }));
    show($("#updated"), page !== own);
  }

  #failed(source) {
    if (source !== this.#source) return;
    this.#state("lost");
    this.#banner ||= setTimeout(() => {
      if ($("#gone").hidden) this.#away("No connection to the server. Is vidbuild serve still running? Trying again.");
    }, PATIENCE);
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
    this.#reported = true;
    this.#state("lost");
  }

  #state(state) {
    const mark = $("#connection");
    mark.dataset.state = state;
    mark.title = LABELS[state];
    $(".words", mark).textContent = LABELS[state];
  }
}
