import { List } from '@mantine/core';
import type { Warning } from '../../api/answers.ts';
import { Notice } from '../../components/notice.tsx';

interface WarningsProps {
  title: string;
  warnings: Warning[];
}

export function Warnings({ title, warnings }: WarningsProps) {
  return (
    <Notice tone="caution" title={title}>
      <List size="sm" spacing="xs">
        {warnings.map(({ text }) => (
          <List.Item key={text}>{text}</List.Item>
        ))}
      </List>
    </Notice>
  );
}
