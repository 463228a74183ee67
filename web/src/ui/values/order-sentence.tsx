import type { Intent } from '@ibkr-gateway/functions/contract/orders/intent';
import { orderWords } from '@ibkr-gateway/functions/contract/orders/order-sentence';
import { Text } from '@mantine/core';

/** The order as apps and messages say it, with what it does to the position; the account stands beside it. */
export function OrderSentence({ intent: { order, held } }: { intent: Intent }) {
  return (
    <Text size="sm" c="dimmed">
      {orderWords(order, { held })}
    </Text>
  );
}
