import { accountSummaryRoutes } from './account-summary.ts';
import { accountRoutes } from './accounts.ts';
import { alertRoutes } from './alerts.ts';
import { contractRuleRoutes } from './contract-rules.ts';
import { contractRoutes } from './contracts.ts';
import { currencyRoutes } from './currencies.ts';
import { derivativeRoutes } from './derivatives.ts';
import { gatewayLoginRoutes } from './gateway-login.ts';
import { historyRoutes } from './history.ts';
import { marketDataRoutes } from './market-data.ts';
import { notificationRoutes } from './notifications.ts';
import { orderReportRoutes } from './order-reports.ts';
import { orderRoutes } from './orders.ts';
import { performanceRoutes } from './performance.ts';
import { portfolioRoutes } from './portfolio.ts';
import { Router } from './router.ts';
import { scannerRoutes } from './scanner.ts';
import { scheduleRoutes } from './schedules.ts';
import { sessionRoutes } from './session.ts';
import { watchlistRoutes } from './watchlists.ts';

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
