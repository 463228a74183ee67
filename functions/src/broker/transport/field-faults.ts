import { GatewayError } from '../../errors.ts';

/** A form that is being filled in. */
export type Unfinished<Form> = { [Field in keyof Form]?: Form[Field] | undefined };

/** Runs checks of single fields. @returns what they threw, by the field that `details` names. */
export async function faultsOf(checks: readonly (() => unknown)[]): Promise<Map<string, GatewayError>> {
  const faults = new Map<string, GatewayError>();
  for (const check of checks) {
    try {
      await check();
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      faults.set(String(error.details?.field), error);
    }
  }
  return faults;
}
