/** The second factors of IBKR's sign-in. */

/**
 * How an owner shows that it is them: by a code of their authenticator app, a yes in IBKR's app on the phone, or a code that
 * IBKR sends. In the order in which one is taken unless they choose.
 */
export const FACTORS = ['app', 'phone', 'message'] as const;
export type Factor = (typeof FACTORS)[number];

/** What each is called in `sftypes` and `SF`; IB Key has a name for Android and one for an iPhone. */
const NAMES: Readonly<Record<Factor, readonly string[]>> = {
  app: ['4'],
  phone: ['5.2a', '5.2i'],
  // A code that is mailed has no name that is known: it looks like one that is texted.
  message: ['4.2'],
};

/** The one that IBKR calls so; undefined where that is not known. */
export function factorNamed(name: string): Factor | undefined {
  return FACTORS.find((factor) => NAMES[factor].includes(name));
}
