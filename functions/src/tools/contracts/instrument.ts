import type { z } from 'zod';
import { getContractDetails } from '../../broker/contracts/contract-details.ts';
import { resolveContract } from '../../broker/contracts/contract-resolution.ts';
import { findByName } from '../../broker/contracts/contract-search.ts';
import type { Contract } from '../../broker/contracts/contracts.ts';
import type { Derivative } from '../../broker/contracts/derivative.ts';
import { BrokerError } from '../../broker/errors.ts';
import { inWords } from '../../connections/broker-words.ts';
import type { ToolContext } from '../../connections/call-context.ts';
import { GatewayError } from '../../errors.ts';
import type { instrumentArguments } from '../arguments.ts';

type InstrumentArguments = z.output<z.ZodObject<typeof instrumentArguments>>;

/**
 * The one contract that `symbol` or `conid` names.
 * @throws {GatewayError} `not_found`, or `ambiguous_symbol` listing the candidates.
 */
export async function findInstrument(
  { ibkr }: ToolContext,
  { symbol, conid, exchange, currency }: InstrumentArguments,
): Promise<Contract> {
  try {
    return await resolveContract(ibkr, {
      ...(symbol === undefined ? {} : { symbol }),
      ...(conid === undefined ? {} : { conid }),
      ...(exchange === undefined ? {} : { exchange }),
      ...(currency === undefined ? {} : { currency }),
    });
  } catch (failure) {
    throw symbol === undefined ? failure : await namedInstead(ibkr, symbol, failure);
  }
}

/** More of one name are looked for with search_security. */
const MOST_NAMED = 4;

/** A company's name in place of a ticker is told with the tickers that it may mean; none of them is taken. */
async function namedInstead(ibkr: ToolContext['ibkr'], name: string, failure: unknown): Promise<unknown> {
  if (!(failure instanceof BrokerError) || failure.problem.name !== 'no_such_instrument') return failure;
  if (failure.problem.instead.kind !== 'nothing') return failure;
  const { results } = await findByName(ibkr, name).catch(() => ({ results: [] }));
  const instruments = results.flatMap(({ currency, secType, ...one }) =>
    currency === null || secType === null ? [] : [{ ...one, currency, secType }],
  );
  if (instruments.length === 0) return failure;
  const instead = { kind: 'named' as const, instruments: instruments.slice(0, MOST_NAMED) };
  return new BrokerError({ ...failure.problem, instead }, { cause: failure });
}

/** What tells a derivative from the others on its underlying, with what only the contract's details say. */
export async function derivativeTerms(
  { ibkr }: ToolContext,
  conid: number,
  derivative: Derivative,
): Promise<Derivative> {
  try {
    const { tradingClass, multiplier, underlyingConid } = await getContractDetails(ibkr, conid);
    return {
      ...derivative,
      multiplier: derivative.multiplier ?? multiplier,
      underlyingConid: derivative.underlyingConid ?? underlyingConid,
      tradingClass,
    };
  } catch (caught) {
    const error = inWords(caught);
    if (error instanceof GatewayError && error.code === 'not_found') return derivative;
    throw error;
  }
}

/** The contract of a conid that IBKR itself named. */
export function findInstrumentByConid(context: ToolContext, conid: number): Promise<Contract> {
  return resolveContract(context.ibkr, { conid });
}
