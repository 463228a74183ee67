/** Every tool, in the order hosts list them. */

import { getAccountSummaryTool } from './accounts/get-account-summary.ts';
import { getAccountsTool } from './accounts/get-accounts.ts';
import { getConnectionStatusTool } from './accounts/get-connection-status.ts';
import { getCurrentAccountTool } from './accounts/get-current-account.ts';
import { setCurrentAccountTool } from './accounts/set-current-account.ts';
import { getContractTool } from './contracts/get-contract.ts';
import { getExchangeRateTool } from './contracts/get-exchange-rate.ts';
import { getMarketHoursTool } from './contracts/get-market-hours.ts';
import { getOptionChainTool } from './contracts/get-option-chain.ts';
import { searchSecurityTool } from './contracts/search-security.ts';
import { getChangeTool } from './market/get-change.ts';
import { getHistoryTool } from './market/get-history.ts';
import { getQuoteTool } from './market/get-quote.ts';
import { getQuotesTool } from './market/get-quotes.ts';
import { runScannerTool } from './market/run-scanner.ts';
import { cancelOrderTool } from './orders/cancelling/cancel-order.ts';
import { cancelOrdersTool } from './orders/cancelling/cancel-orders.ts';
import { closePositionTool } from './orders/closing/close-position.ts';
import { confirmOrderTool } from './orders/confirm-order.ts';
import { getOrderStatusTool } from './orders/get-order-status.ts';
import { getOrdersTool } from './orders/get-orders.ts';
import { getTradesTool } from './orders/get-trades.ts';
import { modifyOrderTool } from './orders/modify-order.ts';
import { placeOrderTool } from './orders/place-order.ts';
import { previewOrderTool } from './orders/preview-order.ts';
import { waitForOrderTool } from './orders/wait-for-order.ts';
import { getCashTool } from './portfolio/get-cash.ts';
import { getPerformanceTool } from './portfolio/get-performance.ts';
import { getPnlTool } from './portfolio/get-pnl.ts';
import { getPortfolioTool } from './portfolio/get-portfolio.ts';
import { getTransactionsTool } from './portfolio/get-transactions.ts';
import type { Tool } from './tool.ts';

export const TOOLS: readonly Tool[] = [
  getAccountsTool,
  getCurrentAccountTool,
  setCurrentAccountTool,
  getAccountSummaryTool,
  getConnectionStatusTool,
  getPortfolioTool,
  getCashTool,
  getPnlTool,
  getPerformanceTool,
  getTransactionsTool,
  searchSecurityTool,
  getContractTool,
  getOptionChainTool,
  getMarketHoursTool,
  getExchangeRateTool,
  getQuoteTool,
  getQuotesTool,
  getHistoryTool,
  getChangeTool,
  runScannerTool,
  getOrdersTool,
  getOrderStatusTool,
  waitForOrderTool,
  getTradesTool,
  previewOrderTool,
  placeOrderTool,
  confirmOrderTool,
  modifyOrderTool,
  closePositionTool,
  cancelOrderTool,
  cancelOrdersTool,
];
