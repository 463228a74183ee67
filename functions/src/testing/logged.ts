/** Test support: what the gateway logs. Loaded before it: Firebase's logger keeps the console as it finds it. */
let lines: string[] = [];

for (const method of ['debug', 'info', 'log', 'warn', 'error'] as const) {
  const print = console[method];
  console[method] = (...said: unknown[]) => {
    lines.push(String(said[0]));
    print(...said);
  };
}

/** An entry as Cloud Logging gets it. */
export interface LogEntry {
  severity: 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';
  message: string;
  [field: string]: unknown;
}

/** What was logged since the test began, or since it was forgotten. */
export function logged(severity: LogEntry['severity']): LogEntry[] {
  return lines
    .filter((line) => line.includes(`"severity":"${severity}"`))
    .map((line): LogEntry => JSON.parse(line));
}

export function forgetLogged(): void {
  lines = [];
}
