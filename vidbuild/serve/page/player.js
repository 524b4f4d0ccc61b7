// The player: several video elements ("decks") behind one clock.
//
// A fragment (the changed scene with its new audio) plays in an element of its own, which takes over at the scene's
// start and hands back at its end. Media Source Extensions could splice it into one element instead, but want fragmented
// MP4 with equal codec settings, do not exist on iPhones before 17.1, and seek only within what was appended; a playlist
// (HLS) of segments plays natively in Safari alone and seeks to segments' key frames first. A plain file of its own
// seeks to the exact frame in Chromium, Firefox and Safari alike, and is the file that `build` makes, byte for byte.
// The price is a hand-over at two edges, where the next element is loaded and stands at its first frame already.
//
// A new whole video loads in a third element and is shown once it stands at the playhead, so that nothing flashes.

import { Deck } from "./deck.js";
import { middleOf, frameAt, sceneAt } from "./format.js";
import { arrange, carried, isCurrent, pieceAt } from "./pieces.js";

// Outputs without a timing file, such as audio alone, have no times of scenes: they are one piece.
function arranged(detail, fragments) {
  const found = arrange(detail.scenes, fragments);
  if (found.seconds || !detail.media || !detail.seconds) return found;
  const piece = { from: 0, to: detail.seconds, scene: null, fragment: null, local: 0 };
  return { ...found, pieces: [piece], seconds: detail.seconds };
}

export class Player extends EventTarget {
  #whole;
  #next;
  #part;
  #active;
  #detail = null;
  #fragments = new Map();
  #arranged = { scenes: [], pieces: [], seconds: 0 };
  #captions = true;
  #turn = 0;
  #time = 0;
  #animated = !matchMedia("(prefers-reduced-motion: reduce)").matches; // whether an animation is shown, not a frame of it
  #loop = ""; // the scene that is repeated, or ""

