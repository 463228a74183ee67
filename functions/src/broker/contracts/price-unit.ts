/**
 * The unit that an instrument is priced in. IBKR quotes some in hundredths of their currency, as the exchange does:
 * London stocks in pence, grain futures in cents. Limits and stops of orders are in the same unit; positions, cash and
 * amounts of money are in the currency.
 */
import { BrokerError } from '../errors.ts';
import type { IbkrClient } from '../session/client.ts';
import { getContractOrderRules } from './contract-order-rules.ts';
import { getDefinitions } from './contracts.ts';

export interface PriceUnit {
  /** What money is in: GBP, also where IBKR calls the currency GBX. */
  currency: string;
  /** How many units of a price are one of the currency: 100 for pence. Null where IBKR does not say. */
  magnifier: number | null;
  /** A short name of the unit where it is not the currency: `GBX`, `1/100 EUR`. */
  name: string | null;
}

/** Codes of hundredths that exchanges and data vendors use, and what people call them. */
const HUNDREDTHS: Readonly<Record<string, { of: string; word: string }>> = {
  GBX: { of: 'GBP', word: 'pence' },
  ILA: { of: 'ILS', word: 'agorot' },
  ZAC: { of: 'ZAR', word: 'cents' },
  USX: { of: 'USD', word: 'cents' },
};
/** Other spellings of them. */
const CODES: Readonly<Record<string, string>> = {
  GBp: 'GBX',
  GBPENCE: 'GBX',
  ILa: 'ILA',
  ZAc: 'ZAC',
  USc: 'USX',
};

/** What is known of an instrument before its rules are asked for. */
interface Priced {
  conid: number;
  secType: string;
  currency: string;
}

/** `GBX (pence, 1/100 GBP)`; null where prices are in the currency itself. */
export function priceUnitWords({ currency, magnifier, name }: PriceUnit): string | null {
  if (magnifier === null) return `unknown: ${currency}, or a hundredth of it`;
  if (name === null) return null;
  const word = HUNDREDTHS[name]?.word;
  return word === undefined ? name : `${name} (${word}, 1/${magnifier} ${currency})`;
}

/** The unit of a currency that IBKR names, with the `priceMagnifier` of the instrument's rules. */
function priceUnitOf(currency: string, magnifier: number | null): PriceUnit {
  const code = CODES[currency] ?? currency;
  const hundredth = HUNDREDTHS[code];
  if (hundredth !== undefined) return { currency: hundredth.of, magnifier: 100, name: code };
  if (magnifier === null || magnifier === 1) return { currency, magnifier, name: null };
  const [known] = Object.entries(HUNDREDTHS).find(([, { of }]) => of === currency && magnifier === 100) ?? [];
  return { currency, magnifier, name: known ?? `1/${magnifier} ${currency}` };
}

/**
 * The unit that an instrument is priced in. Rules are not asked for where no exchange knows another unit than the
 * currency: stocks and options in USD.
 */
export async function getPriceUnit(
  client: IbkrClient,
  { conid, secType, currency }: Priced,
): Promise<PriceUnit> {
  if (currency === 'USD' && !isFuture(secType)) return priceUnitOf(currency, 1);
  return priceUnitOf(currency, await readMagnifier(client, conid));
}

function isFuture(secType: string): boolean {
  return secType === 'FUT' || secType === 'FOP';
}

async function readMagnifier(client: IbkrClient, conid: number): Promise<number | null> {
  try {
    return (await getContractOrderRules(client, conid))?.priceMagnifier ?? null;
  } catch (error) {
    if (error instanceof BrokerError && error.kind === 'not_found') return null;
    throw error;
  }
}

/** Rows of a list that name an instrument; null where IBKR leaves out what it is. */
interface PricedRow {
  conid: number;
  secType: string | null;
  currency?: string | null;
  legs?: readonly { conid: number }[] | undefined;
}

/**
 * The units of the prices in a list, in words; of a combo those of its first leg. No list fails for want of a unit: it
 * is told as unknown then.
 */
export async function getPriceUnits(
  client: IbkrClient,
  rows: readonly PricedRow[],
): Promise<(row: PricedRow) => string | null> {
  const asked = rows.filter((row) => !isPlain(row)).map(pricedConid);
  const units = await readUnits(client, asked).catch((error) => {
    if (error instanceof BrokerError) return new Map<number, PriceUnit>();
    throw error;
  });
  return (row) => {
    if (isPlain(row)) return null;
    const unknown = priceUnitOf(row.currency ?? 'the currency', null);
    return priceUnitWords(units.get(pricedConid(row)) ?? unknown);
  };
}

async function readUnits(client: IbkrClient, conids: readonly number[]): Promise<Map<number, PriceUnit>> {
  const definitions = await getDefinitions(client, conids);
  const units = definitions.map(async (definition): Promise<[number, PriceUnit]> => {
    return [definition.conid, await getPriceUnit(client, definition)];
  });
  return new Map(await Promise.all(units));
}

/** Needs no look at its rules: in USD, and a combo of which only IBKR's name for the currency is known. */
function isPlain({ secType, currency, legs }: PricedRow): boolean {
  if (secType === 'BAG' || legs !== undefined) return legs === undefined;
  return currency === 'USD' && secType !== null && !isFuture(secType);
}

function pricedConid({ conid, legs }: PricedRow): number {
  return legs?.[0]?.conid ?? conid;
}
