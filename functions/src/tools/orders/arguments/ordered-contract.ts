/** What an order is for, as it is shown, judged and kept with the order. */

import { type Contract, contractWords, getDefinitions } from '../../../broker/contracts/contracts.ts';
import { getPriceUnit } from '../../../broker/contracts/price-unit.ts';
import { type ComboLeg, spreadConid } from '../../../broker/orders/combo.ts';
import type { ToolContext } from '../../../connections/call-context.ts';
import { GatewayError } from '../../../errors.ts';
import type { OrderedContract } from '../../../trading/domain/order.ts';
import { derivativeTerms } from '../../contracts/instrument.ts';

/** A contract for an order on it. */
export async function orderedContract(context: ToolContext, contract: Contract): Promise<OrderedContract> {
  const { conid, symbol, secType, exchange, name } = contract;
  const unit = await getPriceUnit(context.ibkr, contract);
  const common = {
    conid,
    symbol,
    secType,
    currency: unit.currency,
    exchange,
    companyName: name,
    ...(unit.magnifier === 1 ? {} : { priceMagnifier: unit.magnifier }),
    ...(unit.name === null ? {} : { priceUnit: unit.name }),
  };
  if (contract.derivative === null) return common;
  const derivative = await derivativeTerms(context, conid, contract.derivative);
  return { ...common, derivative, description: contractWords({ ...contract, derivative }) };
}

/** The contracts of a combo's legs, in their order. @throws {GatewayError} `not_found` for an unknown one. */
export async function legContracts(context: ToolContext, legs: readonly ComboLeg[]): Promise<Contract[]> {
  const known = await getDefinitions(
    context.ibkr,
    legs.map(({ conid }) => conid),
  );
  return legs.map(({ conid }) => {
    const contract = known.find((definition) => definition.conid === conid);
    if (contract !== undefined) return contract;
    throw new GatewayError(
      'not_found',
      `IBKR knows no instrument conid ${conid}.`,
      'Take the conids of options from get_option_chain.',
    );
  });
}

/**
 * A combo for an order on it, under the symbol of its first leg.
 * @throws {GatewayError} `invalid_arguments` for a currency in which IBKR has no combos.
 */
export async function orderedCombo(
  context: ToolContext,
  contracts: readonly Contract[],
): Promise<OrderedContract> {
  const legs = await Promise.all(contracts.map((contract) => orderedContract(context, contract)));
  const { symbol = '', currency = '', priceMagnifier, priceUnit } = legs[0] ?? {};
  const unit = {
    ...(priceMagnifier === undefined ? {} : { priceMagnifier }),
    ...(priceUnit === undefined ? {} : { priceUnit }),
  };
  const conid = spreadConid(currency);
  if (conid !== null) return { conid, symbol, secType: 'BAG', currency, ...unit, legs };
  throw new GatewayError(
    'invalid_arguments',
    `"legs" are in ${currency}: IBKR has no combos in that currency.`,
    'Order the legs one by one.',
  );
}
