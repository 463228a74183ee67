/** How much is tried, as whoever runs the tests says. */

/** Sign-ins at the simulated IBKR, each of somebody else; `npm run test:long` makes more. */
export const SIGN_INS = Number(process.env.SIGN_INS ?? 100);
