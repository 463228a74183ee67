/** What IBKR's questions about orders ask, by message id. */
const MEANINGS: Readonly<Record<string, string>> = {
  o163: 'The limit price is further from the market than the account’s percentage limit.',
  o354: 'There is no market data for this instrument, so the price may be a surprise.',
  o382: 'The price is further from the market than the account’s limit in price steps.',
  o383: 'The quantity is above the account’s size limit.',
  o403: 'The order will most likely trigger and fill at once.',
  o451: 'The estimated value is above the account’s limit for one order.',
  o2136: 'The order mixes allocations.',
  o2137: 'There is an open order on the other side of this instrument.',
  o2165: 'Fractions are not filled outside regular hours.',
  o10082: 'The bond has been called.',
  o10138: 'The change of size is above the account’s limit.',
  o10151: 'A market order fills at whatever price the market offers.',
  o10152: 'A stop order, once triggered, fills at whatever price the market offers.',
  o10153: 'IBKR may put a cap or floor on the price of the order.',
  o10164: 'Details of an order by amount are met as well as possible, not exactly.',
  o10223: 'The order is for an amount of money; the quantity may differ.',
  o10288: 'A market order in crypto fills at whatever price the market offers.',
  o10331: 'There are several kinds of stop orders, each with its own risks.',
  o10332: 'The crypto order goes through OSL Digital Securities.',
  o10333: 'The option is exercised at the money.',
  o10334: 'The order goes to the omnibus account.',
  o10335: 'The order is entered in a rapid entry window.',
  o10336: 'The instrument is illiquid.',
  p6: 'The order is distributed over several accounts.',
  p12: 'IBKR offers to let its price management handle the order.',
};

/** What a question asks, in a plain sentence; null for an id this service does not know. */
export function questionMeaning(messageId: string): string | null {
  return MEANINGS[messageId] ?? null;
}
