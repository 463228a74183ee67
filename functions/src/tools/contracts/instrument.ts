import type { z } from 'zod';
import { getContractDetails } from '../../broker/contracts/contract-details.ts';
import { resolveContract } from '../../broker/contracts/contract-resolution.ts';
import type { Contract } from '../../broker/contracts/contracts.ts';
import type { Derivative } from '../../broker/contracts/derivative.ts';
import { inWords } from '../../connections/broker-words.ts';
import type { ToolContext } from '../../connections/call-context.ts';
import { GatewayError } from '../../errors.ts';
import type { instrumentArguments } from '../arguments.ts';

type InstrumentArguments = z.output<z.ZodObject<typeof instrumentArguments>>;

/**
 * The one contract that `symbol` or `conid` names.
 * @throws {GatewayError} `not_found`, or `ambiguous_symbol` listing the candidates.
 */
export function findInstrument(
  context: ToolContext,
  { symbol, conid, exchange, currency }: InstrumentArguments,
): Promise<Contract> {
  return resolveContract(context.ibkr, {
    ...(symbol === undefined ? {} : { symbol }),
    ...(conid === undefined ? {} : { conid }),
    ...(exchange === undefined ? {} : { exchange }),
    ...(currency === undefined ? {} : { currency }),
  });
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
