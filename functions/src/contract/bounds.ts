/** How much, how many and how long: what forms offer, and the API takes. */

/** Of amounts of money that limit orders, in the account's base currency. */
export const MOST_MONEY = 1e12;
export const MOST_DAILY_ORDERS = 100_000;
export const MOST_SYMBOLS = 500;
/** Of ranges of addresses that a key may be used from. */
export const MOST_ADDRESS_RANGES = 20;
/** Of what an owner calls a connection or a key. */
export const MOST_LABEL_CHARACTERS = 60;
/** How old a sign-in may be of who lets a host trade: money can be moved with what is granted then. */
export const RECENT_SIGN_IN_MS = 5 * 60_000;
