import { Radio, Stack } from '@mantine/core';
import type { ReactNode } from 'react';

interface ModeChoiceProps {
  value: 'paper' | 'live';
  onChange: (mode: 'paper' | 'live') => void;
  error?: ReactNode;
}

/** Whether a login is about real money. */
export function ModeChoice({ value, onChange, error }: ModeChoiceProps) {
  return (
    <Radio.Group
      label="Which account does the login lead to?"
      description="IBKR is asked too: if it says otherwise, the connection refuses to work."
      value={value}
      onChange={(mode) => onChange(mode === 'live' ? 'live' : 'paper')}
      error={error}
    >
      <Stack gap="xs" mt="xs">
        <Radio value="paper" label="Paper" description="IBKR’s simulated account: no real money." />
        <Radio
          value="live"
          label="Live"
          description="Your real account. Orders of AI hosts wait for your approval unless you decide otherwise."
        />
      </Stack>
    </Radio.Group>
  );
}
