import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * In which order the files of the projects begin. A core is idle where all that runs waits, so what waits runs beside what
 * computes: the order scripts compute for minutes, integration tests mostly wait, browsers keep all cores busy. The long
 * files are not what is left at the end, and unit tests, which are short, fill what the last browsers leave.
 */
const ORDER = ['orders', 'emulators', 'integration', 'e2e', 'unit'];

/** The unit tests that wait for half a minute, for time-outs and for the next code. They begin first. */
const WAITING = /broker\/(sign-in\/managed-session|faults|orders\/order-lookup|session\/reads)\.test\.ts$/;

/** Project by project, what waits before what computes, and the larger files first. */
export class OrderOfFiles extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => place(a) - place(b));
  }
}

function place({ project, moduleId }: TestSpecification): number {
  return WAITING.test(moduleId) ? -1 : ORDER.indexOf(project.name);
}
