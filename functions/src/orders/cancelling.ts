import { GatewayError } from '../errors.ts';
import { cancelOrder } from '../ibkr/orders.ts';

/**
 * Asks IBKR to cancel an order.
 * @returns whether IBKR acknowledged that. If not, its answer was lost, and only the order itself can tell.
 * @throws {GatewayError} as `cancelOrder`, but not `order_state_unknown`.
 */
export async function askToCancel(...request: Parameters<typeof cancelOrder>): Promise<boolean> {
  try {
    await cancelOrder(...request);
    return true;
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'order_state_unknown') return false;
    throw error;
  }
}
