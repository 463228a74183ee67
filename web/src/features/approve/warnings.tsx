import type { OrderWarning } from '@ibkr-gateway/functions/contract/tool-outputs/preview';
import { List } from '@mantine/core';
import { Notice } from '../../ui/notices/notice.tsx';

interface WarningsProps {
  title: string;
  warnings: OrderWarning[];
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
