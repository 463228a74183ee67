/** Test support: functions in the runtime that they have when deployed, each in a process of its own. */
import { closeAfterFile } from '../after-file.ts';
import { type RunningFunction, startFunction } from './function-process.ts';

/** Starts one until the file is done, as `startFunction` does. */
export async function runFunction(...started: Parameters<typeof startFunction>): Promise<RunningFunction> {
  const running = await startFunction(...started);
  closeAfterFile(running.stop);
  return running;
}
