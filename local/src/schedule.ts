/**
 * Cloud Scheduler, for which there is no emulator: calls the functions that run on a schedule as it does, once a minute.
 * Their task queues are Firebase's own emulator.
 */
import { setTimeout as delay } from 'node:timers/promises';

export const MINUTE_MS = 60_000;
/** The only schedule that is known here. */
const EVERY_MINUTE = 'every 1 minutes';
/** When a function is cut off. */
const FUNCTION_TIMEOUT_MS = 60_000;

/** What the Functions emulator says of itself, as far as it matters here. */
interface Backends {
  backends: { functionTriggers: { id: string; schedule?: { schedule: string } }[] }[];
}

export interface ScheduleOptions {
  /** Of the Functions emulator, as `http://host:port`. */
  functionsEmulator: string;
  projectId: string;
  /** `MINUTE_MS`, but where nobody wants to wait that long. */
  everyMs: number;
  /** Told in a line which run failed. */
  onAlarm: (line: string) => void;
  /** Ends it. */
  signal: AbortSignal;
}

/** Runs until the signal is given; a run that fails ends nothing, as the next one comes. */
export async function runSchedule({ everyMs, onAlarm, signal, ...emulator }: ScheduleOptions): Promise<void> {
  while (!signal.aborted) {
    await delay(everyMs, undefined, { signal, ref: false }).catch(() => {});
    if (signal.aborted) return;
    try {
      await callScheduled(emulator, signal);
    } catch (error) {
      if (!signal.aborted) onAlarm(`The schedule did not run: ${(error as Error).message}`);
    }
  }
}

async function callScheduled(
  { functionsEmulator, projectId }: Pick<ScheduleOptions, 'functionsEmulator' | 'projectId'>,
  signal: AbortSignal,
): Promise<void> {
  const answer = await fetch(`${functionsEmulator}/backends`, { signal });
  const { backends } = (await answer.json()) as Backends;
  const triggers = backends.flatMap(({ functionTriggers }) => functionTriggers);
  for (const { id, schedule } of triggers) {
    if (schedule === undefined) continue;
    if (schedule.schedule !== EVERY_MINUTE)
      throw new Error(`${id} runs "${schedule.schedule}", which is not known.`);
    // What the emulator calls the first generation of a function without a URL of its own.
    const { status } = await fetch(`${functionsEmulator}/functions/projects/${projectId}/triggers/${id}-0`, {
      method: 'POST',
      headers: { 'X-CloudScheduler-JobName': id, 'X-CloudScheduler-ScheduleTime': new Date().toISOString() },
      signal: AbortSignal.any([signal, AbortSignal.timeout(FUNCTION_TIMEOUT_MS)]),
    });
    if (status !== 200) throw new Error(`${id} answered ${status}.`);
  }
}
