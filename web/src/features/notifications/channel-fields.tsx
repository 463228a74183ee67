import { MOST_LABEL_CHARACTERS } from '@ibkr-gateway/functions/contract/rules/bounds';
import { Checkbox, Fieldset, Group, Select, Stack, Switch, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { type ReactNode, useEffect, useRef } from 'react';
import { useConnections } from '../../api/connections.ts';
import { NEWS_SUBJECTS, NEWS_TYPE_WORDS } from '../../format/news-types.ts';
import { ALL_CONNECTIONS, type ChannelValues } from './channel-values.ts';

const ZONES = Intl.supportedValuesOf('timeZone');

interface ChannelFieldsProps<Values extends ChannelValues> {
  form: UseFormReturnType<Values>;
  /** What only its kind has: where it goes. */
  children?: ReactNode;
}

/** What every channel has: a name, what it is told of, and when it is not. The first field takes the focus. */
export function ChannelFields<Values extends ChannelValues>({ form, children }: ChannelFieldsProps<Values>) {
  const connections = useConnections().data ?? [];
  const name = useRef<HTMLInputElement>(null);
  useEffect(() => name.current?.focus(), []);
  const { hasQuietHours, quietHours } = form.values;
  const zones = ZONES.includes(quietHours.timeZone) ? ZONES : [quietHours.timeZone, ...ZONES];
  return (
    <>
      <TextInput
        label="Name"
        description="What you will know it by."
        maxLength={MOST_LABEL_CHARACTERS}
        ref={name}
        {...form.getInputProps('label')}
      />
      {children}
      <Select
        label="Connection"
        data={[
          { value: ALL_CONNECTIONS, label: 'All connections' },
          ...connections.map(({ id, label }) => ({ value: id, label })),
        ]}
        allowDeselect={false}
        {...form.getInputProps('connectionId')}
      />
      <Checkbox.Group label="It is told when" {...form.getInputProps('types')}>
        <Stack gap="sm" mt="xs">
          {[...NEWS_SUBJECTS].map(([subject, types]) => (
            <Fieldset key={subject} legend={subject}>
              <Stack gap="xs">
                {types.map((type) => (
                  <Checkbox key={type} value={type} label={NEWS_TYPE_WORDS[type]} />
                ))}
              </Stack>
            </Fieldset>
          ))}
        </Stack>
      </Checkbox.Group>
      <Switch
        label="Quiet hours"
        description="What happens during them is sent when they end."
        {...form.getInputProps('hasQuietHours', { type: 'checkbox' })}
      />
      {hasQuietHours && (
        <Stack gap="md">
          <Group gap="md" align="flex-start">
            <TextInput type="time" label="From" {...form.getInputProps('quietHours.from')} />
            <TextInput type="time" label="To" {...form.getInputProps('quietHours.to')} />
          </Group>
          <Select
            label="Time zone"
            data={zones}
            searchable
            limit={50}
            allowDeselect={false}
            {...form.getInputProps('quietHours.timeZone')}
          />
          <Checkbox
            label="Still tell me when an order waits for me"
            {...form.getInputProps('quietHours.tellsWaitingOrders', { type: 'checkbox' })}
          />
        </Stack>
      )}
    </>
  );
}
