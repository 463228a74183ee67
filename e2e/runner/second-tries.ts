import type { Reporter, TestCase } from 'vitest/node';

/** A line of a stack inside a library. */
const INNER_FRAME = /\n +at .*node_modules.*/g;

/** Tells at the end why the first try of a test failed that passed at the second: nothing else tells it. */
export class SecondTries implements Reporter {
  readonly #told: string[] = [];

  onTestCaseResult(test: TestCase): void {
    if (test.diagnostic()?.flaky !== true) return;
    const errors = test.result().errors ?? [];
    this.#told.push(
      `${test.module.relativeModuleId} > ${test.fullName}`,
      ...errors.map(({ message, stack }) => (stack ?? message).replaceAll(INNER_FRAME, '')),
    );
  }

  onTestRunEnd(): void {
    if (this.#told.length > 0) console.log(['', 'Passed at the second try:', ...this.#told].join('\n'));
  }
}
