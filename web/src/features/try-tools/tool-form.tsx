import type { ToolReference } from '@ibkr-gateway/functions/contract/site';
import { Group, Stack, Text } from '@mantine/core';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { ActionButton } from '../../ui/forms/action-button.tsx';
import { useKept } from '../../ui/pages/kept.ts';
import { GroupInputs } from './field-input.tsx';
import { type Draft, fieldsOf, readDraft } from './schema-fields.ts';

interface ToolFormProps {
  tool: ToolReference;
  isRunning: boolean;
  onRun: (args: Record<string, unknown>) => void;
}

/** The arguments of a tool, as a form made of its input schema. */
export function ToolForm({ tool, isRunning, onRun }: ToolFormProps) {
  const fields = fieldsOf(tool.inputSchema);
  const [draft, setDraft] = useKept<Record<string, Draft>>(`arguments of ${tool.name}`, {});
  const [problems, setProblems] = useState<Record<string, string>>({});

  const run = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { args, problems: found } = readDraft(fields, draft);
    setProblems(found ?? {});
    if (args !== null) onRun(args);
  };
  const form = useRef<HTMLFormElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the fields are marked once the problems are shown
  useEffect(() => {
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [problems]);
  const change = (changed: Draft) => setDraft(changed as Record<string, Draft>);

  return (
    <form ref={form} onSubmit={run} noValidate aria-label={tool.title}>
      <Stack gap="md">
        {fields.length === 0 && (
          <Text size="sm" c="dimmed">
            It takes no arguments.
          </Text>
        )}
        <GroupInputs fields={fields} path="" draft={draft} onChange={change} problems={problems} />
        <Group>
          <ActionButton type="submit" loading={isRunning}>
            Run
          </ActionButton>
        </Group>
        <div role="status">
          {Object.keys(problems).length > 0 && (
            <Text size="sm" c="var(--mantine-color-error)">
              Correct what is marked, then run it again.
            </Text>
          )}
        </div>
      </Stack>
    </form>
  );
}
