// States of videos and runs in words, and the pill that shows one.

export const STATES = {
  new: ["Not built yet", "quiet"],
  waiting: ["Waiting for the file", "quiet"],
  building: ["Building", "busy"],
  ready: ["Ready", "good"],
  failed: ["Failed", "bad"],
  invalid: ["Errors in the spec", "bad"],
  pending: ["Waiting", "quiet"],
  running: ["Running", "busy"],
  paused: ["Paused", "warn"],
  finished: ["Finished", "good"],
  completed: ["Completed", "good"],
  cancelled: ["Cancelled", "quiet"],
  aborted: ["Not run", "quiet"],
  cached: ["Cached", "quiet"],
  fetched: ["Fetched", "quiet"],
  done: ["Done", "good"],
};

export function words(state, progress) {
  const text = STATES[state]?.[0] ?? state;
  return progress?.of && state === "building" ? `${text} ${progress.done} of ${progress.of}` : text;
}

export function pill(element, state, progress) {
  const text = words(state, progress);
  if (element.textContent !== text) element.textContent = text;
  element.className = "pill";
  element.dataset.tone = STATES[state]?.[1] ?? "quiet";
}
