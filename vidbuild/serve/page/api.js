// Requests to the server. Everything that changes something carries the page's token.

export class ApiError extends Error {
  constructor(status, message, hint) {
    super(message);
    this.status = status;
    this.hint = hint ?? "";
  }
}

const REFUSED = "The server refused the request: open the address that vidbuild serve printed last.";

async function answer(response) {
  if (response.ok) return response.status === 204 ? {} : response.json();
  let body = {};
  try {
    body = await response.json();
  } catch {
    // an answer without JSON has no more to say than its status
  }
  const fallback = response.status === 403 ? REFUSED : `The server answered ${response.status}.`;
  throw new ApiError(response.status, body.message ?? fallback, body.hint);
}

export async function get(path) {
  return answer(await fetch(path, { headers: { Accept: "application/json" } }));
}

export async function post(path, body = {}) {
  const token = document.querySelector('meta[name="vidbuild-token"]').content;
  return answer(await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Vidbuild-Token": token },
    body: JSON.stringify(body),
  }));
}
