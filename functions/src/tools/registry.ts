/** Every tool, in the order hosts list them. */
import { cancelOrderTool } from './cancel-order.ts';
import { getAccountsTool } from './get-accounts.ts';
import { getCashTool } from './get-cash.ts';
import { getChangeTool } from './get-change.ts';
import { getCurrentAccountTool } from './get-current-account.ts';
import { getHistoryTool } from './get-history.ts';
import { getOrderStatusTool } from './get-order-status.ts';
import { getOrdersTool } from './get-orders.ts';
import { getPortfolioTool } from './get-portfolio.ts';
import { getQuoteTool } from './get-quote.ts';
import { placeOrderTool } from './place-order.ts';
import { searchSecurityTool } from './search-security.ts';
import { setCurrentAccountTool } from './set-current-account.ts';
import type { Tool } from './tool.ts';

export const TOOLS: readonly Tool[] = [
  getAccountsTool,
  getCurrentAccountTool,
  setCurrentAccountTool,
  getPortfolioTool,
  getCashTool,
  searchSecurityTool,
  getQuoteTool,
  getHistoryTool,
  getChangeTool,
  getOrdersTool,
  getOrderStatusTool,
  placeOrderTool,
  cancelOrderTool,
];
