import { rowsOf } from '@ibkr-gateway/functions/contract/table';
import type { Match } from '@ibkr-gateway/functions/contract/tool-outputs/market';
import { Combobox, Loader, Text, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTool } from '../../api/tools.ts';
import { FailureNotice } from '../../ui/notices/failure-notice.tsx';
import classes from './symbol-search.module.css';

const TYPING_MS = 300;
const SEARCH_FRESH_MS = 10 * 60_000;

interface SymbolSearchProps {
  connectionId: string;
  onChoose: (conid: number) => void;
}

/** Finds an instrument by ticker, and by name where no ticker is like it. */
export function SymbolSearch({ connectionId, onChoose }: SymbolSearchProps) {
  const combobox = useCombobox();
  const [text, setText] = useState('');
  const [query] = useDebouncedValue(text.trim(), TYPING_MS);
  const { matches, isFetching, error, refetch } = useMatches(connectionId, query);
  const isSettled = query === text.trim() && !isFetching;

  const choose = (value: string) => {
    onChoose(Number(value));
    setText('');
    combobox.closeDropdown();
  };

  return (
    <Combobox store={combobox} onOptionSubmit={choose} withinPortal={false}>
      <Combobox.Target>
        <TextInput
          label="Symbol or name"
          maw={480}
          placeholder="NVDA, EUR.USD, Apple"
          value={text}
          maxLength={60}
          autoComplete="off"
          spellCheck={false}
          rightSection={text !== '' && !isSettled && error === null ? <Loader size={16} /> : null}
          onFocus={() => text !== '' && combobox.openDropdown()}
          onBlur={() => combobox.closeDropdown()}
          onChange={({ currentTarget }) => {
            setText(currentTarget.value);
            combobox.openDropdown();
            combobox.updateSelectedOptionIndex();
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={query === '' || error !== null}>
        {matches !== undefined && matches.length > 0 && (
          <Combobox.Options aria-label="Instruments" className={classes.options}>
            {matches.map((match) => (
              <Combobox.Option key={match.conid} value={String(match.conid)}>
                <MatchWords {...match} />
              </Combobox.Option>
            ))}
          </Combobox.Options>
        )}
        <div role="status">
          {matches?.length === 0 && <Combobox.Empty>No instrument found.</Combobox.Empty>}
          {matches === undefined && <Combobox.Empty>Searching…</Combobox.Empty>}
        </div>
      </Combobox.Dropdown>
      {error !== null && <FailureNotice error={error} onRetry={refetch} />}
    </Combobox>
  );
}

function MatchWords({ symbol, name, exchange, security_type }: Match) {
  return (
    <div className={classes.match}>
      <Text span fw={600} size="sm">
        {symbol}
      </Text>
      <Text span size="sm" truncate>
        {name}
      </Text>
      <Text span size="xs">
        {[exchange, security_type].filter(Boolean).join(' · ')}
      </Text>
    </div>
  );
}

/** Undefined until there is an answer. */
function useMatches(connectionId: string, query: string) {
  const { data, isFetching, error, refetch } = useTool(
    connectionId,
    'search_security',
    { query },
    { freshMs: SEARCH_FRESH_MS, enabled: query !== '' },
  );
  return { matches: data && rowsOf(data.results), isFetching, error, refetch };
}