  constructor(stage) {
    super();
    [this.#whole, this.#next, this.#part] = [1, 2, 3].map(() => new Deck(stage));
    this.#active = this.#whole;
    for (const deck of [this.#whole, this.#next, this.#part]) {
      deck.onframe = (time) => this.#frame(deck, time);
      deck.onended = () => this.#ended(deck);
      deck.onchange = () => { if (deck === this.#active) this.#changed(); };
      deck.onseek = (time) => this.#moved(deck, time);
      deck.onerror = () => { if (deck === this.#active) this.dispatchEvent(new Event("broken")); };
    }
  }

  get fps() { return this.#detail?.fps || 30; }
  get time() { return this.#time; }
  get seconds() { return this.#arranged.seconds; }
  get scenes() { return this.#arranged.scenes; }
  get paused() { return this.#detail?.animation ? !this.#animated : this.#active.video.paused; }
  // Whether there is something to play, or, of what does not play, to look at.
  get loaded() { return this.#active.url !== "" || ["animation", "frames"].includes(this.#detail?.kind); }
  get video() { return this.#active.video; }
  get fragments() { return this.#fragments; }
  get scene() { return this.scenes[sceneAt(this.scenes, this.#time)] ?? null; }
  get loop() { return this.#loop; }

  // Repeat the scene under the playhead, and later the one that the playhead is moved to.
  set loop(on) {
    this.#loop = (on && this.scene?.id) || "";
    this.#changed();
  }

  // Show a revision of the whole video; the playhead stays at the same place of the same scene.
  async open(detail) {
    const turn = ++this.#turn;
    const url = detail.media?.url ?? "";
    const whole = arranged(detail, new Map());
    if (!url || url === this.#whole.url) {
      this.#detail = detail;
      this.#rearrange();
      return;
    }
    const fps = detail.fps || 30;
    const target = () => this.#snap(carried(this.#time, this.#arranged.scenes, whole.scenes, fps), whole.seconds, fps);
    const first = !this.#whole.url;
    const deck = first ? this.#whole : this.#next;
    deck.video.poster = (detail.media.type?.startsWith("audio/") && detail.poster) || "";
    await deck.load(url, detail.captions?.url, target());
    if (turn !== this.#turn) return; // a still newer one is on its way
    // The playhead may have moved while the file was loaded.
    for (let stands = -1; Math.abs(target() - stands) > 0.5 / fps;) {
      stands = target();
      await deck.seek(stands);
      if (turn !== this.#turn) return;
      if (!this.paused) break; // it moves all the time
    }
    const playing = !this.paused;
    if (!first) {
      [this.#whole, this.#next] = [this.#next, this.#whole];
    }
    this.#time = target();
    this.#detail = detail;
    // What was edited while this version was built, or loaded, is newer than it.
    const stale = new Set(detail.scenes.filter((scene) => scene.stale).map((scene) => scene.id));
    for (const [scene, fragment] of this.#fragments) {
      const isNewer = fragment.arrived >= detail.answered || (stale.has(scene) && isCurrent(fragment, detail));
      if (!isNewer) this.#fragments.delete(scene);
    }
    this.#arranged = whole;
    this.#show(this.#whole, playing);
    if (!first) this.#next.unload();
    if (this.#fragments.size) {
      this.#retime();
      await this.seek(this.#time);
      return;
    }
    this.#part.unload();
    this.#changed();
    this.#tell();
  }

  // Play a scene's fragment instead of its part of the whole video from now on.
  async replace(fragment) {
    if (!this.#detail?.scenes.some((scene) => scene.id === fragment.scene)) return;
    this.#fragments.set(fragment.scene, fragment);
    this.#retime();
    const piece = pieceAt(this.#arranged.pieces, this.#time);
    if (piece?.fragment || this.#active === this.#part) await this.seek(this.#time);
    else await this.#part.load(fragment.url, fragment.captions, 0);
  }

  // Play the whole video again in the place of fragments.
  async withdraw(isOver) {
    const over = [...this.#fragments.values()].filter(isOver);
    if (!over.length) return;
    const playing = !this.paused;
    for (const { scene, url } of over) {
      this.#fragments.delete(scene);
      if (this.#part.url === url) this.#part.video.pause(); // at once: the whole video may take a moment to stand there
    }
    this.#retime();
    await this.seek(this.#time, playing);
  }

  #retime() {
    const before = this.#arranged.scenes;
    this.#arranged = arranged(this.#detail, this.#fragments);
    this.#time = this.#snap(carried(this.#time, before, this.#arranged.scenes, this.fps));
    this.#changed();
  }

  async play() {
    if (this.#detail?.animation) {
      this.#animated = true;
      this.#changed();
    }
    if (!this.#active.url) return;
    if (this.#time >= this.seconds - 1.5 / this.fps) await this.seek(0);
    await this.#active.play();
    this.#changed();
  }

  pause() {
    this.#animated &&= !this.#detail?.animation;
    for (const deck of [this.#whole, this.#part]) deck.video.pause();
    this.#changed();
  }

  toggle() {
    return this.paused ? this.play() : this.pause();
  }

  // Show the frame at a time of the page; resolves when it is on the screen.
  async seek(time, goesOn = null) {
    const playing = !this.paused;
    if (this.#detail?.animation) this.pause();
    this.#time = this.#snap(time);
    if (this.#loop) this.#loop = this.scene?.id ?? "";
    this.#tell();
    const piece = pieceAt(this.#arranged.pieces, this.#time);
    if (!piece || !this.#active.url) return;
    const local = piece.local + this.#time - piece.from;
    const deck = piece.fragment ? this.#part : this.#whole;
    if (piece.fragment) await deck.load(piece.fragment.url, piece.fragment.captions, local);
    else await deck.seek(local);
    // There are new pieces whenever scenes were read again meanwhile: what counts is the file.
    if (pieceAt(this.#arranged.pieces, this.#time)?.fragment !== piece.fragment) return;
    // Play may have been pressed while the file was loaded, which pauses the element that gets it.
    this.#show(deck, goesOn ?? (!this.paused || (playing && deck === this.#active)));
  }

  step(frames) {
    this.pause();
    return this.seek(middleOf(frameAt(this.#time, this.fps) + frames, this.fps));
  }

  set captions(on) {
    this.#captions = on;
    for (const deck of [this.#whole, this.#next, this.#part]) deck.captions = on;
    this.#changed();
  }

  get captions() { return this.#captions; }

  set muted(on) {
    for (const deck of [this.#whole, this.#next, this.#part]) deck.video.muted = on;
    this.#changed();
  }

  get muted() { return this.#whole.video.muted; }

  get speed() { return this.#active.video.playbackRate; }

  set speed(rate) {
    for (const deck of [this.#whole, this.#next, this.#part]) {
      deck.video.defaultPlaybackRate = rate;
      deck.video.playbackRate = rate;
    }
  }

  #snap(time, seconds = this.seconds, fps = this.fps) {
    const last = Math.max(0, Math.round(seconds * fps) - 1);
    return middleOf(Math.min(Math.max(0, frameAt(time, fps)), last), fps);
  }

  #rearrange() {
    this.#arranged = arranged(this.#detail, this.#fragments);
    this.#changed();
    this.#tell();
  }

  #show(deck, playing) {
    const other = [this.#whole, this.#next, this.#part].filter((each) => each !== deck);
    this.#active = deck;
    if (playing) deck.play();
    deck.visible = true;
    for (const each of other) {
      each.visible = false;
      each.video.pause();
    }
    this.#changed();
  }

  #frame(deck, local) {
    if (deck !== this.#active || deck.video.paused || deck.video.seeking) return;
    const piece = pieceAt(this.#arranged.pieces, this.#time);
    if (!piece) return;
    const time = piece.from + local - piece.local;
    const looped = this.#loop && this.scenes.find((each) => each.id === this.#loop);
    // The last frame of the scene is the sign to go back: at the next one, the other scene would be seen already.
    if (looped && time >= looped.start + looped.seconds - 1.2 / this.fps) {
      this.seek(looped.start);
      return;
    }
    this.#time = Math.max(0, time);
    if (time >= piece.to - 0.5 / this.fps && piece !== this.#arranged.pieces.at(-1)) this.seek(piece.to + 1e-3);
    else this.#tell();
  }

  // Something else has moved the element: the page follows it.
  #moved(deck, local) {
    const piece = pieceAt(this.#arranged.pieces, this.#time);
    if (deck !== this.#active || !piece) return;
    const found = deck === this.#part ? piece : this.#arranged.pieces.findLast((each) => !each.fragment && each.local <= local + 1e-6);
    this.#time = this.#snap(found ? found.from + local - found.local : local);
    if (this.#loop) this.#loop = this.scene?.id ?? "";
    this.#changed();
    this.#tell();
  }

  #ended(deck) {
    if (deck !== this.#active) return;
    const looped = this.#loop && this.scenes.find((each) => each.id === this.#loop);
    if (looped) {
      this.seek(looped.start).then(() => this.play());
      return;
    }
    const piece = pieceAt(this.#arranged.pieces, this.#time);
    if (piece && piece !== this.#arranged.pieces.at(-1)) {
      this.seek(piece.to + 1e-3).then(() => this.play());
    } else this.#changed();
  }

  #changed() { this.dispatchEvent(new Event("change")); }
  #tell() { this.dispatchEvent(new Event("time")); }
}
