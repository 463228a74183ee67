/** Test support: functions in the runtime that they have when deployed, each in a process of its own. */
import { closeAfterFile } from '../after-file.ts';
import { type RunningFunction, startFunction } from './function-process.ts';

/** Starts one until the file is done, as `startFunction` does. */
export async function runFunction(target: string, env: Record<string, string>): Promise<RunningFunction> {
  const running = await startFunction(target, env);
  closeAfterFile(running.stop);
  return running;
}
