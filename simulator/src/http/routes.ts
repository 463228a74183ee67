import { accountSummaryRoutes } from '../accounts/account-summary.ts';
import { accountRoutes } from '../accounts/accounts.ts';
import { alertRoutes } from '../accounts/alerts.ts';
import { notificationRoutes } from '../accounts/notifications.ts';
import { performanceRoutes } from '../accounts/performance.ts';
import { portfolioRoutes } from '../accounts/portfolio.ts';
import { watchlistRoutes } from '../accounts/watchlists.ts';
import { contractRuleRoutes } from '../contracts/contract-rules.ts';
import { contractRoutes } from '../contracts/contracts.ts';
import { currencyRoutes } from '../contracts/currencies.ts';
import { derivativeRoutes } from '../contracts/derivatives.ts';
import { scheduleRoutes } from '../contracts/schedules.ts';
import { historyRoutes } from '../market/history.ts';
import { marketDataRoutes } from '../market/market-data.ts';
import { scannerRoutes } from '../market/scanner.ts';
import { orderReportRoutes } from '../orders/order-reports.ts';
import { orderRoutes } from '../orders/orders.ts';
import { gatewayLoginRoutes } from '../session/gateway-login.ts';
import { sessionRoutes } from '../session/session.ts';
import { Router } from './router.ts';

/** Every endpoint of the API. */
export const router = new Router([
  ...sessionRoutes,
  ...gatewayLoginRoutes,
  ...accountRoutes,
  ...accountSummaryRoutes,
  ...portfolioRoutes,
  ...contractRoutes,
  ...contractRuleRoutes,
  ...currencyRoutes,
  ...derivativeRoutes,
  ...marketDataRoutes,
  ...historyRoutes,
  ...orderRoutes,
  ...orderReportRoutes,
  ...scheduleRoutes,
  ...performanceRoutes,
  ...scannerRoutes,
  ...watchlistRoutes,
  ...alertRoutes,
  ...notificationRoutes,
]);
