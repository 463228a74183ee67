import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The projects that run at once: those with the longest files first, so that they are not what is left at the end, and
 * those that mostly wait for a browser before those that keep a core busy.
 */
const ORDER = ['unit', 'orders', 'emulators', 'e2e', 'integration'];

/** The unit tests that wait for half a minute, for time-outs and for the next code: others compute meanwhile. */
const WAITING = /broker\/(sign-in\/managed-session|faults|orders\/order-lookup|session\/reads)\.test\.ts$/;

/** In which order the files begin: project by project, what waits before what computes, and the larger ones first. */
export class OrderOfFiles extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => place(a) - place(b));
  }
}

function place({ project, moduleId }: TestSpecification): number {
  return 2 * ORDER.indexOf(project.name) + (WAITING.test(moduleId) ? 0 : 1);
}
