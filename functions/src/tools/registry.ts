/** Every tool, in the order hosts list them. */
import { cancelOrderTool } from './cancel-order.ts';
import { confirmOrderTool } from './confirm-order.ts';
import { getAccountSummaryTool } from './get-account-summary.ts';
import { getAccountsTool } from './get-accounts.ts';
import { getCashTool } from './get-cash.ts';
import { getChangeTool } from './get-change.ts';
import { getConnectionStatusTool } from './get-connection-status.ts';
import { getContractTool } from './get-contract.ts';
import { getCurrentAccountTool } from './get-current-account.ts';
import { getExchangeRateTool } from './get-exchange-rate.ts';
import { getHistoryTool } from './get-history.ts';
import { getMarketHoursTool } from './get-market-hours.ts';
import { getOptionChainTool } from './get-option-chain.ts';
import { getOrderStatusTool } from './get-order-status.ts';
import { getOrdersTool } from './get-orders.ts';
import { getPerformanceTool } from './get-performance.ts';
import { getPnlTool } from './get-pnl.ts';
import { getPortfolioTool } from './get-portfolio.ts';
import { getQuoteTool } from './get-quote.ts';
import { getTradesTool } from './get-trades.ts';
import { getTransactionsTool } from './get-transactions.ts';
import { modifyOrderTool } from './modify-order.ts';
import { placeOrderTool } from './place-order.ts';
import { previewOrderTool } from './preview-order.ts';
import { runScannerTool } from './run-scanner.ts';
import { searchSecurityTool } from './search-security.ts';
import { setCurrentAccountTool } from './set-current-account.ts';
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
  getHistoryTool,
  getChangeTool,
  runScannerTool,
  getOrdersTool,
  getOrderStatusTool,
  getTradesTool,
  previewOrderTool,
  placeOrderTool,
  confirmOrderTool,
  modifyOrderTool,
  cancelOrderTool,
];
