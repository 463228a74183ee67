/** How much is tried, as whoever runs the tests says. */

/** Sign-ins at the simulated IBKR, each of somebody else; `npm run test:long` makes more. */
export const SIGN_INS = Number(process.env.SIGN_INS ?? 100);

/** Where a Firestore server runs that tests of storage are to use, as `127.0.0.1:port`; undefined: each file starts one of ours. */
export const TESTED_FIRESTORE = process.env.TESTED_FIRESTORE;
