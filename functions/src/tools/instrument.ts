import type { z } from 'zod';
import { resolveContract } from '../ibkr/contract-resolution.ts';
import type { Contract } from '../ibkr/contracts.ts';
import type { instrumentArguments } from './arguments.ts';
import type { ToolContext } from './context.ts';

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

/** The contract of a conid that IBKR itself named. */
export function findInstrumentByConid(context: ToolContext, conid: number): Promise<Contract> {
  return resolveContract(context.ibkr, { conid });
}
