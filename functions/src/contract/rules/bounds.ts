/** How much, how many and how long: what forms offer, and the API takes. */

/** Of amounts of money that limit orders, in the account's base currency. */
export const MOST_MONEY = 1e12;
export const MOST_DAILY_ORDERS = 100_000;
export const MOST_COLLAR_PERCENT = 1_000;
export const MOST_QUOTE_AGE_SECONDS = 86_400;
export const MOST_SYMBOLS = 500;
/** Of ranges of addresses that a key may be used from. */
export const MOST_ADDRESS_RANGES = 20;
/** Of what an owner calls a connection or a key. */
export const MOST_LABEL_CHARACTERS = 60;
/** How old a sign-in may be of who gives more power: a browser left signed in somewhere is not enough. */
export const RECENT_SIGN_IN_MS = 5 * 60_000;
/** How old it may be of who says yes to an order with real money, which happens on phones and is wanted soon. */
export const LIVE_APPROVAL_SIGN_IN_MS = 24 * 60 * 60_000;
