import { type Answer, badRequest, failureAnswer, ok } from '../http/answer.ts';
import { numberOf, objectBody } from '../http/json-body.ts';
import type { BrokerageCall, Route } from '../http/router.ts';
import { priceDecimals, tickSize } from '../market/market.ts';
import { namesInRules } from '../orders/order-types.ts';
import { instrumentOf } from './catalog.ts';
import { contractInfo, requireInstrument } from './contracts.ts';
import { type Instrument, isUsListing } from './instruments.ts';

/** For currencies, fractions and orders by amount. */
const SIMPLE_ORDER_TYPES = namesInRules(({ isSimple }) => isSimple);

function rulesOf(instrument: Instrument, { session, market, now }: BrokerageCall): Record<string, unknown> {
  const last = market.last(instrument, now);
  const tick = tickSize(instrument);
  const isStock = instrument.assetClass === 'STK';
  const isSimple = instrument.assetClass === 'CASH' || instrument.assetClass === 'FUT';
  const orderTypes = isSimple ? SIMPLE_ORDER_TYPES : namesInRules();
  const isDerivative = instrument.option !== undefined || instrument.future !== undefined;
  return {
    algoEligible: isStock,
    allOrNoneEligible: isStock,
    overnightEligible: isUsListing(instrument),
    costReport: false,
    canTradeAcctIds: session.accountIds,
    error: null,
    orderTypes,
    ibAlgoTypes: namesInRules(({ isForAlgos }) => isForAlgos),
    fraqTypes: isUsListing(instrument) ? SIMPLE_ORDER_TYPES : [],
    cqtTypes: isDerivative ? [] : SIMPLE_ORDER_TYPES,
    orderTypesOutside: namesInRules(({ isExtended }) => isExtended),
    forceOrderPreview: false,
    tifTypes: [
      'IOC/MARKET,LIMIT,RELATIVE,MIDPRICE,TRAILING_STOP,TRAILING_STOP_LIMIT,a',
      'FOK/LIMIT,a',
      'GTC/o,a',
      'OPG/LIMIT,MARKET,a',
      'GTD/o,a',
      'DAY/o,a',
      'OVT/o,a,LIMIT',
      'OND/o,a,LIMIT',
    ],
    tifDefaults: { TIF: 'DAY', SIZE: '100.00' },
    limitPrice: last,
    stopprice: last,
    orderOrigination: null,
    preview: true,
    displaySize: null,
    fraqInt: isStock ? 4 : 0,
    cashCcy: instrument.currency,
    cashQtyIncr: 500,
    priceMagnifier: instrument.priceMagnifier ?? null,
    negativeCapable: false,
    incrementType: 1,
    incrementRules: [{ lowerEdge: 0, increment: tick }],
    hasSecondary: true,
    modTypes: [],
    increment: tick,
    incrementDigits: priceDecimals(instrument),
    defaultSize: isDerivative ? 1 : 100,
    cashSize: 0,
    sizeIncrement: isDerivative ? 1 : 100,
    orderDefaults: { LMT: { LP: String(last) } },
  };
}

function rules(call: BrokerageCall): Answer {
  const conid = numberOf(objectBody(call.body).conid);
  if (!conid) throw badRequest('conid is required');
  const instrument = instrumentOf(conid);
  if (!instrument) return ok({ error: 'No trading permissions or unknown contract' });
  return ok(rulesOf(instrument, call));
}

function infoAndRules(call: BrokerageCall): Answer {
  const instrument = requireInstrument(call.params.conid);
  return ok({ ...contractInfo(instrument), rules: rulesOf(instrument, call) });
}

const ALGOS = [
  {
    name: 'Adaptive',
    id: 'Adaptive',
    description: 'Adjusts the urgency of the order between patient and urgent.',
    parameters: [
      {
        guiRank: 1,
        defaultValue: 'Normal',
        name: 'Adaptive order priority/urgency',
        id: 'adaptivePriority',
        legalStrings: ['Urgent', 'Normal', 'Patient'],
        required: 'true',
        valueClassName: 'String',
      },
    ],
  },
  {
    name: 'VWAP',
    id: 'Vwap',
    description: 'Seeks the volume-weighted average price.',
    parameters: [
      {
        guiRank: 1,
        minValue: 0.01,
        maxValue: 50,
        name: 'Max Percentage',
        description: 'From 0.01 to 50.0',
        id: 'maxPctVol',
        valueClassName: 'Double',
      },
    ],
  },
  { name: 'TWAP', id: 'Twap', description: 'Seeks the time-weighted average price.', parameters: [] },
];

function algos({ params, query }: BrokerageCall): Answer {
  if (!instrumentOf(Number(params.conid))) throw failureAnswer(503, 'Service Unavailable');
  const wanted = query.get('algos')?.split(';');
  const listed = ALGOS.filter(({ id }) => wanted === undefined || wanted.includes(id));
  const hasDescription = query.get('addDescription') === '1';
  const hasParameters = query.get('addParams') === '1';
  return ok({
    algos: listed.map(({ name, id, description, parameters }) => ({
      name,
      id,
      ...(hasDescription ? { description } : {}),
      ...(hasParameters ? { parameters } : {}),
    })),
  });
}

export const contractRuleRoutes: readonly Route[] = [
  { method: 'POST', path: '/iserver/contract/rules', needs: 'brokerage', handle: rules },
  {
    method: 'GET',
    path: '/iserver/contract/:conid/info-and-rules',
    needs: 'brokerage',
    handle: infoAndRules,
  },
  { method: 'GET', path: '/iserver/contract/:conid/algos', needs: 'brokerage', handle: algos },
];
