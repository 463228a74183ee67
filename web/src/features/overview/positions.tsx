import type { Portfolio } from '@ibkr-gateway/functions/contract/tool-outputs/portfolio';
import { Button, Group, NativeSelect, Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { positionsOf } from '../../api/positions.ts';
import { useTrades } from '../../api/trades.ts';
import { saveFile } from '../../ui/forms/save-file.ts';
import { TableSkeleton } from '../../ui/lists/table-skeleton.tsx';
import { FailureNotice } from '../../ui/notices/failure-notice.tsx';
import { Disclosure } from '../../ui/text/disclosure.tsx';
import { Section } from '../../ui/text/section.tsx';
import { ColumnChoice } from './column-choice.tsx';
import { Pending } from './pending.tsx';
import { CSV, positionsCsv, tradesCsv } from './portfolio-csv.ts';
import { FIRST_HIDDEN, GROUPINGS, PositionsTable, positionColumns } from './positions-table.tsx';
import { type PositionsView, usePositionsView } from './use-positions-view.ts';

interface PositionsProps {
  connectionId: string;
  portfolio: UseQueryResult<Portfolio>;
  accountId: string | undefined;
}

/** What the account holds, as its owner likes to see it, and as a file. */
export function Positions({ connectionId, portfolio, accountId }: PositionsProps) {
  const [view, setView] = usePositionsView({ grouping: 'none', hidden: FIRST_HIDDEN });
  const { data } = portfolio;
  if (data === undefined) {
    return (
      <Section title="Positions">
        <Pending of={[portfolio]}>
          <TableSkeleton rows={6} />
        </Pending>
      </Section>
    );
  }
  const positions = positionsOf(data);
  const [, ...columns] = positionColumns(data.base_currency).map(({ name }) => name);
  const grouping = (
    <NativeSelect
      size="xs"
      aria-label="Group positions"
      data={Object.entries(GROUPINGS).map(([value, { label }]) => ({ value, label }))}
      value={view.grouping}
      onChange={({ currentTarget }) =>
        setView({ ...view, grouping: currentTarget.value as PositionsView['grouping'] })
      }
    />
  );
  return (
    <Section title="Positions" aside={positions.length > 1 && grouping}>
      <PositionsTable positions={positions} baseCurrency={data.base_currency} view={view} />
      {data.rest !== undefined && (
        <Text size="sm" mt="xs">
          {data.rest}
        </Text>
      )}
      <Disclosure summary="Columns and files">
        <ColumnChoice
          columns={columns}
          hidden={view.hidden}
          onChange={(hidden) => setView({ ...view, hidden })}
        />
        <Group gap="xs" mt="md">
          <Button
            size="xs"
            variant="default"
            onClick={() => saveFile('positions.csv', positionsCsv(positions), CSV)}
          >
            Save positions as CSV
          </Button>
          <SaveTrades connectionId={connectionId} accountId={accountId} />
        </Group>
      </Disclosure>
    </Section>
  );
}

function SaveTrades({ connectionId, accountId }: { connectionId: string; accountId: string | undefined }) {
  const trades = useTrades(connectionId, accountId);
  const save = async () => {
    const { data } = await trades.refetch();
    if (data !== undefined) saveFile('trades.csv', tradesCsv(data), CSV);
  };
  return (
    <>
      <Button size="xs" variant="default" loading={trades.isFetching} onClick={save}>
        Save trades of the last week as CSV
      </Button>
      {trades.error && <FailureNotice error={trades.error} onRetry={save} />}
    </>
  );
}
