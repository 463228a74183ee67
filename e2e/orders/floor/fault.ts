/** What the simulator is told to do wrong. */

/** As `POST /sim/faults` takes it. */
export interface Fault {
  kind: string;
  match: { method?: string; path?: string };
  times: number;
  status?: number;
  delayMs?: number;
  body?: unknown;
}
