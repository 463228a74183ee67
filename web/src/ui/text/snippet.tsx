import { Button, Group, Paper, Text, VisuallyHidden } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import classes from './snippet.module.css';

interface SnippetProps {
  /** Where the text goes or what it is, shown above it. */
  caption: string;
  text: string;
  /** What the button copies, for people who do not see what it stands beside. */
  of: string;
  /** Larger, for the one text on a page that matters most. */
  prominent?: boolean;
}

/**
 * Text to paste elsewhere. It wraps instead of scrolling, so that all of it can be seen, and says so when the
 * browser does not let a page copy, as on an address without https.
 */
export function Snippet({ caption, text, of, prominent = false }: SnippetProps) {
  const clipboard = useClipboard();
  const action = clipboard.copied ? 'Copied' : 'Copy';
  return (
    <Paper
      component="figure"
      withBorder
      className={classes.snippet ?? ''}
      px="md"
      py="sm"
      bg="light-dark(var(--mantine-color-gray-0), var(--mantine-color-dark-8))"
    >
      <Group justify="space-between" align="center" wrap="nowrap" mb="xs">
        <Text component="figcaption" size="sm" c="dimmed">
          {caption}
        </Text>
        <Button
          size="xs"
          variant={prominent ? 'filled' : 'default'}
          flex="none"
          miw="6.5em"
          aria-label={`${action} ${of}`}
          onClick={() => clipboard.copy(text)}
        >
          {action}
        </Button>
      </Group>
      <pre className={classes.text} data-prominent={prominent || undefined}>
        <code>{text}</code>
      </pre>
      <div role="status">
        {clipboard.copied && <VisuallyHidden>Copied</VisuallyHidden>}
        {clipboard.error && (
          <Text size="sm" mt="xs">
            Your browser did not let this page copy. Select the text and copy it by hand.
          </Text>
        )}
      </div>
    </Paper>
  );
}
