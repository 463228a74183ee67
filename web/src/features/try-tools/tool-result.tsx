import type { ToolError } from '@ibkr-gateway/functions/contract/failure';
import { Anchor, Button, Code, Group, Stack, Text, Title, VisuallyHidden } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { Link } from 'react-router';
import { Notice } from '../../ui/notices/notice.tsx';
import { Snippet } from '../../ui/text/snippet.tsx';
import { curlOf, type ToolAnswer } from './tool-call.ts';
import classes from './tool-result.module.css';

/** What a tool answered, as a model gets it, and the same call for a terminal. */
export function ToolResult({ answer }: { answer: ToolAnswer }) {
  const { tool, args, content, error, ms } = answer;
  return (
    <Stack gap="md">
      {error !== null && <ToolErrorNotice error={error} />}
      <Content text={JSON.stringify(content, null, 2)} caption={`${tool} answered in ${duration(ms)}`} />
      <Snippet
        caption="The same call in a terminal, with an API key"
        text={curlOf({ tool, args }, window.location.origin)}
        of="curl command"
      />
    </Stack>
  );
}

function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function ToolErrorNotice({ error: { code, message, hint, retryable } }: { error: ToolError }) {
  return (
    <Notice role="alert" tone="bad" title={message}>
      <Text size="sm">{hint}</Text>
      <Text size="sm" mt="xs">
        <Code>{code}</Code>
        {retryable ? ': the same call may work later. ' : ': the same call would fail again. '}
        <Anchor component={Link} to={`/help/troubleshooting#${code}`} size="sm" underline="always">
          About this error
        </Anchor>
      </Text>
    </Notice>
  );
}

function Content({ text, caption }: { text: string; caption: string }) {
  const clipboard = useClipboard();
  return (
    <section aria-label="Result">
      <Group justify="space-between" wrap="nowrap" mb="xs">
        <Title order={2} size="h5" fw={500}>
          {caption}
        </Title>
        <Button size="xs" variant="default" flex="none" miw="6.5em" onClick={() => clipboard.copy(text)}>
          {clipboard.copied ? 'Copied' : 'Copy'}
          <VisuallyHidden>&nbsp;result</VisuallyHidden>
        </Button>
      </Group>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <pre className={classes.content} tabIndex={0}>
        <code>{text}</code>
      </pre>
    </section>
  );
}
