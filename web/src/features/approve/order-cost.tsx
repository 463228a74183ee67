import type { Intent } from '@ibkr-gateway/functions/contract/orders/intent';
import type {
  MarginChange,
  OrderPreview,
  PreviewQuote,
  StatedMoney,
} from '@ibkr-gateway/functions/contract/tool-outputs/preview';
import { Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { useQuote } from '../../api/intents.ts';
import { age, money, percentChange } from '../../format/numbers.ts';

type ShownQuote = Pick<PreviewQuote, 'last' | 'bid' | 'ask' | 'availability' | 'as_of'>;

interface OrderCostProps {
  intent: Intent;
  preview: OrderPreview;
  now: number;
  /** Whether there is still something to decide, for which today's price matters. */
  isOpen: boolean;
}

/** What the order costs and changes, as IBKR estimated it when it was asked for. */
export function OrderCost({ intent, preview, now, isOpen }: OrderCostProps) {
  const { contract, ticket } = intent.order;
  const { amount, commission, you_pay, you_receive, initial_margin, maintenance_margin } = preview;
  const price = (quote: ShownQuote) => quoteWords(quote, contract.priceUnit ?? contract.currency, now);
  return (
    <Table variant="vertical" withTableBorder aria-label="Estimated cost">
      <Table.Tbody>
        {isOpen && ticket.legs === undefined && (
          <Row name="Price now">
            <PriceNow
              connectionId={intent.connectionId}
              conid={contract.conid}
              words={price}
              then={preview.quote}
            />
          </Row>
        )}
        <Row name="Price then">{price(preview.quote)}</Row>
        <Row name={ticket.side === 'BUY' ? 'Estimated cost' : 'Estimated proceeds'}>
          {statedWords(amount)}
        </Row>
        <Row name="Commission">{statedWords(commission)}</Row>
        {you_pay && <Row name="You pay">{statedWords(you_pay)}</Row>}
        {you_receive && <Row name="You receive">{statedWords(you_receive)}</Row>}
        {preview.max_loss && <Row name="Most it can lose">{lossWords(preview.max_loss)}</Row>}
        <Row name="Initial margin">{changeWords(initial_margin, preview.currency)}</Row>
        <Row name="Maintenance margin">{changeWords(maintenance_margin, preview.currency)}</Row>
      </Table.Tbody>
    </Table>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Table.Tr>
      <Table.Th scope="row" w="42%">
        {name}
      </Table.Th>
      <Table.Td style={{ fontVariantNumeric: 'tabular-nums' }}>{children}</Table.Td>
    </Table.Tr>
  );
}

interface PriceNowProps {
  connectionId: string;
  conid: number;
  words: (quote: ShownQuote) => string;
  /** What it was when the order was asked for. */
  then: PreviewQuote;
}

function PriceNow({ connectionId, conid, words, then }: PriceNowProps) {
  const { data, error } = useQuote(connectionId, conid);
  if (data !== undefined) return [words(data), ...movedWords(then, data)].join(' · ');
  return error === null ? 'Asking IBKR…' : 'IBKR has no price at present';
}

/** `+0.40 % since it was asked for` */
function movedWords(then: ShownQuote, now: ShownQuote): string[] {
  if (!then.last || now.last === null) return [];
  return [`${percentChange((100 * (now.last - then.last)) / then.last)} since it was asked for`];
}

function lossWords(loss: NonNullable<OrderPreview['max_loss']>): string {
  return loss === 'unlimited' ? 'Unlimited' : money(loss.amount, loss.currency);
}

/** `1.50 USD`, `about 1.50 USD`, `1.29 to 1.50 USD`, `at most 1.50 USD` */
function statedWords(stated: StatedMoney | null): string {
  if (stated === null) return money(null, null);
  const { amount, min, max, approximate, currency } = stated;
  const about = approximate ? 'about ' : '';
  if (min !== undefined && max !== undefined) return `${about}${money(min, null)} to ${money(max, currency)}`;
  if (max !== undefined) return `at most ${about}${money(max, currency)}`;
  if (min !== undefined) return `at least ${about}${money(min, currency)}`;
  return `${about}${money(amount, currency)}`;
}

function changeWords({ current, after, approximate, ranges }: MarginChange, currency: string | null): string {
  const words = (amount: number | null, range: object = {}, unit: string | null = null) =>
    statedWords({ amount, ...range, ...(approximate ? { approximate } : {}), currency: unit });
  return `from ${words(current, ranges?.current)} to ${words(after, ranges?.after, currency)}`;
}

/** `173.14 USD, bid 173.12, ask 173.16 (3 s old)` */
function quoteWords({ last, bid, ask, as_of, availability }: ShownQuote, unit: string, now: number): string {
  const old = as_of === null ? [] : [`${age(now - Date.parse(as_of))} old`];
  const kind = availability === 'realtime' ? [] : [availability.replaceAll('_', ' ')];
  const notes = [...kind, ...old].join(', ');
  const spread = bid === null || ask === null ? '' : `, bid ${money(bid, null)}, ask ${money(ask, null)}`;
  return `${money(last, unit)}${spread}${notes === '' ? '' : ` (${notes})`}`;
}
