/** The functions, each in the server that deployed functions run in. */
import type { Server } from 'node:http';
import { pathToFileURL } from 'node:url';
import {
  type CloudEventFunction,
  cloudEvent,
  type HttpFunction,
  http,
} from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';

export interface HostedFunction {
  /** Not listening: requests are given to it. */
  server: Server;
  /** Of a function that runs on a schedule. */
  schedule?: string;
  /** Of a task queue: how many tasks at once. */
  maxConcurrentDispatches?: number;
}

/**
 * All of them, by the names they are deployed under.
 *
 * @param module The file to load them from: the sources' or a bundle's `index`.
 */
export async function hostFunctions(module: string): Promise<Map<string, HostedFunction>> {
  const functions: typeof import('../../../functions/src/index.ts') = await import(
    pathToFileURL(module).href
  );
  return new Map(
    Object.entries(functions).map(([name, handler]) => {
      const { eventTrigger, scheduleTrigger, taskQueueTrigger } = handler.__endpoint;
      // Those take care that there is a `rawBody`, which their type leaves open.
      if (eventTrigger === undefined) http(name, handler as HttpFunction);
      else cloudEvent(name, handler as CloudEventFunction);
      const schedule = scheduleTrigger?.schedule;
      const atOnce = taskQueueTrigger?.rateLimits?.maxConcurrentDispatches;
      return [
        name,
        {
          server: getTestServer(name),
          ...(typeof schedule === 'string' ? { schedule } : {}),
          ...(typeof atOnce === 'number' ? { maxConcurrentDispatches: atOnce } : {}),
        },
      ];
    }),
  );
}
