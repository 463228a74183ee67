/**
 * The events that operators are alerted by: the field `event` of their lines, which no other line has. What is in
 * `local/monitoring/` counts them.
 */
export const EVENTS = {
  keep_alive_late: { severity: 'WARNING', message: 'Sessions had their turn late' },
  order_unknown: { severity: 'ERROR', message: 'What became of an order is still unknown' },
  schedule_failed: { severity: 'ERROR', message: 'A part of the schedule failed' },
} as const;

export type LoggedEvent = keyof typeof EVENTS;
