import { Group, Paper, Text } from '@mantine/core';
import { CopyButton } from './copy-button.tsx';
import classes from './snippet.module.css';

interface SnippetProps {
  /** Where the text goes, shown above it. */
  caption: string;
  text: string;
  /** What the text is: "curl command". */
  of: string;
}

/** Text to paste elsewhere. It wraps instead of scrolling, so that all of it can be seen. */
export function Snippet({ caption, text, of }: SnippetProps) {
  return (
    <Paper component="figure" withBorder m={0} className={classes.frame}>
      <Group justify="space-between" align="flex-start" wrap="nowrap" p="xs" pl="md">
        <Text component="figcaption" size="sm" c="dimmed" py={4}>
          {caption}
        </Text>
        <CopyButton text={text} of={of} size="xs" variant="default" />
      </Group>
      <pre className={classes.text}>
        <code>{text}</code>
      </pre>
    </Paper>
  );
}
