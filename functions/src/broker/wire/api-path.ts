/**
 * Builds a path below `/v1/api` from fixed text and variable segments, each percent-encoded:
 * `` apiPath`/portfolio/${accountId}/ledger` ``. The one place where values meet URLs.
 * @throws {RangeError} when a segment is empty, `.` or `..`, which would name another resource.
 */
export function apiPath(fixed: TemplateStringsArray, ...segments: readonly (string | number)[]): string {
  return String.raw({ raw: fixed }, ...segments.map(encodeSegment));
}

function encodeSegment(segment: string | number): string {
  const text = String(segment);
  if (text === '' || text === '.' || text === '..')
    throw new RangeError(`'${text}' cannot be part of a path`);
  return percentEncode(text);
}

/** RFC 3986 percent-encoding of everything that is not unreserved; OAuth 1.0a signs this form. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
