import { instrumentOf } from '../contracts/catalog.ts';
import { type Answer, badRequest, failureAnswer, ok, serviceUnavailable } from '../http/answer.ts';
import { numberOf, objectBody, textOf } from '../http/json-body.ts';
import type { BrokerageCall, Route } from '../http/router.ts';
import type { Alert } from '../session/session-state.ts';

/** Alert ids exceed 2^31 and are no order ids. */
const FIRST_ALERT_ID = 17_437_897_932;
const KNOWN_OPERATORS = ['>=', '<='];

function requireAccount({ simulation, session, params }: BrokerageCall): string {
  const account = simulation.accountOf(session, params.accountId);
  if (!account) throw badRequest(`accountId is not valid: ${params.accountId}`);
  return account.id;
}

function timeText(time: number): string {
  const iso = new Date(time).toISOString();
  return `${iso.slice(0, 10).replaceAll('-', '')}-${iso.slice(11, 19)}`;
}

function listRow(alert: Alert): Record<string, unknown> {
  return {
    account: alert.account,
    order_id: alert.id,
    alert_name: alert.name,
    alert_active: alert.isActive ? 1 : 0,
    alert_repeatable: alert.isRepeatable ? 1 : 0,
    order_time: timeText(alert.createdAt),
    alert_triggered: false,
  };
}

function list(call: BrokerageCall): Answer {
  const account = requireAccount(call);
  return ok([...call.session.alerts.values()].filter((alert) => alert.account === account).map(listRow));
}

/** The mobile trading assistant's alert, which every user has. */
function assistantAlert({ brokerage, session, now }: BrokerageCall): Answer {
  const alert: Alert = {
    id: FIRST_ALERT_ID - 1,
    account: brokerage.selectedAccount,
    name: 'MTA Alert',
    message: '',
    isActive: false,
    isRepeatable: true,
    createdAt: session.loggedInAt || now,
    conditions: [],
  };
  return ok([listRow(alert)]);
}

function detail({ params, query, session }: BrokerageCall): Answer {
  if (query.get('type') === null) throw badRequest('orderId and type are required');
  if (params.alertId === '0') return ok({ error: 'MTA alert tool ID is wrong =0' });
  const alert = session.alerts.get(Number(params.alertId));
  if (!alert) throw serviceUnavailable();
  return ok({
    ...listRow(alert),
    alert_message: alert.message,
    tif: 'GTC',
    expire_time: '',
    alert_email: '',
    alert_send_message: 1,
    alert_show_popup: 1,
    alert_play_audio: null,
    order_status: 'PreSubmitted',
    fg_color: '#000000',
    bg_color: '#FFFFFF',
    order_not_editable: false,
    itws_orders_only: 0,
    alert_mta_currency: 'USD',
    alert_mta_defaults: 'audible=1',
    tool_id: alert.id % 100_000_000,
    time_zone: 'US/Eastern',
    alert_default_type: null,
    condition_size: alert.conditions.length,
    condition_outside_rth: 0,
    conditions: alert.conditions.map(({ type, conidex, operator, value, logicBind }) => ({
      condition_type: type,
      conidex,
      contract_description_1: instrumentOf(Number(conidex.split('@')[0]))?.symbol ?? '',
      condition_operator: operator,
      condition_trigger_method: '0',
      condition_value: value,
      condition_logic_bind: logicBind,
      condition_time_zone: 'US/Eastern',
    })),
  });
}

function create(call: BrokerageCall): Answer {
  const account = requireAccount(call);
  const { alertName, alertMessage, alertRepeatable, conditions, orderId } = objectBody(call.body);
  const name = textOf(alertName);
  if (name === undefined) throw badRequest("body can't be empty");
  const parsed = (Array.isArray(conditions) ? conditions : []).map((condition, i) => {
    const { type, conidex, operator, value, logicBind } = objectBody(condition);
    const operatorText = textOf(operator) ?? '';
    if (!KNOWN_OPERATORS.includes(operatorText)) {
      throw failureAnswer(500, `Condition #${i + 1}:can't recognize fix [${operatorText}]`);
    }
    return {
      type: numberOf(type) ?? 1,
      conidex: textOf(conidex) ?? '',
      operator: operatorText,
      value: textOf(value) ?? '',
      logicBind: textOf(logicBind) ?? 'n',
    };
  });
  const { alerts } = call.session;
  const id = numberOf(orderId) || Math.max(FIRST_ALERT_ID - 1, ...alerts.keys()) + 1;
  alerts.set(id, {
    id,
    account,
    name,
    message: textOf(alertMessage) ?? '',
    isActive: true,
    isRepeatable: numberOf(alertRepeatable) === 1,
    createdAt: call.now,
    conditions: parsed,
  });
  return ok({
    request_id: alerts.size,
    order_id: id,
    success: true,
    text: 'Submitted',
    order_status: 'PreSubmitted',
    warning_message: null,
  });
}

function activate(call: BrokerageCall): Answer {
  requireAccount(call);
  const { alertId, alertActive } = objectBody(call.body);
  const alert = call.session.alerts.get(numberOf(alertId) ?? -1);
  if (!alert) throw serviceUnavailable();
  call.session.alerts.set(alert.id, { ...alert, isActive: numberOf(alertActive) === 1 });
  return ok({
    request_id: 1,
    order_id: alert.id,
    success: true,
    text: 'Request was submitted',
    failure_list: null,
  });
}

/** Id 0 means all. */
function remove(call: BrokerageCall): Answer {
  requireAccount(call);
  const id = Number(call.params.alertId);
  const { alerts } = call.session;
  if (id === 0) {
    if (alerts.size === 0) throw serviceUnavailable();
    alerts.clear();
  } else if (!alerts.delete(id))
    throw failureAnswer(500, `failed to delete alert: Alert ${id} doesn't exist`);
  return ok({
    request_id: 1,
    order_id: id,
    success: true,
    text: 'Request was submitted',
    failure_list: null,
  });
}

export const alertRoutes: readonly Route[] = [
  { method: 'GET', path: '/iserver/account/:accountId/alerts', needs: 'brokerage', handle: list },
  { method: 'GET', path: '/iserver/account/mta', needs: 'brokerage', handle: assistantAlert },
  { method: 'GET', path: '/iserver/account/alert/:alertId', needs: 'brokerage', handle: detail },
  { method: 'POST', path: '/iserver/account/:accountId/alert', needs: 'brokerage', handle: create },
  {
    method: 'POST',
    path: '/iserver/account/:accountId/alert/activate',
    needs: 'brokerage',
    handle: activate,
  },
  {
    method: 'DELETE',
    path: '/iserver/account/:accountId/alert/:alertId',
    needs: 'brokerage',
    handle: remove,
  },
];
