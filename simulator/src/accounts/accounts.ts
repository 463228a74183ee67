import { type Answer, badRequest, failureAnswer, ok } from '../http/answer.ts';
import { objectBody, textOf } from '../http/json-body.ts';
import type { BrokerageCall, Call, Route } from '../http/router.ts';
import { SERVER_INFO } from '../session/brokerage-status.ts';
import type { BrokerageSession, Session } from '../session/session-state.ts';
import { BASE_CURRENCY } from './valuation.ts';

const DERIVATIVE_PERIODS = ['2h', '1d', '2d', '1w', '1m'];

function keyed<T>(keys: readonly string[], value: (key: string) => T): Record<string, T> {
  return Object.fromEntries(keys.map((key) => [key, value(key)]));
}

/** The accounts of the login, as `GET /iserver/accounts` and the WebSocket tell them. */
export function accountList(session: Session, brokerage: BrokerageSession): Record<string, unknown> {
  const { groups, profiles } = session.allocations;
  // An advisor's groups and profiles stand among the accounts.
  const names = [...groups, ...session.accountIds, ...profiles];
  return {
    accounts: names,
    acctProps: keyed(names, (name) => ({
      hasChildAccounts: false,
      supportsCashQty: !session.isAllocation(name),
      liteUnderPro: false,
      noFXConv: false,
      isProp: false,
      supportsFractions: !session.isAllocation(name),
      allowCustomerTime: false,
      autoFx: false,
    })),
    aliases: keyed(names, (name) => name),
    allowFeatures: {
      showGFIS: true,
      showEUCostReport: false,
      allowEventContract: true,
      allowFXConv: true,
      allowFinancialLens: false,
      allowMTA: true,
      allowTypeAhead: true,
      allowEventTrading: true,
      snapshotRefreshTimeout: 30,
      liteUser: false,
      showWebNews: true,
      research: true,
      debugPnl: true,
      showTaxOpt: true,
      showImpactDashboard: true,
      allowDynAccount: false,
      allowCrypto: true,
      allowFA: session.isAdvisor,
      allowLiteUnderPro: false,
      allowedAssetTypes:
        'STK,CFD,OPT,FOP,WAR,FUT,BAG,PDC,CASH,IND,BOND,BILL,FUND,SLB,News,CMDTY,IOPT,ICU,ICS,PHYSS,CRYPTO',
      restrictTradeSubscription: false,
      showUkUserLabels: false,
      sideBySide: true,
    },
    chartPeriods: {
      ...keyed(
        ['STK', 'CFD', 'WAR', 'IOPT', 'FUT', 'CASH', 'IND', 'BOND', 'FUND', 'CMDTY', 'PHYSS', 'CRYPTO'],
        () => ['*'],
      ),
      OPT: DERIVATIVE_PERIODS,
      FOP: DERIVATIVE_PERIODS,
    },
    groups,
    profiles,
    selectedAccount: brokerage.selectedAccount,
    serverInfo: SERVER_INFO,
    sessionId: session.token.slice(0, 8),
    isFT: false,
    isPaper: session.isPaper,
  };
}

/** Opens the way to orders and market data; must be called once in every brokerage session. */
function brokerageAccounts({ session, brokerage }: BrokerageCall): Answer {
  brokerage.accountsCalled = true;
  return ok(accountList(session, brokerage));
}

function selectAccount({ session, brokerage, body }: BrokerageCall): Answer {
  const acctId = textOf(objectBody(body).acctId);
  if (acctId === undefined) throw badRequest('acctId is required');
  if (!session.accountIds.includes(acctId) && !session.isAllocation(acctId))
    throw failureAnswer(500, 'Invalid account ID');
  if (acctId === brokerage.selectedAccount) return ok({ success: 'Account already set' });
  brokerage.selectedAccount = acctId;
  return ok({ set: true, acctId });
}

