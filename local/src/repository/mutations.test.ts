/** That the mutants of the order engine can still be made: sources are changed without a thought of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MUTATIONS } from '../../../e2e/orders/mutations.ts';

const REPOSITORY = join(import.meta.dirname, '../../..');

it.each(MUTATIONS.map(({ name, file, from }) => ({ name, file, from })))(
  'the text that “$name” breaks stands in its file once',
  ({ file, from }) => {
    expect(readFileSync(join(REPOSITORY, file), 'utf8').split(from)).toHaveLength(2);
  },
);
