/** Many instruments in two calls to IBKR, of those that need no more to be told apart. */

import { BrokerError } from '../errors.ts';
import type { IbkrClient } from '../session/client.ts';
import { resolveContract } from './contract-resolution.ts';
import { type Contract, getDefinitions, getListings } from './contracts.ts';
import { isNamedIndex, otherMeaning, readSymbol } from './symbols.ts';

/** A contract, or why there is none. */
export type FoundTogether = { contract: Contract } | { failure: BrokerError };

/** What `resolveContract` finds for each symbol and each contract id, in their order. */
export async function resolveTogether(
  client: IbkrClient,
  { symbols, conids }: { symbols: readonly string[]; conids: readonly number[] },
): Promise<FoundTogether[]> {
  const american = await americanStocks(client, symbols);
  const definitions = await getDefinitions(client, [...conids, ...american.values()]);
  const known = (conid: number | undefined) => definitions.find((one) => one.conid === conid);
  return Promise.all([
    ...symbols.map((symbol) => {
      const contract = known(american.get(symbol));
      return contract === undefined
        ? findOne(() => resolveContract(client, { symbol }))
        : { contract: withOtherMeaning(contract) };
    }),
    ...conids.map((conid) => {
      const contract = known(conid);
      return contract === undefined ? findOne(() => resolveContract(client, { conid })) : { contract };
    }),
  ]);
}

async function findOne(resolve: () => Promise<Contract>): Promise<FoundTogether> {
  try {
    return { contract: await resolve() };
  } catch (failure) {
    if (failure instanceof BrokerError) return { failure };
    throw failure;
  }
}

function withOtherMeaning(contract: Contract): Contract {
  const meaning = otherMeaning(contract.symbol);
  return meaning === null ? contract : { ...contract, otherMeaning: meaning };
}

/** Of bare tickers with one listing in the United States, which a bare ticker means, that listing. */
async function americanStocks(client: IbkrClient, symbols: readonly string[]): Promise<Map<string, number>> {
  const tickers = new Map(symbols.flatMap((symbol) => plainTicker(symbol).map((ticker) => [symbol, ticker])));
  const together = [...new Set(tickers.values())];
  const listed = [...tickers].map(async ([symbol, ticker]): Promise<[string, number][]> => {
    const { listings, unread } = await getListings(client, ticker, together);
    const [only, another] = listings.filter(({ isUS }) => isUS);
    return only === undefined || another !== undefined || unread.length > 0 ? [] : [[symbol, only.conid]];
  });
  return new Map((await Promise.all(listed)).flat());
}

/** The ticker where the symbol can be read as a stock's alone, and as nothing else. */
function plainTicker(symbol: string): string[] {
  const [reading, another] = readSymbol(symbol);
  if (reading?.kind !== 'STK' || another !== undefined || reading.exchanges !== undefined) return [];
  const [ticker, spelling] = reading.symbols;
  return ticker === undefined || spelling !== undefined || isNamedIndex(ticker) ? [] : [ticker];
}