/** The row of `/portfolio/accounts` for one account. */
export function accountRow(session: Session, id: string, createdAt: number): Record<string, unknown> {
  return {
    id,
    'PrepaidCrypto-Z': false,
    'PrepaidCrypto-P': false,
    brokerageAccess: session.brokerage !== undefined,
    accountId: id,
    accountVan: id,
    accountTitle: 'Sandbox Trader',
    displayName: 'Sandbox Trader',
    accountAlias: null,
    accountStatus: createdAt,
    currency: BASE_CURRENCY,
    type: session.isPaper ? 'DEMO' : 'INDIVIDUAL',
    tradingType: 'STKNOPT',
    businessType: 'INDEPENDENT',
    category: '',
    ibEntity: 'IBLLC-US',
    faclient: session.isAdvisor,
    clearingStatus: 'O',
    covestor: false,
    noClientTrading: false,
    trackVirtualFXPortfolio: false,
    acctCustType: 'INDIVIDUAL',
    parent: { mmc: [], accountId: '', isMParent: false, isMChild: false, isMultiplex: false },
    desc: id,
  };
}

function accountRows({ session, simulation }: Call): Record<string, unknown>[] {
  return session.accountIds.map((id) => accountRow(session, id, simulation.accounts.get(id)?.createdAt ?? 0));
}

function portfolioAccounts(call: Call): Answer {
  call.session.portfolioAccountsCalled = true;
  return ok(accountRows(call));
}

function subaccounts(call: Call): Answer {
  return ok(accountRows(call));
}

/** Only logins with several accounts may search; everybody else gets this 503. */
function searchDynamicAccounts({ session, params }: BrokerageCall): Answer {
  if (session.accountIds.length < 2) {
    const reason =
      'Details currently unavailable. Please try again later and contact client services if the issue persists.';
    throw failureAnswer(503, reason);
  }
  const pattern = params.pattern ?? '';
  const found = session.accountIds.filter((id) => id.includes(pattern));
  return ok({
    matchedAccounts: found.map((id) => ({ accountId: id, alias: id, allocationId: id })),
    pattern,
  });
}

/** For a login with one account a 401 that is no authentication failure. */
function selectDynamicAccount({ session, brokerage, body }: BrokerageCall): Answer {
  if (session.accountIds.length < 2) throw failureAnswer(401, 'Unauthorized');
  const acctId = textOf(objectBody(body).acctId);
  if (acctId === undefined || !session.accountIds.includes(acctId))
    throw failureAnswer(500, 'Invalid account ID');
  brokerage.selectedAccount = acctId;
  return ok({ set: true, acctId });
}

function signaturesAndOwners({ session, simulation, params }: Call): Answer {
  const account = simulation.accountOf(session, params.accountId);
  if (!account) throw failureAnswer(500, 'Invalid account ID');
  const entity = {
    firstName: 'Sandbox',
    lastName: 'Trader',
    entityType: 'INDIVIDUAL',
    entityName: 'Sandbox Trader',
    dateOfBirth: '1990-01-15',
  };
  return ok({
    accountId: account.id,
    users: [{ roleId: 'OWNER', hasRightCodeInd: true, userName: session.username, entity }],
    applicant: { signatures: ['Sandbox Trader'] },
  });
}

export const accountRoutes: readonly Route[] = [
  { method: 'GET', path: '/iserver/accounts', needs: 'brokerage', handle: brokerageAccounts },
  { method: 'POST', path: '/iserver/account', needs: 'brokerage', handle: selectAccount },
  {
    method: 'GET',
    path: '/iserver/account/search/:pattern',
    needs: 'brokerage',
    handle: searchDynamicAccounts,
  },
  { method: 'POST', path: '/iserver/dynaccount', needs: 'brokerage', handle: selectDynamicAccount },
  { method: 'GET', path: '/portfolio/accounts', needs: 'login', handle: portfolioAccounts },
  { method: 'GET', path: '/portfolio/subaccounts', needs: 'login', handle: subaccounts },
  { method: 'GET', path: '/portfolio/subaccounts2', needs: 'login', handle: subaccounts },
  {
    method: 'GET',
    path: '/acesws/:accountId/signatures-and-owners',
    needs: 'login',
    handle: signaturesAndOwners,
  },
];
