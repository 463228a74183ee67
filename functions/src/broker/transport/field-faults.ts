import { BrokerError } from '../errors.ts';

/** A form that is being filled in. */
export type Unfinished<Form> = { [Field in keyof Form]?: Form[Field] | undefined };

/** Runs checks of single fields. @returns what they threw, by the field that it is about. */
export async function faultsOf(checks: readonly (() => unknown)[]): Promise<Map<string, BrokerError>> {
  const faults = new Map<string, BrokerError>();
  for (const check of checks) {
    try {
      await check();
    } catch (error) {
      if (!(error instanceof BrokerError) || error.problem.name !== 'field') throw error;
      faults.set(error.problem.field, error);
    }
  }
  return faults;
}
