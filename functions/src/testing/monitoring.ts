/** Test support: the metrics that operators count lines of the log by. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LogEntry } from './logged.ts';

const METRICS = join(import.meta.dirname, '../../../local/monitoring/metrics');
const SEVERITIES = ['DEBUG', 'INFO', 'WARNING', 'ERROR'];

/** Whether a metric counts a line, by what its filter asks of one that a function wrote. */
export function isCountedBy(metric: string, entry: LogEntry): boolean {
  const { filter } = JSON.parse(readFileSync(join(METRICS, `${metric}.json`), 'utf8')) as { filter: string };
  const asked = [...filter.matchAll(/([\w.]+)(>=|=~|=)("(?:[^"\\]|\\.)*"|\w+)/g)];
  if (asked.map(([all]) => all).join(' ') !== filter)
    throw new Error(`This filter is not understood: ${filter}`);
  return asked.every(([, field = '', operator, given = '']) => {
    const value = given.startsWith('"') ? String(JSON.parse(given)) : given;
    if (field === 'resource.type') return value === 'cloud_run_revision';
    if (field === 'severity') return SEVERITIES.indexOf(entry.severity) >= SEVERITIES.indexOf(value);
    const found = String(entry[field.replace('jsonPayload.', '')] ?? '');
    return operator === '=~' ? new RegExp(value).test(found) : found === value;
  });
}
