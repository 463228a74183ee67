/** A time to the minute where its seconds say nothing: `2026-11-27T14:30Z`, which ISO 8601 has, too. */
export function shortTime(iso: string): string {
  return iso.replace(/:00(\.0+)?Z$/, 'Z').replace(/\.0+Z$/, 'Z');
}
