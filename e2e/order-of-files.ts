import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The projects that run at once: those with the longest files first, so that they are not what is left at the end, and
 * those that mostly wait for a browser before those that keep a core busy.
 */
const ORDER = ['orders', 'emulators', 'e2e', 'integration'];

/** In which order the files begin: project by project, and within a project the larger ones first. */
export class OrderOfFiles extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => ORDER.indexOf(a.project.name) - ORDER.indexOf(b.project.name));
  }
}
