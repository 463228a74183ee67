import { NumberInput, Radio, SimpleGrid, Stack, Text } from '@mantine/core';
import type { ApprovalMode, Connection } from '../../api/answers.ts';
import classes from './choice.module.css';

interface AppRulesProps {
  connection: Connection;
  /** Undefined: the connection's own rule. */
  approval: ApprovalMode | undefined;
  onApproval: (mode: ApprovalMode) => void;
  limits: Record<string, number>;
  onLimits: (limits: Record<string, number>) => void;
}

/** From the most lenient to the strictest. */
const MODES: readonly { mode: ApprovalMode; label: string; description: string }[] = [
  { mode: 'none', label: 'Nobody', description: 'Orders go out at once, within your limits.' },
  {
    mode: 'model',
    label: 'The assistant',
    description: 'It is shown cost and warnings first and confirms in a second step. You are not asked.',
  },
  {
    mode: 'owner',
    label: 'You, for every order',
    description: 'Nothing is sent until you approve that very order on a page of this gateway.',
  },
];

const LIMITS = [
  { name: 'maxOrderValue', label: 'Most per order' },
  { name: 'maxDailyValue', label: 'Most per day' },
  { name: 'maxDailyOrders', label: 'Orders per day' },
] as const;

/** Rules for this app, within those of the connection: an app's may only be stricter. */
export function AppRules({ connection, approval, onApproval, limits, onLimits }: AppRulesProps) {
  const usual = connection.approval ?? (connection.mode === 'live' ? 'owner' : 'model');
  const allowed = MODES.slice(MODES.findIndex(({ mode }) => mode === usual));
  const change = (name: string, value: number | string) => {
    const { [name]: _, ...others } = limits;
    onLimits(typeof value === 'number' ? { ...others, [name]: value } : others);
  };
  return (
    <Stack gap="md">
      <Radio.Group
        label="Who says yes to an order?"
        value={approval ?? usual}
        onChange={(value) => onApproval(value as ApprovalMode)}
      >
        <Stack gap="xs" mt="xs">
          {allowed.map(({ mode, label, description }) => (
            <Radio
              key={mode}
              value={mode}
              label={label}
              description={description}
              className={classes.choice ?? ''}
            />
          ))}
        </Stack>
      </Radio.Group>
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        {LIMITS.map(({ name, label }) => (
          <NumberInput
            key={name}
            label={label}
            placeholder="No limit"
            min={name === 'maxDailyOrders' ? 0 : 0.01}
            max={name === 'maxDailyOrders' ? 100_000 : 1e12}
            allowDecimal={name !== 'maxDailyOrders'}
            allowNegative={false}
            thousandSeparator=","
            value={limits[name] ?? ''}
            onChange={(value) => change(name, value)}
          />
        ))}
      </SimpleGrid>
      <Text size="sm" c="dimmed">
        Money is in the account’s base currency. The limits of the connection hold as well.
      </Text>
    </Stack>
  );
}
