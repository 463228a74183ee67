import type { ToolReference } from '@ibkr-gateway/functions/contract/site';
import { NativeSelect, Skeleton, Stack, Text, VisuallyHidden } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import { useNavigate, useParams } from 'react-router';
import { useReference } from '../../api/reference.ts';
import { FailureNotice } from '../../ui/notices/failure-notice.tsx';
import { Notice } from '../../ui/notices/notice.tsx';
import { useShownConnection } from '../../ui/shown-connection/shown-connection.ts';
import { useToolCall } from './tool-call.ts';
import { ToolForm } from './tool-form.tsx';
import { ToolResult } from './tool-result.tsx';
import classes from './try-tab.module.css';

const FIRST_TOOL = 'get_quote';

/** `/connections/:connectionId/try/:tool`: runs a tool that only reads, and shows what a model would get. */
export function TryTab() {
  const { id, label } = useShownConnection();
  const { tool: named = FIRST_TOOL } = useParams();
  useDocumentTitle(`Try a tool · ${label} · IBKR Gateway`);
  const { data, error, refetch } = useReference();
  if (data === undefined) {
    return error === null ? <Skeleton h={360} /> : <FailureNotice error={error} onRetry={refetch} />;
  }
  const tools = data.tools.filter(({ scope }) => scope === 'read');
  const tool = tools.find(({ name }) => name === named);
  return (
    <Stack gap="lg">
      <Text size="sm" c="dimmed" maw="42rem">
        Run a tool yourself and see what an AI host gets. Only tools that read are here, so nothing you do on
        this page changes anything at IBKR.
      </Text>
      <ToolChoice tools={tools} connectionId={id} chosen={tool?.name ?? ''} />
      {tool === undefined && <Notice tone="neutral" title={absentWords(named, data.tools)} />}
      {tool !== undefined && <Bench key={tool.name} tool={tool} connectionId={id} />}
    </Stack>
  );
}

function absentWords(name: string, tools: readonly ToolReference[]): string {
  return tools.some((tool) => tool.name === name)
    ? `${name} changes something at IBKR, so it cannot be tried here.`
    : `There is no tool called ${name}.`;
}

interface ToolChoiceProps {
  tools: ToolReference[];
  connectionId: string;
  /** Empty when the address names no tool that reads. */
  chosen: string;
}

function ToolChoice({ tools, connectionId, chosen }: ToolChoiceProps) {
  const navigate = useNavigate();
  const none = { value: '', label: 'Choose a tool', disabled: true };
  return (
    <NativeSelect
      label="Tool"
      maw={420}
      data={[none, ...tools.map(({ name, title }) => ({ value: name, label: `${name} · ${title}` }))]}
      value={chosen}
      onChange={(event) =>
        navigate(`/connections/${connectionId}/try/${event.currentTarget.value}`, { replace: true })
      }
    />
  );
}

function Bench({ tool, connectionId }: { tool: ToolReference; connectionId: string }) {
  const call = useToolCall(connectionId);
  const result = useRef<HTMLDivElement>(null);
  const { data: answer } = call;
  useEffect(() => {
    if (answer !== undefined) result.current?.scrollIntoView({ block: 'nearest' });
  }, [answer]);
  return (
    <div className={classes.bench}>
      <Stack gap="md">
        <Text size="sm">{tool.description}</Text>
        <ToolForm
          tool={tool}
          isRunning={call.isPending}
          onRun={(args) => call.mutate({ tool: tool.name, args })}
        />
      </Stack>
      <div ref={result} className={classes.result} aria-busy={call.isPending}>
        <VisuallyHidden role="status">{answer && 'The answer is here.'}</VisuallyHidden>
        {call.error && <FailureNotice error={call.error} />}
        {answer && <ToolResult answer={answer} />}
        {call.isIdle && (
          <Text size="sm" c="dimmed">
            The answer appears here.
          </Text>
        )}
        {call.isPending && <Skeleton h={240} aria-label="Waiting for the answer" />}
      </div>
    </div>
  );
}
