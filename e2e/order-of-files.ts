import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Those that take longest, so that they are not what is left at the end. */
const FIRST = ['orders', 'emulators'];

/** In which order the files of projects that run at once begin: within a project the larger ones first. */
export class OrderOfFiles extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => place(a) - place(b));
  }
}

function place({ project }: TestSpecification): number {
  const { groupOrder } = project.config.sequence;
  const position = FIRST.indexOf(project.name);
  return groupOrder * (FIRST.length + 1) + (position === -1 ? FIRST.length : position);
}
