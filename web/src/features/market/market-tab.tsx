import { Anchor, Group, Stack, Text } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { Link, useSearchParams } from 'react-router';
import { DETAILED, positionsOf } from '../../api/positions.ts';
import { useTool } from '../../api/tools.ts';
import { useShownConnection } from '../../ui/shown-connection/shown-connection.ts';
import { PriceHistory } from './price-history.tsx';
import { QuotePanel } from './quote-panel.tsx';
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
        <Stack gap="md" key={conid}>
          <QuotePanel connectionId={id} conid={conid} title={title} />
          <PriceHistory connectionId={id} conid={conid} />
        </Stack>
      ) : (
        <Start connectionId={id} title={title} />
      )}
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
        Search a stock, ETF, future, option’s underlying or currency pair to see its price.
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
