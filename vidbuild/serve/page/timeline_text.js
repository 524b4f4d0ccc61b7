// Texts on the timeline's canvas.

// A text in its own direction, whatever that of the page is: the full stop of an Arabic sentence is at its left.
export function isolated(text) {
  return `\u2068${text}\u2069`;
}

// The text, or as much of its beginning as fits, with an ellipsis; "" if there is room for none.
export function fitted(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  const letters = [...text];
  let low = 0;
  let high = letters.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (context.measureText(`${letters.slice(0, middle).join("")}…`).width <= width) low = middle;
    else high = middle - 1;
  }
  return low ? `${letters.slice(0, low).join("")}…` : "";
}
