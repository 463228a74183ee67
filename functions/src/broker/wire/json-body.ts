/** What IBKR's answers hold, as JSON. A gateway is its owner's, and answers what it is told to. */

/** Texts shorter than this have not the values that count. */
const COUNTED_FROM_CHARACTERS = 65_536;
/**
 * Those of 1,300 orders, and several times what IBKR's other answers have, the parameters of scanners among them. A text of
 * 2 MiB can be of many more, whose objects take twenty times its memory, and the time of everybody else's calls.
 */
const MOST_VALUES = 60_000;

/**
 * The JSON of an answer.
 * @throws {SyntaxError} for what is none.
 * @throws {RangeError} for more values than any answer of IBKR's has.
 */
export function parseJsonBody(body: string): unknown {
  if (body.length >= COUNTED_FROM_CHARACTERS && hasMoreValues(body, MOST_VALUES)) {
    throw new RangeError(`The answer has more than ${MOST_VALUES} values.`);
  }
  return JSON.parse(body);
}

/** Whether a JSON text holds more than so many values. Every value but the first has a comma or a bracket before it. */
function hasMoreValues(json: string, most: number): boolean {
  let values = 1;
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (character === '"') at = endOfString(json, at);
    else if (character === ',' || character === '[' || character === '{') values += 1;
    if (values > most) return true;
  }
  return false;
}

/** Where the string that begins there ends; the end of the text where it does not. */
function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let escapes = 0;
    while (json[end - 1 - escapes] === '\\') escapes += 1;
    if (escapes % 2 === 0) return end;
  }
  return json.length;
}
