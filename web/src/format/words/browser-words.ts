const BROWSERS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/ EdgA?\//, 'Edge'],
  [/ OPR\//, 'Opera'],
  [/ (Firefox|FxiOS)\//, 'Firefox'],
  [/ SamsungBrowser\//, 'Samsung Internet'],
  [/ (Chrome|CriOS|HeadlessChrome)\//, 'Chrome'],
  [/ Safari\//, 'Safari'],
];
const SYSTEMS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Macintosh/, 'Mac'],
  [/CrOS/, 'Chromebook'],
  [/Linux/, 'Linux'],
];

/** What a person knows a browser by, out of its `User-Agent`: `Chrome on Android`. */
export function browserWords(userAgent: string): string {
  const browser = nameIn(BROWSERS, userAgent) ?? 'Browser';
  const system = nameIn(SYSTEMS, userAgent);
  return system === undefined ? browser : `${browser} on ${system}`;
}

function nameIn(names: typeof BROWSERS, userAgent: string): string | undefined {
  return names.find(([pattern]) => pattern.test(userAgent))?.[1];
}
