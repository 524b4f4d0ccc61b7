// Numbers for people, and times on the grid of frames.

export function clock(seconds, decimals = 0) {
  const scale = 10 ** decimals;
  const all = Math.floor(Math.max(0, seconds) * scale + 1e-6);
  const whole = Math.floor(all / scale);
  const rest = decimals ? `.${String(all % scale).padStart(decimals, "0")}` : "";
  const parts = [Math.floor(whole / 60) % 60, whole % 60];
  if (whole >= 3600) parts.unshift(Math.floor(whole / 3600));
  return parts.map((each, at) => (at ? String(each).padStart(2, "0") : String(each))).join(":") + rest;
}

export function duration(seconds) {
  if (seconds === null || seconds === undefined) return "";
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  return clock(seconds);
}

export function bytes(count) {
  if (count === null || count === undefined) return "";
  const units = ["B", "kB", "MB", "GB", "TB"];
  let at = 0;
  let left = count;
  while (left >= 1000 && at < units.length - 1) {
    left /= 1000;
    at += 1;
  }
  return `${at && left < 10 ? left.toFixed(1) : Math.round(left)} ${units[at]}`;
}

export function ago(unix) {
  const seconds = Math.max(0, Date.now() / 1000 - unix);
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return new Date(unix * 1000).toLocaleDateString();
}

export function plural(count, word) {
  return `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;
}

// What a run was of: its one spec, or how many videos of which specs.
export function titleOf(run) {
  const each = (run.name ?? "").split(", ").filter(Boolean);
  const specs = [...new Set(each.map((name) => name.split(" ")[0]))];
  const named = specs.length > 3 ? `${specs.slice(0, 3).join(", ")} and ${specs.length - 3} more` : specs.join(", ");
  return each.length > 1 && each.length !== specs.length ? `${named}: ${plural(each.length, "video")}` : named;
}

export function frameAt(time, fps) {
  return Math.floor(time * fps + 1e-4);
}

// The middle of a frame: its edges are rounded to the file's clock, so that a seek to an edge may show the one before.
export function middleOf(frame, fps) {
  return (frame + 0.5) / fps;
}

// The start of the frame that contains a time, by which the server is asked for it: a middle could be rounded up.
export function frameTime(time, fps) {
  return frameAt(Math.max(0, time), fps) / fps;
}

// The index of the scene at a time. Before the first build no scene has a length, and the first one is shown.
export function sceneAt(scenes, time) {
  const last = scenes.at(-1);
  return last && last.start + last.seconds === 0 ? 0 : lastBefore(scenes, time);
}

// The entry of a sorted list that contains a time: the last one that has started; -1 before the first.
export function lastBefore(list, time, start = (each) => each.start) {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (start(list[middle]) <= time + 1e-6) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
