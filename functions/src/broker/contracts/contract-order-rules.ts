import { z } from 'zod';
import { type OrderType, orderTypeOf } from '../order-types.ts';
import type { IbkrClient } from '../session/client.ts';
import { decimal, optionalDecimal, optionalProse, text } from '../wire/wire-fields.ts';
import { readContractDetails } from './contract-details.ts';

/** What IBKR takes for one contract. */
export interface ContractOrderRules {
  /** IBKR's types as ours; what this service does not place is left out, or in IBKR's own word. */
  orderTypes: string[];
  /** Those that take fractions of a unit, and with how many decimals. */
  fractionalTypes: string[];
  fractionDigits: number | null;
  /** Those that take an amount of money instead of a quantity. */
  cashTypes: string[];
  outsideRthTypes: string[];
  /** The types of each time in force (`DAY`, `GTD`, ...). */
  tifTypes: Record<string, string[] | 'all'>;
  /** The smallest step of a price, from each price upwards, lowest first. */
  priceSteps: { from: number; step: number }[];
  takesNegativePrices: boolean;
  /** How many units of a price are one of the currency: 100 where prices are in hundredths of it. */
  priceMagnifier: number;
}

const types = z
  .array(text)
  .nullish()
  .transform((words) => (words ?? []).map(orderTypeOf));

const stepRule = z
  .object({ lowerEdge: decimal, increment: decimal })
  .transform(({ lowerEdge, increment }) => ({ from: lowerEdge, step: increment }));

export const contractOrderRulesSchema = z
  .object({
    error: optionalProse,
    orderTypes: types,
    fraqTypes: types,
    fraqInt: optionalDecimal,
    cqtTypes: types,
    orderTypesOutside: types,
    tifTypes: z.array(text).nullish(),
    incrementRules: z.array(stepRule).nullish(),
    increment: optionalDecimal,
    negativeCapable: z.boolean().nullish().catch(null),
    priceMagnifier: optionalDecimal,
  })
  .transform((rules): ContractOrderRules | null =>
    // Failure is a text with status 200.
    rules.error !== null
      ? null
      : {
          orderTypes: rules.orderTypes,
          fractionalTypes: rules.fraqTypes,
          fractionDigits: rules.fraqInt,
          cashTypes: rules.cqtTypes,
          outsideRthTypes: rules.orderTypesOutside,
          tifTypes: Object.fromEntries((rules.tifTypes ?? []).map(tifRule)),
          priceSteps: (rules.incrementRules ?? [{ from: 0, step: rules.increment ?? 0 }])
            .filter(({ step }) => step > 0)
            .toSorted((a, b) => a.from - b.from),
          takesNegativePrices: rules.negativeCapable === true,
          priceMagnifier: (rules.priceMagnifier ?? 0) > 0 ? (rules.priceMagnifier ?? 1) : 1,
        },
  );

/**
 * What IBKR takes for a contract (`GET /iserver/contract/{conid}/info-and-rules`, the answer `getContractDetails`
 * reads and keeps); null when it does not say.
 * @throws {BrokerError} `not_found`.
 */
export async function getContractOrderRules(
  client: IbkrClient,
  conid: number,
): Promise<ContractOrderRules | null> {
  const schema = z.object({ rules: contractOrderRulesSchema.nullish() });
  return (await readContractDetails(client, conid, schema)).rules ?? null;
}

/** Whether a contract takes a type of order with a time in force. */
export function takesTif({ tifTypes }: ContractOrderRules, tif: string, type: OrderType): boolean {
  const allowed = tifTypes[tif];
  return allowed === 'all' || allowed?.includes(type) === true;
}

/** `GTC/o,a` (every type; `a` is algorithms) or `OPG/LIMIT,MARKET,a`. */
function tifRule(rule: string): [tif: string, types: string[] | 'all'] {
  const [tif = '', words = ''] = rule.split('/');
  const list = words.split(',');
  return [tif, list.includes('o') ? 'all' : list.filter((word) => word.length > 1).map(orderTypeOf)];
}
