import { Anchor, Group, Stack, Text } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { DETAILED, positionsOf } from '../../api/positions.ts';
import { useRetryFailed, useTool } from '../../api/tools.ts';
import { useShownConnection } from '../../ui/shown-connection/shown-connection.ts';
import { PriceHistory } from './price-history.tsx';
import { QuotePanel, useQuote } from './quote-panel.tsx';
import { SymbolSearch } from './symbol-search.tsx';

/** One instrument, `?conid=`: its price now and over time. */
export function MarketTab() {
  const { id, label } = useShownConnection();
  const title = `Market · ${label} · IBKR Gateway`;
  const [parameters, setParameters] = useSearchParams();
  const conid = Number(parameters.get('conid'));
  const isChosen = Number.isSafeInteger(conid) && conid > 0;
  return (
    <Stack gap="md">
      <SymbolSearch connectionId={id} onChoose={(chosen) => setParameters({ conid: String(chosen) })} />
      {isChosen ? (
        // Keyed, so that no price of one instrument ever stands beside the name of another.
        <Instrument key={conid} connectionId={id} conid={conid} title={title} />
      ) : (
        <Start connectionId={id} title={title} />
      )}
    </Stack>
  );
}

interface InstrumentProps {
  connectionId: string;
  conid: number;
  /** Of the document, before what it is about. */
  title: string;
}

/** What it costs now and over time. What neither could be read by is said once, with the price of now. */
function Instrument({ connectionId, conid, title }: InstrumentProps) {
  const quote = useQuote(connectionId, conid);
  useDocumentTitle(quote.data === undefined ? title : `${quote.data.symbol} · ${title}`);
  const [told, setTold] = useState<unknown>(null);
  // While it is asked for again, that stays so.
  const known = quote.data === undefined ? (quote.error ?? told) : null;
  if (known !== told) setTold(known);
  return (
    <Stack gap="md">
      <QuotePanel quote={quote} onRetry={useRetryFailed(connectionId)} />
      <PriceHistory connectionId={connectionId} conid={conid} told={known} />
    </Stack>
  );
}

/** Before anything is chosen: what the account holds, as a start. */
function Start({ connectionId, title }: { connectionId: string; title: string }) {
  useDocumentTitle(title);
  const { data } = useTool(connectionId, 'get_portfolio', DETAILED);
  const held = data === undefined ? [] : positionsOf(data);
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        Search for a stock, ETF, future, currency pair or the underlying of an option to see its price.
      </Text>
      {held.length > 0 && (
        <Group gap="xs">
          <Text size="sm">You hold</Text>
          {held.slice(0, 12).map(({ conid, symbol }) => (
            <Anchor key={conid} component={Link} to={{ search: `conid=${conid}` }} size="sm">
              {symbol}
            </Anchor>
          ))}
        </Group>
      )}
    </Stack>
  );
}
